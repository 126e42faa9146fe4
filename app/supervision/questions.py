"""Group supervision: workers think about a family together, and find the best questions to ask.

Such a meeting is for workers only (`Meeting.workers_only`). What leaves it for the family's board
are the chosen questions, and no other word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field, PrivateAttr

from app.board import order
from app.board.board import Board, changed, laid, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import OptionalName, OptionalWords, Words
from app.ids import new_id
from app.meetings.meeting import meeting_of
from app.people import rules
from app.people.person import Person

SUPERVISION = "supervision"
# Chosen while the family has no meeting that goes on or is to come: it waits for the next one.
WAITING = "waiting"
# As many names as a list can hold.
_MOST_VOTES = 20


@dataclass(slots=True, kw_only=True)
class Supervision(Item):
    """What the meeting is about: who presents, and what they want to know. One on a board."""

    kind: ClassVar[str] = "supervision"
    personal: ClassVar[frozenset[str]] = frozenset({"question"})

    presenter: str = ""
    question: str = ""


@dataclass(slots=True, kw_only=True)
class NextQuestion(Item):
    """A question that could be asked next: `by` offered it, `whom` it is for, in words. `votes`
    are the ids of those who find it good. The `best` ones are taken to the family's board;
    `taken` is when (UTC, ISO 8601), "waiting" until the family has a meeting, "" before."""

    kind: ClassVar[str] = "nextquestion"
    personal: ClassVar[frozenset[str]] = frozenset({"text", "whom"})
    most: ClassVar[int] = 200

    text: str
    whom: str = ""
    votes: list[str] = field(default_factory=list)
    best: bool = False
    taken: str = ""

    @property
    def shelf(self) -> str:
        return "nextquestions"

    @property
    def is_to_take(self) -> bool:
        """Whether it is chosen and has not reached a family's board yet."""
        return self.best and not self.withdrawn and self.taken in ("", WAITING)


def supervision_of(board: Board) -> Supervision:
    return board.get(Supervision, SUPERVISION) or Supervision(id=SUPERVISION)


class _AmongWorkers(Command):
    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)
        if not meeting_of(board).workers_only:
            raise Refused("not_allowed")


class Present(_AmongWorkers):
    """Says who presents, and the question that they want help with."""

    name = "supervision.present"
    event = "supervision.presented"

    presenter: str = ""
    question: OptionalWords = ""

    def decide(self, board: Board, who: Person) -> Outcome:
        presenter = board.find(Person, self.presenter, "presenter").id if self.presenter else ""
        values = {"presenter": presenter, "question": self.question}
        return only([laid(board, Supervision, SUPERVISION, who.id, **values)])


class OfferQuestion(_AmongWorkers):
    """Offers a question that the presenting worker could ask next."""

    name = "nextquestion.add"
    event = "nextquestion.added"

    id: NewId = Field(default_factory=new_id)
    text: Words
    whom: OptionalName = ""

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        pos = order.last(board, "nextquestions")
        question = NextQuestion(id=self.id, by=who.id, pos=pos, text=self.text, whom=self.whom)
        return only([made(question)])


class VoteForQuestion(_AmongWorkers):
    """Says that one finds a question good, or takes that back."""

    name = "nextquestion.vote"
    event = "nextquestion.voted"

    id: ItemId
    good: bool = True

    def decide(self, board: Board, who: Person) -> Outcome:
        question = board.standing(NextQuestion, self.id)
        others = [one for one in question.votes if one != who.id]
        if self.good and len(others) >= _MOST_VOTES:
            raise Refused("too_many", "id", limit=_MOST_VOTES)
        if self.good == (who.id in question.votes):
            return Outcome()
        return only([changed(question, votes=[*others, who.id] if self.good else others)])


class ChooseQuestion(_AmongWorkers):
    """Marks a question as one of the best, which go to the family; or takes the mark off."""

    name = "nextquestion.choose"
    event = "nextquestion.chosen"

    id: ItemId
    best: bool = True

    def decide(self, board: Board, who: Person) -> Outcome:
        question = board.standing(NextQuestion, self.id)
        if question.taken not in ("", WAITING):
            raise Refused("taken", "id")
        taken = question.taken if self.best else ""
        return only([changed(question, best=self.best, taken=taken)])


class WithdrawQuestion(_AmongWorkers):
    name = "nextquestion.withdraw"
    event = "nextquestion.withdrawn"

    id: ItemId

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(NextQuestion, self.id), withdrawn=True)])


class NoteTaken(Command):
    """Notes that questions were taken, or wait. The house gives this command itself."""

    name = "nextquestion.take"
    event = "nextquestion.taken"
    internal = True

    _taken: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def of(cls, taken: dict[str, str]) -> NoteTaken:
        """`taken`: the question's id -> when, or WAITING."""
        command = cls()
        command._taken = taken
        return command

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(
            changed(board.find(NextQuestion, one), taken=when) for one, when in self._taken.items()
        )
