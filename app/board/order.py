"""Where an item stands in its list: keys between any two of which there is room for another."""

from __future__ import annotations

from fractional_indexing import generate_key_between as between

from app.board.board import Board

__all__ = ["behind", "between", "last"]


def last(board: Board, shelf: str) -> str:
    return between(board.last_pos(shelf), None)


def behind(board: Board, shelf: str, after: str | None, moving: str) -> str:
    """The key right behind the item `after`, or first for None, for the item `moving`."""
    left, right = board.neighbours(shelf, after, moving)
    if left is not None and left == right:  # two items at the same place: fall in behind both
        right = None
    return between(left, right)
