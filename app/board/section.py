"""The parts of a board, each of which can be closed for writing, or be written in quietly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from app.board.items import Item
from app.board.refusal import Refused

if TYPE_CHECKING:
    from app.board.board import Board
    from app.board.events import Change
    from app.people.person import Person

SectionName = Literal["worries", "working", "needs", "scale", "circles", "steps"]
SECTIONS: tuple[SectionName, ...] = ("worries", "working", "needs", "scale", "circles", "steps")

_BY_KIND: dict[str, SectionName] = {
    "harm": "worries",
    "danger": "worries",
    "goal": "needs",
    "scale": "scale",
    "answer": "scale",
    "circle": "circles",
    "step": "steps",
    "agreement": "steps",
}


@dataclass(slots=True, kw_only=True)
class Section(Item):
    """There from the first time on that it is closed, or written in quietly.

    While it is `locked`, only the facilitator and workers write in it. While it is `quiet`, each
    new card is seen by its writer alone.
    """

    kind: ClassVar[str] = "section"

    locked: bool = False
    quiet: bool = False


def section_id(name: str) -> str:
    return f"section-{name}"


def section_of(board: Board, name: str) -> Section:
    """A part of the board; one that is open to all where nothing else was ever said."""
    return board.get(Section, section_id(name)) or Section(id=section_id(name))


def sections_of(kind: str, *fields: dict[str, Any]) -> Iterator[str]:
    """The sections in which an item stands, by its fields at one or several times."""
    if kind == "card":
        yield from dict.fromkeys(one["column"] for one in fields if "column" in one)
    elif kind in _BY_KIND:
        yield _BY_KIND[kind]


def may_write_in(board: Board, who: Person, name: str) -> None:
    """Raises Refused "section_locked" where somebody may only read a part of the board."""
    if not who.leads and section_of(board, name).locked:
        raise Refused("section_locked")


def check_open(board: Board, who: Person, changes: Iterable[Change]) -> None:
    """Raises Refused "section_locked" where changes touch a part of the board that is closed."""
    if who.leads or not any(one.locked for one in board.all(Section)):
        return
    for change in changes:
        item = board.whole.items.get(change.id)
        stands = [item.as_dict()] if item else []
        for name in sections_of(change.kind, *stands, change.set):
            may_write_in(board, who, name)
