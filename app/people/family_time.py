"""Private family time: the family and those whom it keeps with it talk and write alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.board.board import Board
from app.board.items import Item, Showable
from app.people.person import Person

FAMILY_TIME = "family-time"
# Not begun yet; its list is before the family; the family is alone; the others are back.
State = Literal["", "offered", "running", "over"]
FAMILY_ROLES = frozenset({"family", "child"})
# Who may be kept by the family. Facilitator, workers and the wall are outside, always.
MAY_STAY = FAMILY_ROLES | {"network"}


@dataclass(slots=True, kw_only=True)
class FamilyTime(Item):
    """One for each board, from the first offer on. Who belongs to it: `Person.with_family`.

    `asked` is who of those outside has asked to come back, and `asked_at` when (UTC, ISO 8601),
    both "" while nobody has; `answer` is what the family said to that. `ended_by` called the
    others back.
    """

    kind: ClassVar[str] = "familytime"

    state: State = ""
    asked: str = ""
    asked_at: str = ""
    answer: Literal["", "soon"] = ""
    ended_by: str = ""

    @property
    def is_veiled(self) -> bool:
        """Those inside and those outside are audiences of their own while it is under way."""
        return self.state in ("offered", "running")


def family_time(board: Board) -> FamilyTime:
    return board.get(FamilyTime, FAMILY_TIME) or FamilyTime(id=FAMILY_TIME)


def is_alone(board: Board) -> bool:
    """Whether the family talks alone at this moment."""
    time = board.get(FamilyTime, FAMILY_TIME)
    return time is not None and time.state == "running"


def is_outside(board: Board, who: Person) -> bool:
    """Whether somebody has to stay out just now."""
    return not who.with_family and is_alone(board)


def members(board: Board) -> list[Person]:
    return [one for one in board.shelf("people") if one.is_in and one.with_family]


def unshared(board: Board) -> list[Showable]:
    """What is still the family's own."""
    return [
        item
        for item in board.veiled.values()
        if isinstance(item, Showable) and item.shown == "family" and not item.withdrawn
    ]
