"""The facilitator's desk: families, their meetings, and new ones."""

from __future__ import annotations

import json
import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.access import rules
from app.access.cookies import SEAT, cookie
from app.board.refusal import Refused
from app.board.words import NAME_LIMIT
from app.demo.load import known
from app.desk import hosting, members
from app.desk.importing import import_record
from app.desk.path import path
from app.desk.supervising import take_questions
from app.fragments.sentences import explain
from app.meetings.meeting import meeting_of
from app.pages.door import house_of
from app.pages.meeting import Outside
from app.pages.respond import caller, from_here, go, keep, not_too_often, show, text_fields
from app.pages.sign_in import both_factors_shown
from app.pages.signed import Form, Full, Me
from app.practice.loading import SHELF
from app.sight import FACILITATOR, Viewer
from app.store.account_tables import AccountRow

router = APIRouter(include_in_schema=False)

_RECORD_LIMIT = 50_000_000


@router.get("/enter/{token}")
async def enter(request: Request, token: str) -> Response:
    """The demo's link, which signs its facilitator in at one click; there is none elsewhere."""
    house = house_of(request)
    not_too_often(house.limits.guesses, caller(request))
    demo = known(house.settings) if house.settings.demo else None
    account = await house.accounts.account(demo["account"]) if demo else None
    if demo is None or account is None or not secrets.compare_digest(demo["enter"], token):
        house.limits.guesses.spend(caller(request))
        raise Outside("unknown")
    to = request.query_params.get("meeting", "")
    response = go(f"/desk/meetings/{to}" if to.isalnum() else "/desk")
    await both_factors_shown(request, response, account)
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


async def _desk(request: Request, me: AccountRow, status: int = 200, **context: Any) -> Response:
    house = house_of(request)
    house.audit.note(me.id, "desk.viewed")
    worker = await members.worker_of(house, me)
    teams = [
        team
        for team in await house.accounts.teams(me.organisation_id)
        if team.id in worker.teams and rules.may_lead(worker, team.id)
    ]
    return show(
        request,
        "desk.html",
        me.lang,
        status,
        me=me,
        families=await hosting.families_of(house, me),
        teams=teams,
        is_admin=rules.may_look_after_people(worker),
        may_audit=rules.may_audit(worker),
        **context,
    )


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
    family = await hosting.add_family(house_of(request), me, name, form.get("team", ""))
    return go(f"/desk/families/{family.id}")


@router.get("/desk/families/{family_id}")
async def family_page(request: Request, me: Me, family_id: str) -> Response:
    return await _family(request, me, family_id)


async def _family(
    request: Request, me: AccountRow, family_id: str, status: int = 200, **context: Any
) -> Response:
    house = house_of(request)
    family = await hosting.family_of(house, me, family_id, rules.may_see)
    house.audit.note(me.id, "family.viewed", item=family.id)
    worker = await members.worker_of(house, me)
    meetings = await house.families.meetings(family.id)
    leads = rules.may_lead(worker, family.team_id)
    return show(
        request,
        "family.html",
        me.lang,
        status,
        me=me,
        family=family,
        leads=leads,
        meetings=meetings,
        # Who only reads sees no more than the wall does.
        milestones=await path(house, meetings, FACILITATOR if leads else Viewer("projector")),
        templates=[SHELF.find(one, me.lang) for one in SHELF.ids],
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
        earlier = await hosting.earlier_meeting(house, family, form.get("earlier", ""))
        live = await hosting.create_meeting(house, me, family, earlier, **wishes)
    except Refused as refusal:
        errors = {refusal.field: explain(refusal, me.lang)}
        return await _family(request, me, family_id, 422, form=form, errors=errors)
    return go(f"/desk/meetings/{live.board.id}")


@router.get("/desk/meetings/{board_id}")
async def sit_down(request: Request, signed: Full, board_id: str) -> Response:
    """Takes the facilitator to their own place at a meeting."""
    house = house_of(request)
    row = await hosting.board_of(house, signed.account, board_id)
    person_id = row.facilitator_person
    response = go(f"/m/{board_id}/{person_id}")
    token = cookie(request, SEAT + person_id)
    if await hosting.person_at(house, board_id, person_id, token) is None:
        seat = await hosting.take_seat(house, board_id, person_id, signed.session.id)
        keep(request, response, SEAT + person_id, seat.token)
    return response


@router.get("/desk/meetings/{board_id}/projector")
async def show_on_wall(request: Request, signed: Full, board_id: str) -> Response:
    """The projector's page in this browser, for a second screen, or for those who look on."""
    house = house_of(request)
    row = await hosting.board_of(house, signed.account, board_id, rules.may_see)
    seat = await hosting.take_seat(house, board_id, row.projector_person, signed.session.id)
    return go(f"/project/{board_id}/{row.projector_person}/{seat.token}")


@router.post("/desk/meetings/{board_id}/questions")
async def take_to_family(request: Request, me: Me, form: Form, board_id: str) -> Response:
    """Takes the best questions of a group supervision to the family's board."""
    house = house_of(request)
    row = await hosting.board_of(house, me, board_id)
    source = await house.open(row.id)
    assert source
    await take_questions(house, source)
    return go(f"/desk/meetings/{row.id}")


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
