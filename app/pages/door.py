"""The way in: a code, a link or a QR code, and a name."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.access.cookies import own_cookies
from app.access.tokens import read_code, show_code
from app.board.refusal import Refused
from app.desk import hosting, inviting
from app.fragments.language import best
from app.fragments.sentences import explain
from app.live.board import LiveBoard
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.pages.respond import (
    LANG,
    SEAT,
    caller,
    from_here,
    go,
    keep,
    not_too_often,
    reader_lang,
    show,
    text_fields,
)
from app.people.knock import Device
from app.store.tables import InvitationRow

router = APIRouter(include_in_schema=False)

_PHONE = re.compile(r"Mobi|Android|iPhone|iPad|Tablet")


def house_of(request: Request) -> House:
    return request.app.state.house


@router.get("/")
@router.get("/join")
async def type_code(request: Request) -> Response:
    return show(request, "join_code.html", reader_lang(request))


@router.post("/join")
async def find_meeting(request: Request) -> Response:
    form = text_fields(await request.form())
    code = read_code(form.get("code", ""))
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "code")
        if not code:
            raise Refused("missing", "code")
        await board_with_code(request, code)
    except Refused as refusal:
        return _wrong_code(request, refusal, form.get("code", ""), 422)
    return go(f"/j/{code}")


@router.get("/j/{code}")
async def knock(request: Request, code: str) -> Response:
    try:
        live = await board_with_code(request, code)
    except Refused as refusal:
        return _wrong_code(request, refusal, code, 404)
    return await _ask_name(request, live, address=f"/j/{show_code(read_code(code))}")


@router.post("/j/{code}")
async def come_in(request: Request, code: str) -> Response:
    try:
        live = await board_with_code(request, code)
    except Refused as refusal:
        return _wrong_code(request, refusal, code, 404)
    return await _come_in(request, live, f"/j/{show_code(read_code(code))}")


@router.get("/i/{token}")
async def knock_invited(request: Request, token: str) -> Response:
    try:
        live, invitation = await invited(request, token)
    except Refused as refusal:
        return _ended(request, refusal)
    form = {"called": invitation.called, "relation": invitation.relation}
    return await _ask_name(request, live, address=f"/i/{token}", form=form)


@router.post("/i/{token}")
async def come_in_invited(request: Request, token: str) -> Response:
    try:
        live, invitation = await invited(request, token)
    except Refused as refusal:
        return _ended(request, refusal)
    return await _come_in(request, live, f"/i/{token}", invitation)


async def board_with_code(request: Request, code: str) -> LiveBoard:
    """As in hosting; wrong codes are counted, for this address and for all, before any look-up."""
    limits = house_of(request).limits
    not_too_often(limits.codes, caller(request))
    not_too_often(limits.codes_of_all, "")
    try:
        return await inviting.board_with_code(house_of(request), read_code(code))
    except Refused as refusal:
        if refusal.code == "no_such_code":
            limits.codes.spend(caller(request))
            limits.codes_of_all.spend("")
        raise


async def invited(request: Request, token: str) -> tuple[LiveBoard, InvitationRow]:
    """As in hosting; links that lead nowhere are counted."""
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    try:
        return await inviting.invited(house_of(request), token)
    except Refused as refusal:
        if refusal.code == "link_ended":
            guesses.spend(caller(request))
        raise


async def _come_in(
    request: Request, live: LiveBoard, address: str, invitation: InvitationRow | None = None
) -> Response:
    house = house_of(request)
    form = text_fields(await request.form())
    lang = best(form.get("lang", "") or reader_lang(request))
    try:
        if not from_here(request, form):
            raise Refused("not_valid", "form")
        not_too_often(house.limits.joins_of_address, caller(request))
        seat = await hosting.ask_to_join(
            house,
            live,
            invitation,
            called=form.get("called", ""),
            relation=form.get("relation", ""),
            pronouns=form.get("pronouns", ""),
            joins_by="remote" if form.get("remote") else "",
            lang=lang,
            device=device_of(request),
        )
    except Refused as refusal:
        if refusal.code == "link_ended":
            return _ended(request, refusal)
        field = refusal.field or "form"
        errors = {field: explain(refusal, lang)}
        return await _ask_name(request, live, address, form, lang, _status(refusal, 422), errors)
    house.limits.joins_of_address.spend(caller(request))
    response = go(f"/m/{seat.board_id}/{seat.person_id}")
    keep(request, response, SEAT + seat.person_id, seat.token)
    keep(request, response, LANG, lang)
    return response


async def _ask_name(
    request: Request,
    live: LiveBoard,
    address: str,
    form: dict[str, str] | None = None,
    lang: str = "",
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> Response:
    return show(
        request,
        "join.html",
        lang or reader_lang(request),
        status,
        address=address,
        known=await _known(request, live),
        greeting=meeting_of(live.board).greeting,
        form=form or {},
        errors=errors or {},
    )


def _wrong_code(request: Request, refusal: Refused, code: str, status: int) -> Response:
    lang = reader_lang(request)
    return show(
        request,
        "join_code.html",
        lang,
        _status(refusal, status),
        form={"code": code},
        errors={"code": explain(refusal, lang)},
    )


def _ended(request: Request, refusal: Refused) -> Response:
    """One page for every link that leads nowhere, so that it tells nothing of why."""
    lang = reader_lang(request)
    status = _status(refusal, 404)
    return show(request, "link.html", lang, status, message=explain(refusal, lang))


def _status(refusal: Refused, otherwise: int) -> int:
    return 429 if refusal.code == "slow_down" else otherwise


def device_of(request: Request) -> Device:
    """Phone or computer, by what the browser says; a hint for the facilitator, no more."""
    agent = request.headers.get("user-agent", "")
    return "phone" if _PHONE.search(agent) else "computer"


async def _known(request: Request, live: LiveBoard) -> list[dict[str, str]]:
    """Who this browser has already joined this meeting as, so that nobody joins twice."""
    known = []
    for name, token in own_cookies(request).items():
        person_id = name.removeprefix(SEAT)
        person = await hosting.person_at(house_of(request), live.board.id, person_id, token)
        if person and person.standing in ("in", "waiting") and person.role != "projector":
            known.append({"name": person.name, "address": f"/m/{live.board.id}/{person_id}"})
    return known
