"""What a facilitator does before and around a meeting, and how people come to its door."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.access.limits import seconds
from app.access.tokens import digest, new_code, new_token
from app.board.board import Board
from app.board.refusal import Refused
from app.clock import now
from app.fragments.language import best, translations
from app.ids import new_id
from app.live.board import LiveBoard
from app.live.house import House, make
from app.live.seats import give_seat, seated
from app.meetings.meeting import CreateMeeting, OpenMeeting
from app.people.joining import AskToJoin
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.people.phrases import new_phrase
from app.store.tables import BoardRow, FacilitatorRow, FamilyRow, InvitationRow

# So many may stand at one door at once.
_MOST_AT_DOOR = 60


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
    return Seat(board_id, person_id, await give_seat(house, board_id, person_id))


async def ask_to_join(
    house: House, live: LiveBoard, invitation: InvitationRow | None = None, **wishes: str
) -> Seat:
    """Somebody comes to the door, with the code or an invitation. Raises Refused for what is
    wrong in `wishes`, and "slow_down" where too many stand there already."""
    waiting = [one.id for one in live.board.all(Person) if one.standing == "waiting"]
    wait = house.limits.joins_of_board.wait(live.board.id)
    if len(waiting) >= _MOST_AT_DOOR or wait:
        raise Refused("slow_down", wait=seconds(wait or 60))
    person_id, lang = new_id(), wishes.get("lang", "en")
    phrases = {live.board.find(Knock, knock_id(one)).phrase for one in waiting}
    command = make(
        AskToJoin,
        id=person_id,
        role=invitation.role if invitation else "family",
        phrase=new_phrase(translations(best(lang)).gettext, phrases),
        invitation=invitation.id if invitation else "",
        invited_as=_invited_as(invitation),
        at=now(),
        **wishes,
    )
    if invitation and not await house.invitations.use(invitation, now()):
        raise Refused("link_ended", "link")
    try:
        await house.ask(live, person_id, command)
    except Refused:
        if invitation:
            await house.invitations.give_back(invitation.id)
        raise
    house.limits.joins_of_board.spend(live.board.id)
    token = await give_seat(house, live.board.id, person_id, "waiting")
    return Seat(live.board.id, person_id, token)


def _invited_as(invitation: InvitationRow | None) -> str:
    """ "Elena, grandmother", or what of it is known."""
    if invitation is None:
        return ""
    return ", ".join(word for word in (invitation.called, invitation.relation) if word)


async def person_at(house: House, board_id: str, person_id: str, token: str) -> Person | None:
    """Who a token belongs to, if it belongs to this person on this board."""
    seat = await seated(house, board_id, person_id, token)
    return seat.person if seat else None
