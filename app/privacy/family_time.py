"""Private family time: offered, begun, and the others called back (docs/private-family-time.md).

The family decides who stays; nobody outside can add anyone, before or after.
"""

from __future__ import annotations

from pydantic import Field

from app.board.board import Board, changed, laid
from app.board.commands import Command, ItemId, Outcome, only
from app.board.events import Change
from app.board.refusal import Refused
from app.clock import now
from app.meetings.meeting import meeting_of
from app.people import rules
from app.people.family_time import (
    FAMILY_ROLES,
    FAMILY_TIME,
    MAY_STAY,
    FamilyTime,
    family_time,
    is_alone,
    members,
)
from app.people.person import Person


def _set(board: Board, who: Person, **values: object) -> Change:
    return laid(board, FamilyTime, FAMILY_TIME, who.id, **values)


def _is_of_family(who: Person) -> None:
    rules.takes_part(who)
    if not who.with_family:
        raise Refused("not_allowed")


class OfferFamilyTime(Command):
    """Puts the list of who stays before the family. The first time it names everyone whose role
    is family or child; from then on the list is the family's alone."""

    name = "family_time.offer"
    event = "family_time.offered"

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        time = family_time(board)
        if meeting_of(board).state != "open":
            raise Refused("not_open")
        if time.state in ("offered", "running"):
            return Outcome()
        is_first = board.get(FamilyTime, FAMILY_TIME) is None
        family = [one for one in board.shelf("people") if one.is_in and one.role in FAMILY_ROLES]
        if is_first and not family:
            raise Refused("no_family")
        listed = [changed(one, with_family=True) for one in family] if is_first else []
        offered = _set(board, who, state="offered", asked="", asked_at="", answer="", ended_by="")
        return only([offered, *listed])


class KeepWithFamily(Command):
    """The family keeps somebody with it, or lets them go with the others. Family and youth go by
    their own wish alone; facilitator and workers never stay."""

    name = "family_time.keep"
    event = "family_time.kept"

    id: ItemId
    stays: bool = Field(strict=True)

    def allow(self, board: Board, who: Person) -> None:
        _is_of_family(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.find(Person, self.id)
        is_theirs = person.role == "network" or person.id == who.id
        if person.role not in MAY_STAY or not person.is_in or not (self.stays or is_theirs):
            raise Refused("not_allowed", "id")
        if not self.stays and members(board) == [person]:
            raise Refused("not_allowed", "id")
        return only([changed(person, with_family=self.stays)])


class BeginFamilyTime(Command):
    """From now on those outside receive nothing."""

    name = "family_time.begin"
    event = "family_time.begun"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if not who.with_family:
            rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        time = family_time(board)
        if time.state == "running":
            return Outcome()
        if time.state != "offered":
            raise Refused("not_allowed")
        if not members(board):
            raise Refused("no_family")
        # A locked board would leave the family alone with nothing to write on.
        return only([_set(board, who, state="running"), changed(meeting_of(board), locked=False)])


class AskToComeBack(Command):
    """Somebody outside knocks; the family sees who, and answers when it likes."""

    name = "family_time.ask"
    event = "family_time.asked"

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if not is_alone(board) or who.with_family:
            raise Refused("not_allowed")
        return only([_set(board, who, asked=who.id, asked_at=now(), answer="")])


class AnswerSoon(Command):
    """The family needs a little longer."""

    name = "family_time.answer"
    event = "family_time.answered"

    def allow(self, board: Board, who: Person) -> None:
        _is_of_family(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if not is_alone(board) or not family_time(board).asked:
            raise Refused("not_allowed")
        return only([_set(board, who, asked="", asked_at="", answer="soon")])


class EndFamilyTime(Command):
    """Any of the family calls the others back. The facilitator takes an offer back, and in an
    emergency ends the time: that shows nobody what was written."""

    name = "family_time.end"
    event = "family_time.ended"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if not who.with_family:
            rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if family_time(board).state not in ("offered", "running"):
            return Outcome()
        over = _set(board, who, state="over", asked="", asked_at="", answer="", ended_by=who.id)
        return only([over])
