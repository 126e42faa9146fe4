"""Circles of safety and support: who knows what, and what part each can play.

Ring 0 holds the family itself; ring 1 those who know all about the worries, ring 2 those who
know some, ring 3 those who know little or nothing yet but matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import Field

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Sheltered, Showable, Shown
from app.board.refusal import Refused
from app.board.words import Name, OptionalName, OptionalWords
from app.ids import new_id
from app.people import rules
from app.people.person import Person

RINGS = (0, 1, 2, 3)
Ring = Annotated[int, Field(ge=0, le=3, strict=True)]
# The angle as a part of one turn, clockwise from twelve o'clock: 0 <= turn < 1.
Turn = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


@dataclass(slots=True, kw_only=True)
class CirclePerson(Sheltered, Showable):
    """Somebody in the child's life. `seat` is their id as a person in the meeting, if they are.

    `before` tells where they stood at earlier meetings, oldest first: "MEETING RING DATE", the date
    left out where that meeting had none.
    """

    kind: ClassVar[str] = "circle"
    words: ClassVar[frozenset[str]] = frozenset({"part"})
    personal: ClassVar[frozenset[str]] = frozenset({"name", "relation", "away_reason"})
    shared: ClassVar[bool] = True
    # What it takes to place them all grows with the cube of their number.
    most: ClassVar[int] = 120

    name: str
    relation: str = ""
    part: str = ""
    present: bool = False
    ring: int = 3
    turn: float = 0.0
    seat: str = ""
    away: list[str] = field(default_factory=list)
    away_roles: list[str] = field(default_factory=list)
    away_reason: str = ""
    before: list[str] = field(default_factory=list)


def in_rings(board: Board) -> list[CirclePerson]:
    return [person for person in board.all(CirclePerson) if not person.withdrawn]


class AddToCircle(Command):
    """Names somebody and places them."""

    name = "circle.add"
    event = "circle.added"

    id: NewId = Field(default_factory=new_id)
    # Not called `name`: that is what the command itself is called.
    called: Name
    relation: OptionalName = ""
    part: OptionalWords = ""
    present: bool = False
    ring: Ring = 3
    turn: Turn | None = None
    seat: str = ""
    shown: Shown = "all"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        if self.seat:
            board.find(Person, self.seat, "seat")
        turn = free_turn(board, self.ring) if self.turn is None else self.turn
        person = CirclePerson(
            id=self.id,
            by=who.id,
            name=self.called,
            relation=self.relation,
            part=self.part,
            present=self.present,
            ring=self.ring,
            turn=turn,
            seat=self.seat,
            shown=rules.shown(board, who, self.shown),
        )
        return only([made(person)])


class PlaceInCircle(Command):
    """Moves somebody to a ring and an angle. Everyone may: it is a shared picture."""

    name = "circle.place"
    event = "circle.placed"

    id: ItemId
    ring: Ring
    turn: Turn | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.standing(CirclePerson, self.id)
        turn = self.turn
        if turn is None:
            turn = person.turn if person.ring == self.ring else free_turn(board, self.ring)
        return only([changed(person, ring=self.ring, turn=round(turn, 4) % 1)])


class DescribeInCircle(Command):
    """Changes what is said of somebody; fields that are left out stay."""

    name = "circle.describe"
    event = "circle.described"

    id: ItemId
    called: Name | None = None
    relation: OptionalName | None = None
    part: OptionalWords | None = None
    present: bool | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        board.find(CirclePerson, self.id)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.standing(CirclePerson, self.id)
        given = self.model_dump(exclude_none=True, exclude={"id"})
        if "called" in given:
            given["name"] = given.pop("called")
        return only([changed(person, **given)])


class WithdrawFromCircle(Command):
    """Takes somebody out of the circles; only who named them, facilitator and worker can."""

    name = "circle.withdraw"
    event = "circle.withdrawn"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(CirclePerson, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(CirclePerson, self.id), withdrawn=True)])


class RestoreToCircle(Command):
    name = "circle.restore"
    event = "circle.restored"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.find(CirclePerson, self.id), withdrawn=False)])


def free_turn(board: Board, ring: int) -> float:
    """The middle of the widest gap between those who stand in a ring already.

    Rings start at different angles: wide labels at three o'clock would be in each other's way.
    """
    turns = sorted(person.turn for person in in_rings(board) if person.ring == ring)
    if not turns:
        return (0.0, 0.25, 0.15, 0.35)[ring]
    gaps = [
        (later - turn, turn) for turn, later in zip(turns, [*turns[1:], turns[0] + 1], strict=True)
    ]
    width, start = max(gaps)
    return round(start + width / 2, 4) % 1
