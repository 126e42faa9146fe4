"""Cards that say nearly the same, so that they can be grouped; a suggestion and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.board.board import Board
from app.map.cards import COLUMNS, Card, shelf
from app.practice.wording import stems

# How alike two cards have to be, of 100, and how many words of weight they share at least.
_ALIKE = 72
_SHARED = 2
# Each card of a column is compared with each other one: far more than any meeting's.
_MOST = 300


@dataclass(frozen=True, slots=True)
class Alike:
    """`cards` could go under `head`, the first of them in its column."""

    head: Card
    cards: tuple[Card, ...]


def alike(board: Board, lang: str) -> list[Alike]:
    """Groups of cards that look alike, in the order of the map; `lang` is that of the words."""
    return [group for column in COLUMNS for group in _in_column(board, column, lang)]


def _in_column(board: Board, column: str, lang: str) -> Iterator[Alike]:
    left = [(card, stems(card.text, lang)) for card in board.shelf(shelf(column))[:_MOST]]
    while left:
        (head, words), *rest = left
        near = {card.id for card, others in rest if _is_near(words, others)}
        # Only what everybody finds there who sees it.
        found = tuple(one for one, _ in rest if one.id in near and head.is_as_wide_as(one))
        if found:
            yield Alike(head, found)
        left = [one for one in rest if one[0] not in found]


def _is_near(one: frozenset[str], other: frozenset[str]) -> bool:
    if len(one & other) < min(_SHARED, len(one), len(other)) or not one & other:
        return False
    return _ratio(one, other) >= _ALIKE


def _ratio(one: frozenset[str], other: frozenset[str]) -> float:
    return fuzz.token_set_ratio(" ".join(sorted(one)), " ".join(sorted(other)))
