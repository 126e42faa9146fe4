"""How the network has grown: who came nearer from meeting to meeting, and who is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.board.board import Board
from app.circles.circle import RINGS, CirclePerson, in_rings

# So many earlier meetings are kept with each person.
MOST_BEFORE = 11


@dataclass(frozen=True, slots=True)
class Moves:
    """Names: who stands nearer than before, who further away, who was not there."""

    nearer: list[str] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Growth:
    """`meetings` are (date or "", people in rings 0..3), oldest first, without today's, which is
    `now`."""

    meetings: list[tuple[str, list[int]]]
    now: list[int]
    moves: Moves


def stood(person: CirclePerson, meeting: str, date: str) -> list[str]:
    """Where somebody stood at each meeting so far, with one more: see `CirclePerson.before`."""
    return [*person.before, f"{meeting} {person.ring} {date}".strip()][-MOST_BEFORE:]


def growth(board: Board) -> Growth | None:
    """What is told by those who stand in the circles now; None at a family's first meeting."""
    people = in_rings(board)
    rings: dict[str, tuple[str, list[int]]] = {}
    last: dict[str, int] = {}
    for person in people:
        for told in person.before:
            meeting, ring, *date = told.split(" ")
            _, counts = rings.setdefault(meeting, ("".join(date), [0] * len(RINGS)))
            counts[int(ring)] += 1
            last[person.id] = int(ring)
    if not rings:
        return None
    # The ids of meetings sort by the time when they were made.
    return Growth([rings[one] for one in sorted(rings)], counted(people), moves(last, people))


def counted(people: Sequence[CirclePerson]) -> list[int]:
    return [sum(person.ring == ring for person in people) for ring in RINGS]


def moves(before: Mapping[str, int], people: Sequence[CirclePerson]) -> Moves:
    """Against the rings of before, by people's ids, or else by their names in lower case."""
    told = Moves()
    for person in people:
        ring = before.get(person.id, before.get(person.name.casefold()))
        if ring is None:
            told.new.append(person.name)
        elif person.ring != ring:
            (told.nearer if person.ring < ring else told.further).append(person.name)
    return told
