"""The way in: a code, a link or a QR code, and a name."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.access.tokens import read_code, show_code
from app.board.refusal import Refused
from app.desk import hosting
from app.fragments.language import best
from app.fragments.sentences import explain
from app.live.board import LiveBoard
from app.live.house import House
from app.pages.respond import LANG, SEAT, from_here, go, keep, reader_lang, show, text_fields

router = APIRouter(include_in_schema=False)


def house_of(request: Request) -> House:
    return request.app.state.house


@router.get("/")
@router.get("/join")
async def type_code(request: Request) -> Response:
    return show(request, "join_code.html", reader_lang(request))


@router.post("/join")
async def find_meeting(request: Request) -> Response:
    form = text_fields(await request.form())
    lang = reader_lang(request)
    code = read_code(form.get("code", ""))
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "code")
        if not code:
            raise Refused("missing", "code")
        await hosting.board_with_code(house_of(request), code)
    except Refused as refusal:
        errors = {"code": explain(refusal, lang)}
        return show(request, "join_code.html", lang, 422, form=form, errors=errors)
    return go(f"/j/{code}")


@router.get("/j/{code}")
async def knock(request: Request, code: str) -> Response:
    lang = reader_lang(request)
    try:
        live = await hosting.board_with_code(house_of(request), read_code(code))
    except Refused as refusal:
        errors = {"code": explain(refusal, lang)}
        return show(request, "join_code.html", lang, 404, form={"code": code}, errors=errors)
    return show(
        request,
        "join.html",
        lang,
        code=show_code(live.code),
        known=await _known(request, live),
        meeting_greeting="",
    )


@router.post("/j/{code}")
async def come_in(request: Request, code: str) -> Response:
    house = house_of(request)
    form = text_fields(await request.form())
    lang = best(form.get("lang", "") or reader_lang(request))
    try:
        live = await hosting.board_with_code(house, read_code(code))
    except Refused as refusal:
        errors = {"code": explain(refusal, lang)}
        return show(request, "join_code.html", lang, 404, form={"code": code}, errors=errors)
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "form")
        seat = await hosting.ask_to_join(
            house,
            live,
            called=form.get("called", ""),
            relation=form.get("relation", ""),
            pronouns=form.get("pronouns", ""),
            lang=lang,
        )
    except Refused as refusal:
        errors = {refusal.field: explain(refusal, lang)}
        return show(
            request,
            "join.html",
            lang,
            422,
            code=show_code(live.code),
            known=[],
            meeting_greeting="",
            form=form,
            errors=errors,
        )
    response = go(f"/m/{seat.board_id}/{seat.person_id}")
    keep(request, response, SEAT + seat.person_id, seat.token)
    keep(request, response, LANG, lang)
    return response


async def _known(request: Request, live: LiveBoard) -> list[dict[str, str]]:
    """Who this browser has already joined this meeting as, so that nobody joins twice."""
    known = []
    for name, token in request.cookies.items():
        person_id = name.removeprefix(SEAT)
        if person_id != name:
            person = await hosting.person_at(house_of(request), live.board.id, person_id, token)
            if person and person.standing in ("in", "waiting") and person.role != "projector":
                address = f"/m/{live.board.id}/{person_id}"
                known.append({"name": person.name, "address": address})
    return known
