"""How a line between two people is drawn: each kind by its form, not by its colour.

Close is two lines, distant is dashes, conflict is a zigzag, broken is a line with a cut. All
lengths are in drawing units (app/circles/layout.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import hypot
from typing import NamedTuple

from app.circles.ties import TieKind

Point = tuple[float, float]

# Between the two lines of "close", and between the two strokes of a cut.
_APART = 5.0
_TOOTH = 7.0
_SLASH = 9.0
# How far a line swings out where somebody else stands in its way, the first that is free.
_BENDS = (0.0, 60.0, -60.0, 120.0, -120.0, 200.0, -200.0)
_CLEAR = 6.0
_PIECES = 20


class Label(NamedTuple):
    """Somebody's place in the drawing: its middle, width and height."""

    x: float
    y: float
    width: float
    height: float


@lru_cache(maxsize=200)
def strokes(
    lines: tuple[tuple[TieKind, Label, Label], ...], labels: tuple[Label, ...]
) -> list[str]:
    """The path (SVG) of each line, from the middle of one label to that of another; the ends lie
    under the labels. Lines swing around the other labels."""
    return [path(how, one[:2], other[:2], _bend(one, other, labels)) for how, one, other in lines]


def _bend(one: Label, other: Label, labels: Sequence[Label]) -> float:
    boxes = [_box(label) for label in labels if label not in (one, other)]
    for bend in _BENDS:
        way = [_at(one[:2], other[:2], bend, piece / _PIECES) for piece in range(_PIECES + 1)]
        if not any(
            left < x < right and top < y < bottom
            for x, y in way
            for left, right, top, bottom in boxes
        ):
            return bend
    return 0.0


def _box(label: Label) -> tuple[float, float, float, float]:
    """Left, right, top, bottom of what a line keeps clear of."""
    aside, up = label.width / 2 + _CLEAR, label.height / 2 + _CLEAR
    return label.x - aside, label.x + aside, label.y - up, label.y + up


def path(how: TieKind, start: Point, end: Point, bend: float = 0.0) -> str:
    """The path from point to point; its middle lies `bend` units to the right of the straight."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    if length < 1:
        return ""
    if how == "close":
        sides = (_APART / 2, -_APART / 2)
        return "".join(_told(_run(start, end, bend, 0, 1, aside)) for aside in sides)
    if how == "conflict":
        return _told(_zigzag(start, end, bend, length))
    if how == "broken":
        return "".join(map(_told, _cut(start, end, bend, _APART / length)))
    return _told(_run(start, end, bend, 0, 1))


def _told(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _at(start: Point, end: Point, bend: float, part: float, aside: float = 0.0) -> Point:
    """A point at a part of the way, and so many units to its right."""
    x, y = end[0] - start[0], end[1] - start[1]
    length = hypot(x, y) or 1
    aside += 4 * bend * part * (1 - part)
    return start[0] + x * part - y / length * aside, start[1] + y * part + x / length * aside


def _run(
    start: Point, end: Point, bend: float, first: float, last: float, aside: float = 0.0
) -> list[Point]:
    """From one part of the way to another; fine enough to look round."""
    pieces = _PIECES if bend else 1
    return [
        _at(start, end, bend, first + (last - first) * piece / pieces, aside)
        for piece in range(pieces + 1)
    ]


def _zigzag(start: Point, end: Point, bend: float, length: float) -> list[Point]:
    teeth = max(round(length / (2 * _TOOTH)), 1)
    turns = [
        _at(start, end, bend, (number + 0.5) / teeth, _TOOTH if number % 2 else -_TOOTH)
        for number in range(teeth)
    ]
    return [start, *turns, end]


def _cut(start: Point, end: Point, bend: float, half: float) -> list[list[Point]]:
    """The line stops at two strokes across its middle."""
    slashes = [
        [_at(start, end, bend, at + lean * half / 2, lean * _SLASH) for lean in (-1, 1)]
        for at in (0.5 - half, 0.5 + half)
    ]
    return [
        _run(start, end, bend, 0, 0.5 - half),
        _run(start, end, bend, 0.5 + half, 1),
        *slashes,
    ]
