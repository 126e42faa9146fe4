"""Where an item stands in its list: keys between any two of which there is room for another."""

from __future__ import annotations

from fractional_indexing import generate_key_between

from app.board.board import Board

__all__ = ["behind", "between", "last"]


def between(left: str | None, right: str | None) -> str:
    """A key between two. Where there is no room, as two may have put things at the same place
    without seeing each other's, it falls in behind both."""
    if left is not None and right is not None and left >= right:
        right = None
    return generate_key_between(left, right)


def last(board: Board, shelf: str) -> str:
    return between(board.last_pos(shelf), None)


def behind(board: Board, shelf: str, after: str | None, moving: str) -> str:
    """The key right behind the item `after`, or first for None, for the item `moving`."""
    return between(*board.neighbours(shelf, after, moving))
