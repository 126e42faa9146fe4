"""The circles as a drawing for paper: one SVG of lines and letters."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.circles.circle import CirclePerson
from app.circles.layout import (
    NAME_SIZE,
    RELATION_SIZE,
    Drawing,
    Spot,
    cut,
    label_size,
    text_width,
)
from app.circles.strokes import path
from app.circles.ties import TieKind

FONT = "Atkinson Hyperlegible Next"
# On paper a drawing unit is about half a point, so letters grow into what the pills leave free.
_LARGER = 1.3
_MARGIN = 4.0
_INSET = 7.0
# From the middle outwards; far enough from each other for a printer without colors.
_SHADES = ("#ffffff", "#e3e8e7", "#f0f3f2", "#fafbfb")
_INK, _LINE = "#1a1a1a", "#5b6b69"


def circles_svg(
    people: Sequence[CirclePerson],
    drawing: Drawing,
    captions: Sequence[str],
    ties: Sequence[tuple[TieKind, str]],
) -> str:
    """The rings with a caption each, lines (kind, path), and a pill for everybody in them."""
    half = max(drawing.radii) + _MARGIN
    rings = [_ring(drawing.radii[ring], _SHADES[ring]) for ring in (3, 2, 1, 0)]
    named = [
        _text(caption, 17, x, y + 6, fill=_LINE)
        for caption, (x, y) in zip(captions, drawing.captions, strict=True)
    ]
    lines = [tie_svg(how, line) for how, line in ties]
    pills = [_pill(person, drawing.spots[person.id]) for person in people]
    view = f"{-half:g} {-half:g} {2 * half:g} {2 * half:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-family="{FONT}">'
        f"{''.join([*rings, *named, *lines, *pills])}</svg>"
    )


def _ring(radius: float, shade: str) -> str:
    return f'<circle r="{radius:g}" fill="{shade}" stroke="{_LINE}" stroke-width="1.5"/>'


def tie_svg(how: TieKind, line: str) -> str:
    dashes = ' stroke-dasharray="7 7"' if how == "distant" else ""
    return f'<path d="{line}" fill="none" stroke="{_INK}" stroke-width="2"{dashes}/>'


def tie_sample(how: TieKind) -> str:
    drawn = tie_svg(how, path(how, (2, 0), (58, 0)))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -12 60 24">{drawn}</svg>'


def _pill(person: CirclePerson, spot: Spot) -> str:
    """Somebody who is in the meeting has a thick line around their name."""
    width, height = label_size(person.name, person.relation)
    stroke = 3 if person.present else 1
    room = width - 2 * _INSET
    name_y = -3 if person.relation else 5
    return (
        f'<g transform="translate({spot.x:g} {spot.y:g})">'
        f'<rect x="{-width / 2:g}" y="{-height / 2:g}" width="{width:g}" height="{height:g}" '
        f'rx="{height / 2:g}" fill="#ffffff" stroke="{_INK}" stroke-width="{stroke}"/>'
        f"{_fitted(person.name, NAME_SIZE, room, name_y, weight='bold')}"
        f"{_fitted(person.relation, RELATION_SIZE, room, 14)}</g>"
    )


def _fitted(text: str, size: float, room: float, y: float, weight: str = "normal") -> str:
    """A line as large as its pill allows; cut where even small letters do not fit."""
    if not text:
        return ""
    shown = cut(text, size, room)
    size = min(size * _LARGER, size * room / max(text_width(shown, size), 1))
    return _text(shown, size, 0, y, weight=weight)


def _text(
    text: str, size: float, x: float, y: float, weight: str = "normal", fill: str = _INK
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:.3g}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="middle">{escape(text)}</text>'
    )
