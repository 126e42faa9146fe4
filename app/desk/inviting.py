"""Invitations and the meeting's code: made, renewed, ended, and used by who comes to the door."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import IntegrityError

from app.access.tokens import digest, new_code, new_token
from app.board.commands import refused
from app.board.refusal import Refused
from app.board.words import OptionalName
from app.clock import now
from app.ids import new_id
from app.live.board import LiveBoard
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.people.joining import GivenRole
from app.people.knock import Knock
from app.people.person import Person
from app.store.invitations import Door
from app.store.tables import BoardRow, InvitationRow

State = Literal["unused", "used", "used_up", "expired", "revoked"]
# How long invitations may last, in hours; the first is offered first.
LASTS = (24, 4, 72, 168, 720)
_MOST_USES = 30


class Wish(BaseModel):
    """Whom an invitation is for, how long it lasts (hours), and how many may come by it."""

    called: OptionalName = ""
    relation: OptionalName = ""
    role: GivenRole = "family"
    lasts: Annotated[int, Field(ge=1, le=720)] = LASTS[0]
    uses: Annotated[int, Field(ge=1, le=_MOST_USES)] = 1


async def invite(house: House, board_id: str, **wishes: str | int) -> tuple[InvitationRow, str]:
    """A new invitation, and the token of its link, which is kept nowhere. Raises Refused."""
    try:
        wish = Wish.model_validate(wishes)
    except ValidationError as wrong:
        refusal = refused(wrong)
        raise Refused(
            "not_valid" if refusal.code == "out_of_range" else refusal.code,
            refusal.field,
            **refusal.details,
        ) from None
    token = new_token()
    row = InvitationRow(
        id=new_id(),
        board_id=board_id,
        token=digest(token),
        called=wish.called,
        relation=wish.relation,
        role=wish.role,
        most=wish.uses,
        ends_at=_in_hours(wish.lasts),
        made_at=now(),
    )
    await house.invitations.add(row)
    return row, token


async def renew(house: House, row: InvitationRow) -> tuple[InvitationRow, str]:
    """The same invitation with a new link, as long as the first one was; the old link is dead."""
    lasted = _moment(row.ends_at) - _moment(row.made_at)
    token, made_at = new_token(), now()
    fresh = {
        "token": digest(token),
        "used": 0,
        "revoked_at": "",
        "made_at": made_at,
        "ends_at": (_moment(made_at) + lasted).isoformat(timespec="milliseconds"),
    }
    await house.invitations.change(InvitationRow, {"id": row.id}, **fresh)
    return row.model_copy(update=fresh), token


async def revoke(house: House, live: LiveBoard, row: InvitationRow, by: str) -> None:
    """Ends an invitation; who stands at the door by it is sent away, who was let in stays."""
    await house.invitations.change(InvitationRow, {"id": row.id}, revoked_at=now())
    if meeting_of(live.board).state == "closed":
        return  # nobody stands at the door then
    for person in came_by(live, row):
        if person.standing == "waiting":
            await house.tell(live, by, "person.remove", id=person.id)


async def invitation_of(house: House, board_id: str, invitation_id: str) -> InvitationRow:
    """Raises Refused "not_found" for another board's as for none."""
    rows = await house.invitations.invitations(id=invitation_id, board_id=board_id)
    if not rows:
        raise Refused("not_found", "invitation")
    return rows[0]


def came_by(live: LiveBoard, row: InvitationRow) -> list[Person]:
    """The people who used an invitation, whatever became of them."""
    knocks = [knock for knock in live.board.all(Knock) if knock.invitation == row.id]
    return [live.board.find(Person, knock.person) for knock in knocks]


def state_of(row: InvitationRow) -> State:
    if row.revoked_at:
        return "revoked"
    if row.used >= row.most:
        return "used_up"
    if row.ends_at <= now():
        return "expired"
    return "used" if row.used else "unused"


async def invited(house: House, token: str) -> tuple[LiveBoard, InvitationRow]:
    """Where an invitation's link leads. Raises Refused "not_open" early; "link_ended" alike for
    links that never were, ran out, were used up or revoked, or whose meeting is over."""
    rows = await house.invitations.invitations(token=digest(token))
    door = await house.invitations.door(id=rows[0].board_id if rows else "")
    if not rows or state_of(rows[0]) not in ("unused", "used") or not door:
        raise Refused("link_ended", "link")
    return await _open(house, door, Refused("link_ended", "link")), rows[0]


# -- the code ------------------------------------------------------------------------------------


async def board_with_code(house: House, code: str) -> LiveBoard:
    """The open meeting that a code belongs to. Raises Refused "not_open" early; "no_such_code"
    alike for codes that never were, were renewed, switched off, ran out, or are of the past."""
    door = await house.invitations.door(code=code)
    if door is None or not code_works(house, door):
        raise Refused("no_such_code", "code")
    return await _open(house, door, Refused("no_such_code", "code"))


async def _open(house: House, door: Door, ended: Refused) -> LiveBoard:
    if door.state == "closed":
        raise ended
    if door.state != "open":
        raise Refused("not_open", ended.field)
    live = await house.open(door.board.id)
    if live is None:
        raise ended
    return live


def code_works(house: House, door: Door) -> bool:
    return door.board.code_on and now() < code_ends(house, door.board, door.date)


def code_ends(house: House, row: BoardRow, date: str) -> str:
    """When the code dies: as the facilitator chose; else some days after the meeting's day, or
    after the day on which the code was made where that is later."""
    if row.code_until:
        return row.code_until
    last = max(date, (row.code_made_at or row.made_at)[:10])
    day = datetime.datetime.fromisoformat(last).replace(tzinfo=datetime.UTC)
    ends = day + datetime.timedelta(days=1 + house.settings.code_days)
    return ends.isoformat(timespec="milliseconds")


async def switch_code(house: House, live: LiveBoard, on: bool, lasts: int = 0) -> None:
    """Turns the code on or off; `lasts`: for so many hours, 0: by the rule of `code_ends`."""
    until = _in_hours(lasts) if lasts else ""
    await house.invitations.set_code(live.board.id, code_on=on, code_until=until)
    live.code_changed()


async def renew_code(house: House, live: LiveBoard) -> None:
    """A new code; the old one is dead at once."""
    fresh = {"code_on": True, "code_until": "", "code_made_at": now()}
    for attempt in range(5):
        try:
            await house.invitations.set_code(live.board.id, code=new_code(), **fresh)
            break
        except IntegrityError:  # the code is taken
            if attempt == 4:
                raise
    live.code_changed()


def _in_hours(hours: int) -> str:
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)
    return at.isoformat(timespec="milliseconds")


def _moment(iso: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(iso)
