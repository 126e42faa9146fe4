"""Lines between two people in the circles: how they are with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.circles.circle import CirclePerson
from app.ids import new_id
from app.people import rules
from app.people.person import Person

TieKind = Literal["close", "distant", "conflict", "broken"]


@dataclass(slots=True, kw_only=True)
class Tie(Item):
    """A line between `one` and `other` (ids of people in the circles); it has no direction."""

    kind: ClassVar[str] = "tie"
    # As many lines are not read by anybody, and each is drawn anew when somebody moves.
    most: ClassVar[int] = 80

    one: str
    other: str
    how: TieKind


def ties(board: Board) -> list[Tie]:
    """The lines of which both ends stand in the circles."""
    return [
        tie
        for tie in board.all(Tie)
        if not tie.withdrawn and stands(board, tie.one) and stands(board, tie.other)
    ]


def stands(board: Board, person_id: str) -> bool:
    person = board.get(CirclePerson, person_id)
    return person is not None and not person.withdrawn


class DrawTie(Command):
    """Draws a line, or another one in the place of what is between the two already. Everyone may:
    it is a shared picture."""

    name = "tie.draw"
    event = "tie.drawn"

    id: NewId = Field(default_factory=new_id)
    one: ItemId
    other: ItemId
    how: TieKind

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        for field in ("one", "other"):
            board.standing(CirclePerson, getattr(self, field), field)
        if self.one == self.other:
            raise Refused("same_person", "other")
        for tie in ties(board):
            if {tie.one, tie.other} == {self.one, self.other}:
                return only([changed(tie, how=self.how)])
        if self.id in board.items:
            raise Refused("exists", "id")
        tie = Tie(id=self.id, by=who.id, one=self.one, other=self.other, how=self.how)
        return only([made(tie)])


class RemoveTie(Command):
    """Takes a line away. Everyone may, as everyone may change it."""

    name = "tie.remove"
    event = "tie.removed"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Tie, self.id), withdrawn=True)])
