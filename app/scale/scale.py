"""The safety scale: each gives a number alone, then all are shown together.

0: so dangerous that the child cannot be at home; 10: safe enough that the agency can close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from app.board.board import Board, changed, made, told_again
from app.board.commands import Command, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import OptionalWords
from app.people import rules
from app.people.person import Person

SAFETY_SCALE = "scale-safety"


@dataclass(slots=True, kw_only=True)
class Scale(Item):
    """A question with numbers. Until `revealed`, each sees only their own (see app/sight)."""

    kind: ClassVar[str] = "scale"

    question: str = ""
    revealed: bool = False


@dataclass(slots=True, kw_only=True)
class Answer(Item):
    """One person's number (0 to 10) and reason on one scale."""

    kind: ClassVar[str] = "answer"

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
        before = board.get(Answer, answer_id(scale.id, person))
        if before:
            return only([changed(before, number=self.number, reason=self.reason, withdrawn=False)])
        answer = Answer(
            id=answer_id(scale.id, person),
            by=who.id,
            scale=scale.id,
            person=person,
            number=self.number,
            reason=self.reason,
        )
        return only([made(answer)])


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
        # The answers are told again in full: those who follow the log could not see them before.
        return Outcome([changed(scale, revealed=True), *map(told_again, given)])


def answer_id(scale_id: str, person_id: str) -> str:
    return f"{scale_id}.{person_id}"
