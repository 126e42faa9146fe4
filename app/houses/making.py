"""Putting words and drawings into a house."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from app.board import order
from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.refusal import Refused
from app.board.words import Words
from app.circles.circle import CirclePerson
from app.houses.things import (
    ACROSS,
    DOWN,
    MOST_LETTERS,
    MOST_POINTS,
    MOST_STROKES,
    ChildsOwn,
    Colour,
    Drawing,
    HouseNote,
    Points,
    Room,
    Stroke,
    Width,
    all_of,
    strokes,
)
from app.ids import new_id
from app.people import rules
from app.people.person import Person


def _points(value: Any) -> Points:
    """[x, y, x, y, …] as it is kept; whole numbers on the sheet and nothing else."""
    if not isinstance(value, list) or len(value) < 2 or len(value) % 2:
        raise PydanticCustomError("not_valid", "pairs of whole numbers")
    if len(value) > 2 * MOST_POINTS:
        raise PydanticCustomError("too_long", "too many points", {"max_length": MOST_POINTS})
    for index, one in enumerate(value):
        if type(one) is not int or not 0 <= one <= (DOWN if index % 2 else ACROSS):
            raise PydanticCustomError("not_valid", "a place on the sheet")
    pairs = zip(value[::2], value[1::2], strict=True)
    return Points(" ".join(f"{x},{y}" for x, y in pairs))


def child_of(board: Board, who: Person, child: str) -> str:
    """Whose houses somebody may put things into: a child their own; facilitator and workers those
    of the child whom they sit with. Raises Refused."""
    rules.takes_part(who)
    # Whoever has houses keeps them, also where their role becomes another one.
    if child in ("", who.id) and (who.role == "child" or any(all_of(board, who.id))):
        return who.id
    if not who.leads:
        raise Refused("childs_own" if child else "not_allowed", "child")
    item = board.items.get(child)
    is_child = isinstance(item, Person) and item.role == "child"
    if not is_child and not (isinstance(item, CirclePerson) and not item.withdrawn):
        raise Refused("not_found", "child")
    return child


def is_own(thing: ChildsOwn | Stroke, who: Person, field: str) -> None:
    rules.takes_part(who)
    if not thing.owned_by(who.id):
        raise Refused("childs_own", field)


class _PutIn(Command):
    id: NewId = Field(default_factory=new_id)
    # "" is oneself, for a child.
    child: Annotated[str, Field(max_length=80)] = ""
    house: Room

    def allow(self, board: Board, who: Person) -> None:
        child_of(board, who, self.child)

    def put(self, board: Board, who: Person, thing: type[ChildsOwn], **values: Any) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        child = child_of(board, who, self.child)
        item = thing(id=self.id, by=who.id, child=child, house=self.house, shown="own", **values)
        item.pos = order.last(board, item.shelf)
        return only([made(item)])


class PutNote(_PutIn):
    """A few words, for nobody else's eyes yet."""

    name = "house.note"
    event = "house.noted"

    text: Words

    def decide(self, board: Board, who: Person) -> Outcome:
        return self.put(board, who, HouseNote, text=self.text)


class BeginDrawing(_PutIn):
    """An empty sheet."""

    name = "house.drawing"
    event = "house.drawing_begun"

    def decide(self, board: Board, who: Person) -> Outcome:
        return self.put(board, who, Drawing)


class DrawStroke(Command):
    """One stroke on a sheet. `points`: x, y, x, y, … with 0 <= x <= 2000 and 0 <= y <= 1500."""

    name = "house.draw"
    event = "house.drawn"

    id: NewId = Field(default_factory=new_id)
    drawing: ItemId
    points: Annotated[Points, PlainValidator(_points)]
    colour: Colour = "ink"
    width: Width = 2

    def allow(self, board: Board, who: Person) -> None:
        is_own(board.find(Drawing, self.drawing, "drawing"), who, "drawing")

    def decide(self, board: Board, who: Person) -> Outcome:
        drawing = board.standing(Drawing, self.drawing, "drawing")
        if self.id in board.items:
            raise Refused("exists", "id")
        drawn = strokes(board, drawing.id)
        letters = sum(len(one.points) for one in drawn) + len(self.points)
        if len(drawn) >= MOST_STROKES or letters > MOST_LETTERS:
            raise Refused("drawing_full", "drawing")
        stroke = Stroke(
            id=self.id,
            by=who.id,
            child=drawing.child,
            drawing=drawing.id,
            points=self.points,
            colour=self.colour,
            width=self.width,
        )
        stroke.pos = order.last(board, stroke.shelf)
        return only([made(stroke)])


class RubOut(Command):
    """Takes a stroke off its sheet."""

    name = "house.rub_out"
    event = "house.rubbed_out"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        is_own(board.find(Stroke, self.id), who, "id")

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Stroke, self.id), withdrawn=True)])
