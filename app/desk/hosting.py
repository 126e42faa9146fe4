"""What a facilitator does before and around a meeting, and how people come to its door."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.access.tokens import digest, new_code, new_token
from app.board.board import Board
from app.board.refusal import Refused
from app.clock import now
from app.ids import new_id
from app.live.board import LiveBoard
from app.live.house import House, make
from app.meetings.meeting import CreateMeeting, OpenMeeting, meeting_of
from app.people.joining import AskToJoin
from app.people.person import Person
from app.store.tables import BoardRow, FacilitatorRow, FamilyRow, SeatRow


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a meeting, and the token that lets them back in."""

    board_id: str
    person_id: str
    token: str


async def add_facilitator(house: House, name: str, lang: str = "en") -> tuple[FacilitatorRow, str]:
    """A new facilitator and the token of their link, which is not kept anywhere."""
    token = new_token()
    row = FacilitatorRow(id=new_id(), name=name, lang=lang, token=digest(token), made_at=now())
    await house.families.add(row)
    return row, token


async def add_family(house: House, facilitator: FacilitatorRow, name: str) -> FamilyRow:
    family = FamilyRow(id=new_id(), facilitator_id=facilitator.id, name=name, made_at=now())
    await house.families.add(family)
    return family


async def family_of(house: House, facilitator: FacilitatorRow, family_id: str) -> FamilyRow:
    """The family, if it is this facilitator's. Raises Refused "not_found" otherwise."""
    family = await house.families.family(family_id)
    if family is None or family.facilitator_id != facilitator.id:
        raise Refused("not_found", "family")
    return family


async def board_of(house: House, facilitator: FacilitatorRow, board_id: str) -> BoardRow:
    """The meeting's board, if it is this facilitator's. Raises Refused "not_found" otherwise."""
    row = await house.families.board(board_id)
    family = await house.families.family(row.family_id) if row else None
    # One answer for both, to the letter: nobody learns that another's meeting is there.
    if row is None or family is None or family.facilitator_id != facilitator.id:
        raise Refused("not_found", "meeting")
    return row


async def new_board(
    house: House, family: FamilyRow, facilitator_person: str, projector_person: str
) -> LiveBoard:
    """An empty board in a family, with no events yet."""
    for attempt in range(5):
        row = BoardRow(
            id=new_id(),
            family_id=family.id,
            code=new_code(),
            facilitator_person=facilitator_person,
            projector_person=projector_person,
            made_at=now(),
        )
        try:
            await house.families.add(row)
            break
        except IntegrityError:  # the code is taken
            if attempt == 4:
                raise
    live = await house.open(row.id)
    assert live
    return live


async def create_meeting(
    house: House, facilitator: FacilitatorRow, family: FamilyRow, **wishes: str
) -> LiveBoard:
    """A new meeting in a family, not open yet. Raises Refused for what is wrong in `wishes`."""
    command = make(
        CreateMeeting,
        facilitator=new_id(),
        projector=new_id(),
        facilitator_called=facilitator.name,
        **wishes,
    )
    command.decide(Board(""), Person(id="", name=""))  # refused before anything is made
    live = await new_board(house, family, command.facilitator, command.projector)
    await house.ask(live, command.facilitator, command)
    return live


async def open_meeting(house: House, live: LiveBoard) -> None:
    row = await house.families.board(live.board.id)
    assert row
    await house.ask(live, row.facilitator_person, OpenMeeting())


async def take_seat(house: House, board_id: str, person_id: str) -> Seat:
    """A further token for a person, for one more browser or program of theirs."""
    seat = Seat(board_id, person_id, new_token())
    row = SeatRow(token=digest(seat.token), board_id=board_id, person_id=person_id)
    await house.families.add(row)
    return seat


async def board_with_code(house: House, code: str) -> LiveBoard:
    """The open meeting that a code belongs to. Raises Refused "no_such_code" or "not_open"."""
    row = await house.families.board_by_code(code)
    live = await house.open(row.id) if row else None
    if live is None or live.board.seq == 0 or meeting_of(live.board).state == "closed":
        raise Refused("no_such_code", "code")
    if meeting_of(live.board).state != "open":
        raise Refused("not_open", "code")
    return live


async def ask_to_join(house: House, live: LiveBoard, **wishes: str) -> Seat:
    """Somebody comes to the door. Raises Refused for what is wrong in `wishes`."""
    person_id = new_id()
    command = make(AskToJoin, id=person_id, **wishes)
    await house.ask(live, person_id, command)
    return await take_seat(house, live.board.id, person_id)


async def person_at(house: House, board_id: str, person_id: str, token: str) -> Person | None:
    """Who a token belongs to, if it belongs to this person on this board."""
    seat = await house.families.seat(digest(token)) if token else None
    if seat is None or (seat.board_id, seat.person_id) != (board_id, person_id):
        return None
    live = await house.open(board_id)
    return live.board.get(Person, person_id) if live else None
