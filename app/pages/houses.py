"""Where a child's three houses are made: by the child, or together with a grown-up."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from app.board.refusal import Refused
from app.circles.circle import CirclePerson, in_rings
from app.houses.making import child_of
from app.pages.meeting import In, Outside, Place, page_data
from app.pages.respond import show
from app.people.person import Person

router = APIRouter(include_in_schema=False)


@router.get("/m/{board_id}/{person_id}/houses")
async def own_houses(place: In) -> Response:
    """A child's own; facilitator and workers choose with which child they sit down."""
    if not place.person.leads:
        return await _houses(place, place.person.id)
    board = place.view().board
    people = [one for one in board.shelf("people") if one.is_in and one.role == "child"]
    seats = {one.id for one in people}
    placed = [one for one in in_rings(board) if one.ring == 0 and one.seat not in seats]
    return show(
        place.request,
        "houses_whose.html",
        place.lang,
        children=[*people, *placed],
        here_url=_here(place),
    )


@router.get("/m/{board_id}/{person_id}/houses/{child_id}")
async def houses_of(place: In, child_id: str) -> Response:
    return await _houses(place, child_id)


async def _houses(place: Place, child_id: str) -> Response:
    async with place.live.settled():
        view = place.view()
        try:
            child = view.board.items[child_of(view.board, place.person, child_id)]
        except Refused:
            raise Outside("not_allowed") from None
        place.note("board.opened")
        assert isinstance(child, Person | CirclePerson)
        return show(
            place.request,
            "houses.html",
            place.lang,
            v=view,
            me=place.person,
            child=child,
            page=page_data(place),
            here_url=_here(place),
        )


def _here(place: Place) -> str:
    return f"/m/{place.live.board.id}/{place.person.id}"
