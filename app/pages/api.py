"""What programs ask over HTTP: make a meeting, let people in, take a record (docs/protocol.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from app.access import rules
from app.access.tokens import digest
from app.board.refusal import Refused
from app.board.words import Line, Name, OptionalName, OptionalWords
from app.desk import hosting, supervising
from app.desk.importing import import_record
from app.export.record import record
from app.live.board import LiveBoard
from app.live.house import House
from app.meetings.meeting import IsoDate
from app.pages.door import board_with_code, house_of, invited
from app.pages.respond import caller, not_too_often
from app.people.joining import GivenRole, Lang
from app.people.person import Person
from app.sight import Viewer
from app.store.account_tables import AccountRow

router = APIRouter(prefix="/api", tags=["programs"])
bearer = HTTPBearer(auto_error=False, description="The token that `kinboard token` prints.")


class Problem(BaseModel):
    code: str
    field: str
    message: str


class Error(BaseModel):
    error: Problem


class FamilyIn(BaseModel):
    name: Name


class FamilyOut(BaseModel):
    id: str
    name: str


class MeetingIn(BaseModel):
    title: Line
    purpose: OptionalWords = ""
    date: IsoDate = ""
    lang: Lang = "en"
    template: Annotated[str, Field(max_length=80)] = "family-team"
    # The id of the family's meeting to bring circles, goals and open steps over from.
    earlier: str = ""


class SeatOut(BaseModel):
    """A person's place in a meeting: what `hello` on the socket takes."""

    meeting: str
    person: str
    token: str


class MeetingOut(BaseModel):
    meeting: str
    code: str
    facilitator: SeatOut
    projector: SeatOut


class MeetingLine(BaseModel):
    id: str
    title: str
    date: str
    state: str
    seq: int


class JoinIn(BaseModel):
    """`code`, or the token of an `invitation`'s link."""

    called: Name
    code: Annotated[str, Field(max_length=40)] = ""
    invitation: Annotated[str, Field(max_length=200)] = ""
    relation: OptionalName = ""
    pronouns: OptionalName = ""
    lang: Lang = "en"
    joins_by: Literal["", "remote"] = ""


class PersonOut(BaseModel):
    id: str
    name: str
    relation: str
    pronouns: str
    lang: str
    role: str
    standing: str


class RoleIn(BaseModel):
    role: GivenRole = "family"


class SeqOut(BaseModel):
    """The sequence number at which the board holds what was asked."""

    seq: int


class AuditLine(BaseModel):
    seq: int
    at: str
    actor: str
    kind: str
    board: str
    item: str
    more: dict[str, Any]
    hash: str


class Unknown(Exception):
    """No token, or one that opens nothing."""


async def account(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> AccountRow:
    token = shown.credentials if shown else ""
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    row = await house_of(request).accounts.by_token(digest(token)) if token else None
    if row is None:
        if token:
            guesses.spend(caller(request))
        raise Unknown
    return row


def house(request: Request) -> House:
    return house_of(request)


Me = Annotated[AccountRow, Depends(account)]
TheHouse = Annotated[House, Depends(house)]

responses: dict[int | str, dict[str, Any]] = {
    401: {"model": Error, "description": "No token, or one that opens nothing"},
    404: {"model": Error, "description": "No such family, meeting or person of yours"},
    422: {"model": Error, "description": "Something asked for is wrong; `field` names it"},
    429: {"model": Error, "description": "Too much at once: the header Retry-After says how long"},
    503: {"model": Error, "description": "The database is away: ask again after Retry-After"},
}


@router.get("/families", responses={code: responses[code] for code in (401, 429, 503)})
async def list_families(me: Me, house: TheHouse) -> list[FamilyOut]:
    return [FamilyOut(id=row.id, name=row.name) for row in await hosting.families_of(house, me)]


@router.post("/families", status_code=201, responses=responses)
async def make_family(me: Me, house: TheHouse, wish: FamilyIn) -> FamilyOut:
    row = await hosting.add_family(house, me, wish.name)
    return FamilyOut(id=row.id, name=row.name)


@router.get("/families/{family_id}/meetings", responses=responses)
async def list_meetings(me: Me, house: TheHouse, family_id: str) -> list[MeetingLine]:
    family = await hosting.family_of(house, me, family_id, rules.may_see)
    house.audit.note(me.id, "family.viewed", item=family.id)
    return [MeetingLine(**row) for row in await house.families.meetings(family.id)]


@router.post("/families/{family_id}/meetings", status_code=201, responses=responses)
async def make_meeting(me: Me, house: TheHouse, family_id: str, wish: MeetingIn) -> MeetingOut:
    family = await hosting.family_of(house, me, family_id)
    earlier = await hosting.earlier_meeting(house, family, wish.earlier)
    wishes = wish.model_dump(exclude={"earlier"})
    live = await hosting.create_meeting(house, me, family, earlier, **wishes)
    return await _meeting(house, live)


@router.post("/meetings/{meeting_id}/open", responses=responses)
async def open_meeting(me: Me, house: TheHouse, meeting_id: str) -> SeqOut:
    return await _ask(me, house, meeting_id, "meeting.open")


@router.post("/meetings/{meeting_id}/close", responses=responses)
async def close_meeting(me: Me, house: TheHouse, meeting_id: str) -> SeqOut:
    return await _ask(me, house, meeting_id, "meeting.close")


@router.post("/meetings/{meeting_id}/seats", status_code=201, responses=responses)
async def sit_down(me: Me, house: TheHouse, meeting_id: str) -> MeetingOut:
    """Fresh tokens for the facilitator's and the projector's place."""
    return await _meeting(house, await live_of(me, house, meeting_id))


@router.post("/meetings/{meeting_id}/questions", responses=responses)
async def take_questions(me: Me, house: TheHouse, meeting_id: str) -> SeqOut:
    """Takes the chosen questions of a group supervision to the family's board, each once."""
    live = await live_of(me, house, meeting_id)
    await supervising.take_questions(house, live)
    return SeqOut(seq=live.board.seq)


@router.get("/meetings/{meeting_id}/people", responses=responses)
async def list_people(me: Me, house: TheHouse, meeting_id: str) -> list[PersonOut]:
    live = await live_of(me, house, meeting_id)
    house.audit.note(me.id, "people.viewed", live.board.id)
    return [
        PersonOut(**{name: getattr(person, name) for name in PersonOut.model_fields})
        for person in live.board.all(Person)
    ]


@router.post("/meetings/{meeting_id}/people/{person_id}/admit", responses=responses)
async def admit(me: Me, house: TheHouse, meeting_id: str, person_id: str, wish: RoleIn) -> SeqOut:
    """Lets somebody in with a role: worker, family, child or network."""
    return await _ask(me, house, meeting_id, "person.admit", id=person_id, role=wish.role)


@router.post("/meetings/{meeting_id}/people/{person_id}/remove", responses=responses)
async def remove(me: Me, house: TheHouse, meeting_id: str, person_id: str) -> SeqOut:
    return await _ask(me, house, meeting_id, "person.remove", id=person_id)


@router.get("/meetings/{meeting_id}/record", responses=responses)
async def take_record(me: Me, house: TheHouse, meeting_id: str) -> dict[str, Any]:
    """The whole log with the board (docs/record.md)."""
    live = await live_of(me, house, meeting_id)
    house.audit.note(me.id, "record.exported", live.board.id)
    family = await house.families.family(live.family_id)
    row = await hosting.board_of(house, me, meeting_id)
    viewer = Viewer("facilitator", row.facilitator_person)
    async with live.settled() as board:
        events = await house.store.events(board.id)
        return record(board, events, family.name if family else "", viewer)


@router.get("/meetings/{meeting_id}/audit", responses=responses)
async def read_audit(me: Me, house: TheHouse, meeting_id: str) -> list[AuditLine]:
    """Who saw, changed and took what of this meeting, by ids (docs/data.md)."""
    row = await hosting.board_of(house, me, meeting_id)
    house.audit.note(me.id, "audit.viewed", row.id)
    return [AuditLine(**entry.as_dict()) for entry in await house.audit.of_board(row.id)]


@router.post("/records", status_code=201, responses=responses)
async def bring_record(
    me: Me, house: TheHouse, data: Annotated[dict[str, Any], Body()]
) -> MeetingOut:
    """Brings a record in as a new meeting with an identical board."""
    return await _meeting(house, await import_record(house, me, data))


@router.post(
    "/join", status_code=201, responses={code: responses[code] for code in (404, 422, 429, 503)}
)
async def join(request: Request, house: TheHouse, wish: JoinIn) -> SeatOut:
    """Comes to the door of an open meeting, as somebody with its code or an invitation does;
    needs no token."""
    invitation = None
    if wish.invitation:
        live, invitation = await invited(request, wish.invitation)
    else:
        live = await board_with_code(request, wish.code)
    joins = house.limits.joins_of_address
    not_too_often(joins, caller(request))
    told = wish.model_dump(exclude={"code", "invitation"})
    seat = await hosting.ask_to_join(house, live, invitation, **told)
    joins.spend(caller(request))
    return _seat(seat)


async def live_of(me: AccountRow, house: House, meeting_id: str) -> LiveBoard:
    await hosting.board_of(house, me, meeting_id)
    live = await house.open(meeting_id)
    if live is None:
        raise Refused("not_found", "meeting")
    return live


async def _ask(me: AccountRow, house: House, meeting_id: str, name: str, **data: Any) -> SeqOut:
    live = await live_of(me, house, meeting_id)
    row = await hosting.board_of(house, me, meeting_id)
    return SeqOut(seq=await house.tell(live, row.facilitator_person, name, **data))


async def _meeting(house: House, live: LiveBoard) -> MeetingOut:
    row = await house.families.board(live.board.id)
    assert row
    seats = [
        _seat(await hosting.take_seat(house, row.id, person_id))
        for person_id in (row.facilitator_person, row.projector_person)
    ]
    return MeetingOut(meeting=row.id, code=row.code, facilitator=seats[0], projector=seats[1])


def _seat(seat: hosting.Seat) -> SeatOut:
    return SeatOut(meeting=seat.board_id, person=seat.person_id, token=seat.token)
