"""What a facilitator does before and around a meeting, and how people come to its door."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.access import rules
from app.access.limits import seconds
from app.access.tokens import new_code
from app.board.board import Board
from app.board.refusal import Refused
from app.clock import now
from app.desk import members
from app.desk.supervising import bring_waiting
from app.fragments.language import best, translations
from app.ids import new_id
from app.live.board import LiveBoard
from app.live.house import House, make
from app.live.seats import give_seat, seated
from app.meetings.bringing import BringOver
from app.meetings.meeting import CreateMeeting, OpenMeeting, is_for_workers, meeting_of
from app.people.joining import AskToJoin
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.people.phrases import new_phrase
from app.store.account_tables import AccountRow
from app.store.tables import BoardRow, FamilyRow, InvitationRow

# So many may stand at one door at once.
_MOST_AT_DOOR = 60


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a meeting, and the token that lets them back in."""

    board_id: str
    person_id: str
    token: str


async def add_facilitator(house: House, name: str, lang: str = "en") -> tuple[AccountRow, str]:
    """A program that facilitates, with a team of its own, and its token, which is not kept."""
    account = await members.add_program(house, name, lang)
    return account, await members.add_token(house, account, name)


async def families_of(house: House, account: AccountRow) -> list[FamilyRow]:
    """The families that an account may see, the newest first."""
    worker = await members.worker_of(house, account)
    return await house.families.families(rules.open_teams(worker))


async def add_family(house: House, account: AccountRow, name: str, team_id: str = "") -> FamilyRow:
    """A family of one of the account's teams, the first where none is named.

    Raises Refused "no_team" where the account may lead no meetings of this team.
    """
    worker = await members.worker_of(house, account)
    team_id = team_id or min(worker.teams, default="")
    if not rules.may_lead(worker, team_id):
        raise Refused("no_team", "team")
    family = FamilyRow(
        id=new_id(), team_id=team_id, facilitator_id=account.id, name=name, made_at=now()
    )
    await house.families.add(family)
    return family


async def family_of(
    house: House, account: AccountRow, family_id: str, may: rules.May = rules.may_lead
) -> FamilyRow:
    """The family, if the account may lead its meetings (or whatever `may` asks).

    Raises Refused "not_found" otherwise, whether there is such a family or not.
    """
    family = await house.families.family(family_id)
    worker = await members.worker_of(house, account)
    if family is None or not may(worker, family.team_id):
        raise Refused("not_found", "family")
    return family


async def board_of(
    house: House, account: AccountRow, board_id: str, may: rules.May = rules.may_lead
) -> BoardRow:
    """The meeting's board, by the same rule as its family. Raises Refused "not_found"."""
    row = await house.families.board(board_id)
    family = await house.families.family(row.family_id) if row else None
    # One answer for both, to the letter: nobody learns that another's meeting is there.
    worker = await members.worker_of(house, account)
    if row is None or family is None or not may(worker, family.team_id):
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
    house: House,
    account: AccountRow,
    family: FamilyRow,
    earlier: LiveBoard | None = None,
    /,
    **wishes: str,
) -> LiveBoard:
    """A new meeting in a family, not open yet; it brings over what is open from an `earlier` one.

    Raises Refused for what is wrong in `wishes`.
    """
    command = make(
        CreateMeeting,
        facilitator=new_id(),
        projector=new_id(),
        facilitator_called=account.name,
        **wishes,
    )
    command.decide(Board(""), Person(id="", name=""))  # refused before anything is made
    if earlier and meeting_of(earlier.board).workers_only and not is_for_workers(command.template):
        raise Refused("not_found", "earlier")  # what workers say among themselves stays there
    live = await new_board(house, family, command.facilitator, command.projector)
    await house.ask(live, command.facilitator, command)
    if earlier is not None:
        await house.ask(live, command.facilitator, BringOver.of(earlier.board))
    await bring_waiting(house, live)
    return live


async def earlier_meeting(house: House, family: FamilyRow, board_id: str) -> LiveBoard | None:
    """The meeting of this family to bring things over from, "" for none.

    Raises Refused "not_found" for any other.
    """
    if not board_id:
        return None
    row = await house.families.board(board_id)
    live = await house.open(board_id) if row and row.family_id == family.id else None
    if live is None or live.board.seq == 0:
        raise Refused("not_found", "earlier")
    return live


async def open_meeting(house: House, live: LiveBoard) -> None:
    row = await house.families.board(live.board.id)
    assert row
    await house.ask(live, row.facilitator_person, OpenMeeting())


async def take_seat(house: House, board_id: str, person_id: str, session_id: str = "") -> Seat:
    """A further token for a person, for one more browser or program of theirs.

    It ends with the session that it was taken in, if it was.
    """
    token = await give_seat(house, board_id, person_id, session_id=session_id)
    house.audit.note("", "seat.given", board_id, person_id)
    return Seat(board_id, person_id, token)


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
    knocks = (live.board.get(Knock, knock_id(one)) for one in waiting)
    phrases = {knock.phrase for knock in knocks if knock}
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
    house.audit.note("", "seat.given", live.board.id, person_id)
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
