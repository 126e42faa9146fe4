"""Three Houses: what a child brings to the meeting, in words and drawings of their own.

There is a house of worries, one of good things and one of dreams. What is put into them is the
child's: it is seen by the child alone, and by the grown-up who writes it down together with them,
until the child shares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NewType

from app.board.board import Board
from app.board.items import Item, Showable

# Not called like the columns: a house of good things is not what works well.
Room = Literal["worries", "good", "dreams"]
ROOMS: tuple[Room, ...] = ("good", "worries", "dreams")

Colour = Literal["ink", "red", "orange", "yellow", "green", "blue", "purple", "brown"]
COLOURS: tuple[Colour, ...] = (
    *("ink", "red", "orange", "yellow"),
    *("green", "blue", "purple", "brown"),
)
Width = Literal[1, 2, 3]

# Where a stroke goes: "x,y x,y …", whole numbers on a sheet of ACROSS by DOWN.
Points = NewType("Points", str)
ACROSS, DOWN = 2000, 1500
MOST_POINTS = 200
# Far more than a child draws in an hour, and little enough for a phone.
MOST_STROKES, MOST_LETTERS = 400, 60_000


@dataclass(slots=True, kw_only=True)
class House(Item):
    """A house that stands on the board, since the child has shared something in it."""

    kind: ClassVar[str] = "house"
    most: ClassVar[int] = 90

    child: str
    house: Room

    @property
    def shelf(self) -> str:
        return f"brings-{self.child}"


@dataclass(slots=True, kw_only=True)
class ChildsOwn(Showable):
    """Something in a house. `child` is the id of somebody in the meeting or in the circles; where
    somebody else made it together with them, that is `by`, and `leave` is who noted that the child
    said yes to sharing it.
    """

    guarded: ClassVar[bool] = True

    child: str
    house: Room
    leave: str = ""

    @property
    def shelf(self) -> str:
        return f"in-{house_id(self.house, self.child)}"

    def is_own_of(self, person_id: str) -> bool:
        return person_id in (self.by, self.child)

    def owned_by(self, person_id: str) -> bool:
        return self.is_own_of(person_id)


@dataclass(slots=True, kw_only=True)
class HouseNote(ChildsOwn):
    """A few words in a house. `cards` are the ids of what was taken from it to the map."""

    kind: ClassVar[str] = "housenote"
    words: ClassVar[frozenset[str]] = frozenset({"text"})
    needed: ClassVar[frozenset[str]] = frozenset({"text"})
    most: ClassVar[int] = 400

    text: str
    cards: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Drawing(ChildsOwn):
    """A sheet to draw on; its strokes are items of their own."""

    kind: ClassVar[str] = "drawing"
    most: ClassVar[int] = 60


@dataclass(slots=True, kw_only=True)
class Stroke(Item):
    """One line, as a finger drew it. Who sees the drawing sees its strokes."""

    kind: ClassVar[str] = "stroke"
    most: ClassVar[int] = 3000
    guarded: ClassVar[bool] = True

    child: str
    drawing: str
    points: Points
    colour: Colour = "ink"
    width: Width = 2

    @property
    def shelf(self) -> str:
        return f"strokes-{self.drawing}"

    def owned_by(self, person_id: str) -> bool:
        return person_id in (self.by, self.child)


def house_id(house: Room, child: str) -> str:
    """With a dot, which no id that somebody chooses can hold."""
    return f"{house}.{child}"


def inside(board: Board, house: Room, child: str) -> list[ChildsOwn]:
    """The notes and drawings in a house, in their order, without what was taken out."""
    return board.shelf(f"in-{house_id(house, child)}")


def strokes(board: Board, drawing_id: str) -> list[Stroke]:
    return board.shelf(f"strokes-{drawing_id}")


def all_of(board: Board, child: str) -> Iterator[ChildsOwn]:
    for house in ROOMS:
        yield from inside(board, house, child)


def pairs(points: str) -> list[tuple[int, int]]:
    """The places of a stroke. Raises ValueError for what is none, as a forged file may hold."""
    read = [tuple(map(int, pair.split(","))) for pair in points.split()]
    if len(read) > MOST_POINTS or any(len(one) != 2 for one in read):
        raise ValueError("not the points of a stroke")
    places = [(x, y) for x, y in read]
    if any(not (0 <= x <= ACROSS and 0 <= y <= DOWN) for x, y in places):
        raise ValueError("beside the sheet")
    return places


def path(points: str) -> str:
    """A stroke as the path of an SVG; a single point is a dot."""
    places = pairs(points)
    if len(places) == 1:
        return f"M{places[0][0]} {places[0][1]}h0"
    return "".join(f"{'L' if index else 'M'}{x} {y}" for index, (x, y) in enumerate(places))
