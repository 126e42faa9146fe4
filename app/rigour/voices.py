"""Whose voices are on the board, and how long ago each was heard; for the facilitator alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.board.board import Board
from app.board.events import Event
from app.circles.circle import CirclePerson
from app.map.cards import COLUMNS, Card
from app.people.person import Person

# Below so many cards nobody can fill a column.
_FEWEST = 4
_MOST_OF = 0.6


@dataclass(frozen=True, slots=True)
class Voice:
    """One person: `cards` in their words; `heard` is when they last wrote or were written for
    (UTC, ISO 8601), "" for never."""

    person: Person
    cards: int
    heard: str


@dataclass(frozen=True, slots=True)
class Balance:
    """`groups` and `columns` count cards: by group (family, network, professionals) and who fills
    a column nearly alone."""

    voices: list[Voice]
    groups: dict[str, int]
    filled_by_one: dict[str, str]


_GROUPS = {
    "family": "family",
    "child": "family",
    "network": "network",
    "worker": "professionals",
    "facilitator": "professionals",
}


def balance(board: Board, log: Iterable[Event]) -> Balance:
    """`log` is what happened, oldest first."""
    cards = [card for card in board.all(Card) if not card.withdrawn]
    speakers = Counter(_seat(board, card.said_by or card.by) for card in cards)
    heard = _heard(board, log)
    people = [one for one in board.shelf("people") if one.is_in and one.role in _GROUPS]
    voices = [Voice(one, speakers[one.id], heard.get(one.id, "")) for one in people]
    groups = dict.fromkeys(("family", "network", "professionals"), 0)
    for person_id, count in speakers.items():
        groups[_group(board, person_id)] += count
    return Balance(
        sorted(voices, key=lambda voice: (voice.cards, voice.heard)),
        groups,
        {column: who for column in COLUMNS if (who := _fills(board, cards, column))},
    )


def _seat(board: Board, person_id: str) -> str:
    """Somebody in the circles who sits in the meeting too is one person."""
    placed = board.get(CirclePerson, person_id)
    return placed.seat if placed and placed.seat else person_id


def _group(board: Board, person_id: str) -> str:
    person = board.get(Person, person_id)
    # Who is in the circles alone belongs to the family's network.
    return _GROUPS.get(person.role, "network") if person else "network"


def _heard(board: Board, log: Iterable[Event]) -> dict[str, str]:
    heard = {}
    for event in log:
        for change in event.changes:
            if change.id not in board.items:  # not even when it was written is told
                continue
            said_by = change.set.get("said_by", "") if change.kind == "card" else ""
            heard[_seat(board, said_by) if said_by else event.by] = event.at
    return heard


def _fills(board: Board, cards: list[Card], column: str) -> str:
    said = Counter(_seat(board, one.said_by or one.by) for one in cards if one.column == column)
    total = sum(said.values())
    if total < _FEWEST:
        return ""
    person_id, most = said.most_common(1)[0]
    return person_id if most > _MOST_OF * total else ""
