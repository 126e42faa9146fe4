"""What the facilitator puts on the wall from their own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.board.board import Board, laid
from app.board.commands import Command, Outcome, only
from app.board.items import Item
from app.people import rules
from app.people.person import Person

WALL = "the-wall"
# A part of the board, one ring of the circles, or the way to join.
# fmt: off
Full = Literal[
    "", "worries", "working", "needs", "scale", "circles", "steps",
    "ring-0", "ring-1", "ring-2", "ring-3", "join",
]
# fmt: on


@dataclass(slots=True, kw_only=True)
class Wall(Item):
    """`full` fills the whole screen; "" for what the stage is about. `code`: whether the code and
    the QR code stand in the corner, while they work."""

    kind: ClassVar[str] = "wall"

    full: Full = ""
    code: bool = True


def wall_of(board: Board) -> Wall:
    return board.get(Wall, WALL) or Wall(id=WALL)


class ShowOnWall(Command):
    """Says what fills the wall, and whether the code stands there; what is left out stays."""

    name = "wall.show"
    event = "wall.shown"

    full: Full | None = None
    code: bool | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        given = self.model_dump(exclude_none=True)
        return only([laid(board, Wall, WALL, who.id, **given)]) if given else Outcome()
