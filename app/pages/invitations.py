"""The facilitator's page of a meeting's code and invitations."""

from __future__ import annotations

from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from markupsafe import Markup

from app.access.tokens import show_code
from app.board.refusal import Refused
from app.desk import inviting
from app.fragments.sentences import explain
from app.pages.meeting import In, Outside, Place
from app.pages.respond import from_here, go, show, text_fields
from app.store.tables import InvitationRow

router = APIRouter(include_in_schema=False)

_HERE = "/m/{board_id}/{person_id}/invitations"


async def facilitates(place: In) -> Place:
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    return place


async def with_form(place: Annotated[Place, Depends(facilitates)]) -> Place:
    """As `facilitates`, for forms: those of our own pages only."""
    if not from_here(place.request, text_fields(await place.request.form())):
        raise Outside("not_allowed")
    return place


Leading = Annotated[Place, Depends(facilitates)]
Sent = Annotated[Place, Depends(with_form)]


@router.get(_HERE)
async def invitations_page(place: Leading) -> Response:
    return await _page(place)


@router.post(_HERE)
async def invite(place: Sent) -> Response:
    form = text_fields(await place.request.form())
    wishes = {name: form[name] for name in inviting.Wish.model_fields if form.get(name)}
    try:
        made = await inviting.invite(place.house, place.live.board.id, **wishes)
    except Refused as refusal:
        errors = {refusal.field: explain(refusal, place.lang)}
        return await _page(place, 422, form=form, errors=errors)
    return await _page(place, 201, new=_link(place, *made))


@router.post(_HERE + "/{invitation_id}/revoke")
async def revoke(place: Sent, invitation_id: str) -> Response:
    row = await inviting.invitation_of(place.house, place.live.board.id, invitation_id)
    await inviting.revoke(place.house, place.live, row, place.person.id)
    return go(_address(place))


@router.post(_HERE + "/{invitation_id}/renew")
async def renew(place: Sent, invitation_id: str) -> Response:
    row = await inviting.invitation_of(place.house, place.live.board.id, invitation_id)
    made = await inviting.renew(place.house, row)
    return await _page(place, 201, new=_link(place, *made))


@router.post("/m/{board_id}/{person_id}/code")
async def switch_code(place: Sent) -> Response:
    form = text_fields(await place.request.form())
    lasts = form.get("lasts", "")
    hours = int(lasts) if lasts in {str(hours) for hours in inviting.LASTS} else 0
    await inviting.switch_code(place.house, place.live, form.get("on") == "yes", hours)
    return go(_address(place))


@router.post("/m/{board_id}/{person_id}/code/renew")
async def renew_code(place: Sent) -> Response:
    await inviting.renew_code(place.house, place.live)
    return go(_address(place))


def _address(place: Place) -> str:
    return f"/m/{place.live.board.id}/{place.person.id}/invitations"


def _link(place: Place, row: InvitationRow, token: str) -> dict[str, Any]:
    """The link as it is shown this once: only the token's digest is kept."""
    url = f"{place.base}/i/{token}"
    drawn = segno.make(url, error="m").svg_inline(border=2, omitsize=True)
    qr = Markup(drawn)  # nosec B704  # squares alone
    return {"row": row, "url": url, "qr": qr}


async def _page(place: Place, status: int = 200, **context: Any) -> Response:
    house, live = place.house, place.live
    rows = await house.invitations.invitations(board_id=live.board.id)
    door = await house.invitations.door(id=live.board.id)
    assert door
    return show(
        place.request,
        "invitations.html",
        place.lang,
        status,
        v=place.view(),
        here_url=f"/m/{live.board.id}/{place.person.id}",
        invitations=[
            {"row": row, "state": inviting.state_of(row), "people": inviting.came_by(live, row)}
            for row in rows
        ],
        code=show_code(door.board.code),
        code_works=inviting.code_works(house, door),
        code_on=door.board.code_on,
        code_ends=inviting.code_ends(house, door.board, door.date),
        lasts=inviting.LASTS,
        **({"new": None} | context),
    )
