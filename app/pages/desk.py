"""The facilitator's desk: families, their meetings, and new ones."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.access.cookies import SEAT, cookie
from app.access.tokens import digest
from app.board.refusal import Refused
from app.board.words import NAME_LIMIT
from app.desk import hosting
from app.desk.importing import import_record
from app.fragments.sentences import explain
from app.meetings.meeting import TEMPLATES, meeting_of
from app.pages.door import house_of
from app.pages.meeting import Outside
from app.pages.respond import caller, from_here, go, keep, not_too_often, show, text_fields
from app.store.tables import FacilitatorRow

router = APIRouter(include_in_schema=False)

DESK = "kb_desk"
_RECORD_LIMIT = 50_000_000


async def facilitator(request: Request) -> FacilitatorRow:
    token = cookie(request, DESK)
    row = await house_of(request).families.facilitator(digest(token)) if token else None
    if row is None:
        raise Outside("unknown")
    return row


Me = Annotated[FacilitatorRow, Depends(facilitator)]


@router.get("/enter/{token}")
async def enter(request: Request, token: str) -> Response:
    """The facilitator's link: keeps its token in a cookie and leaves it out of the address."""
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    row = await house_of(request).families.facilitator(digest(token))
    if row is None:
        guesses.spend(caller(request))
        raise Outside("unknown")
    to = request.query_params.get("meeting", "")
    response = go(f"/desk/meetings/{to}" if to.isalnum() else "/desk")
    keep(request, response, DESK, token)
    return response


@router.get("/project/{board_id}/{person_id}/{token}")
async def project(request: Request, board_id: str, person_id: str, token: str) -> Response:
    """The projector's link, which can only show."""
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    person = await hosting.person_at(house_of(request), board_id, person_id, token)
    if person is None:
        guesses.spend(caller(request))
    if person is None or person.role != "projector":
        raise Outside("unknown")
    response = go(f"/m/{board_id}/{person_id}")
    keep(request, response, SEAT + person_id, token)
    return response


@router.get("/desk")
async def desk(request: Request, me: Me) -> Response:
    return await _desk(request, me)


async def _desk(
    request: Request, me: FacilitatorRow, status: int = 200, **context: Any
) -> Response:
    families = await house_of(request).families.families(me.id)
    return show(request, "desk.html", me.lang, status, me=me, families=families, **context)


@router.post("/desk/families")
async def new_family(request: Request, me: Me) -> Response:
    form = text_fields(await request.form())
    name = " ".join(form.get("name", "").split())
    problem = None
    if not from_here(request, form):
        problem = Refused("not_valid", "name")
    elif not name:
        problem = Refused("empty", "name")
    elif len(name) > NAME_LIMIT:
        problem = Refused("too_long", "name", limit=NAME_LIMIT)
    elif not name.isprintable():
        problem = Refused("hidden_character", "name")
    if problem:
        errors = {"name": explain(problem, me.lang)}
        return await _desk(request, me, 422, form=form, errors=errors)
    family = await hosting.add_family(house_of(request), me, name)
    return go(f"/desk/families/{family.id}")


@router.get("/desk/families/{family_id}")
async def family_page(request: Request, me: Me, family_id: str) -> Response:
    return await _family(request, me, family_id)


async def _family(
    request: Request, me: FacilitatorRow, family_id: str, status: int = 200, **context: Any
) -> Response:
    house = house_of(request)
    family = await hosting.family_of(house, me, family_id)
    meetings = await house.families.meetings(family.id)
    return show(
        request,
        "family.html",
        me.lang,
        status,
        me=me,
        family=family,
        meetings=meetings,
        templates=TEMPLATES,
        **context,
    )


@router.post("/desk/families/{family_id}/meetings")
async def new_meeting(request: Request, me: Me, family_id: str) -> Response:
    house = house_of(request)
    form = text_fields(await request.form())
    family = await hosting.family_of(house, me, family_id)
    wishes = {name: form.get(name, "") for name in ("title", "purpose", "date", "lang", "template")}
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "title")
        live = await hosting.create_meeting(house, me, family, **wishes)
    except Refused as refusal:
        errors = {refusal.field: explain(refusal, me.lang)}
        return await _family(request, me, family_id, 422, form=form, errors=errors)
    return go(f"/desk/meetings/{live.board.id}")


@router.get("/desk/meetings/{board_id}")
async def sit_down(request: Request, me: Me, board_id: str) -> Response:
    """Takes the facilitator to their own place at a meeting."""
    house = house_of(request)
    row = await hosting.board_of(house, me, board_id)
    person_id = row.facilitator_person
    response = go(f"/m/{board_id}/{person_id}")
    token = cookie(request, SEAT + person_id)
    if await hosting.person_at(house, board_id, person_id, token) is None:
        seat = await hosting.take_seat(house, board_id, person_id)
        keep(request, response, SEAT + person_id, seat.token)
    return response


@router.get("/desk/meetings/{board_id}/projector")
async def show_on_wall(request: Request, me: Me, board_id: str) -> Response:
    """The projector's page in this browser, for the facilitator's second screen."""
    house = house_of(request)
    row = await hosting.board_of(house, me, board_id)
    seat = await hosting.take_seat(house, board_id, row.projector_person)
    return go(f"/project/{board_id}/{row.projector_person}/{seat.token}")


@router.post("/desk/import")
async def bring_in(request: Request, me: Me) -> Response:
    house = house_of(request)
    form = await request.form()
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "record")
        upload = form.get("record")
        if upload is None or isinstance(upload, str):
            raise Refused("missing", "record")
        content = await upload.read(_RECORD_LIMIT + 1)
        if len(content) > _RECORD_LIMIT:
            raise Refused("too_long", "record", limit=_RECORD_LIMIT)
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            raise Refused("not_a_record", "record") from None
        live = await import_record(house, me, data)
    except Refused as refusal:
        errors = {"record": explain(refusal, me.lang)}
        return await _desk(request, me, 422, form=text_fields(form), errors=errors)
    assert meeting_of(live.board)
    return go(f"/desk/meetings/{live.board.id}")
