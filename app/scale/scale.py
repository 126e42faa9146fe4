"""The safety scale: each gives a number alone, then all are shown together.

0: so dangerous that the child cannot be at home; 10: safe enough that the agency can close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, laid, made, told_again
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import OptionalLine, OptionalWords
from app.ids import new_id
from app.map.statements import Goal
from app.people import rules
from app.people.person import Person
from app.scale.earlier import earlier_to

SAFETY_SCALE = "scale-safety"


@dataclass(slots=True, kw_only=True)
class Scale(Item):
    """A question with numbers. Until `revealed`, each sees only their own (see app/sight).

    The general question has no words here. Others have a `question` of the facilitator's, or ask
    how near a `goal` is; `closing` asks once more at the end.
    """

    kind: ClassVar[str] = "scale"
    personal: ClassVar[frozenset[str]] = frozenset({"question"})

    question: str = ""
    revealed: bool = False
    goal: str = ""
    closing: bool = False

    @property
    def shelf(self) -> str:
        return "scales"

    @property
    def asks(self) -> tuple[str, str]:
        """Equal for scales that ask the same at different times."""
        return self.question, self.goal


@dataclass(slots=True, kw_only=True)
class Answer(Item):
    """One person's number (0 to 10) and reason on one scale."""

    kind: ClassVar[str] = "answer"
    personal: ClassVar[frozenset[str]] = frozenset({"reason"})

    scale: str
    person: str
    number: int
    reason: str = ""

    def owned_by(self, person_id: str) -> bool:
        return person_id in (self.by, self.person)


def answers(board: Board, scale_id: str) -> list[Answer]:
    given = board.all(Answer)
    return [answer for answer in given if answer.scale == scale_id and not answer.withdrawn]


class AnswerScale(Command):
    """Gives or changes a number. A worker may give it for somebody who has no phone."""

    name = "scale.answer"
    event = "scale.answered"

    scale: str = SAFETY_SCALE
    number: Annotated[int, Field(ge=0, le=10, strict=True)]
    reason: OptionalWords = ""
    said_by: str = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        scale = board.standing(Scale, self.scale, "scale")
        person = rules.speaker(board, who, self.said_by)
        values = {"number": self.number, "reason": self.reason, "withdrawn": False}
        of = {"scale": scale.id, "person": person}
        return only([laid(board, Answer, answer_id(scale.id, person), who.id, **of, **values)])


def number_before(board: Board, scale: Scale, person_id: str) -> int | None:
    """The number that somebody gave when the same was asked before, once it was shown to all."""
    earlier = None
    for other in board.shelf("scales"):
        if other.id == scale.id:
            break
        if other.revealed and other.asks == scale.asks:
            answer = board.get(Answer, answer_id(other.id, person_id))
            earlier = answer.number if answer and not answer.withdrawn else earlier
    return earlier


class AddScale(Command):
    """Asks for numbers once more: about safety in general at the end, about a goal, or in the
    facilitator's own words."""

    name = "scale.add"
    event = "scale.added"

    id: NewId = Field(default_factory=new_id)
    question: OptionalLine = ""
    goal: str = ""
    closing: bool = False

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        if not (self.question or self.goal or self.closing):
            raise Refused("empty", "question")
        scale = Scale(
            id=self.id,
            by=who.id,
            pos=order.last(board, "scales"),
            question=self.question,
            goal=board.standing(Goal, self.goal, "goal").id if self.goal else "",
            closing=self.closing,
        )
        return only([made(scale)])


class WithdrawScale(Command):
    """Takes a question off the board whose numbers were not shown; the general one stays."""

    name = "scale.withdraw"
    event = "scale.withdrawn"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        scale = board.standing(Scale, self.id)
        if scale.id == SAFETY_SCALE or scale.revealed:
            raise Refused("not_allowed", "id")
        return only([changed(scale, withdrawn=True)])


class RevealScale(Command):
    """Shows all numbers to everyone at once."""

    name = "scale.reveal"
    event = "scale.revealed"

    scale: str = SAFETY_SCALE

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        scale = board.standing(Scale, self.scale, "scale")
        if scale.revealed:
            return Outcome()
        given = answers(board, scale.id)
        if not given:
            raise Refused("nothing_to_show")
        # Told again in full: those who follow the log could not see them before.
        asked = any(one.revealed and one.asks == scale.asks for one in board.shelf("scales"))
        earlier = [] if asked else earlier_to(board, scale.asks)
        return Outcome([changed(scale, revealed=True), *map(told_again, [*given, *earlier])])


def answer_id(scale_id: str, person_id: str) -> str:
    return f"{scale_id}.{person_id}"
