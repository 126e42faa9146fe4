"""A child's drawing for paper: an SVG of lines, and nothing that anybody wrote."""

from __future__ import annotations

from collections.abc import Iterable

from app.houses.things import ACROSS, DOWN, Stroke, path

# As in frontend/static/css/houses.css.
_INKS = {
    "ink": "#222222",
    "red": "#d3302f",
    "orange": "#ee7f1a",
    "yellow": "#f5c518",
    "green": "#2e8b43",
    "blue": "#2467c9",
    "purple": "#8445b5",
    "brown": "#8a5a34",
}
_WIDTHS = {1: 6, 2: 14, 3: 34}


def drawing_svg(strokes: Iterable[Stroke]) -> str:
    lines = "".join(
        f'<path d="{path(one.points)}" stroke="{_INKS[one.colour]}"'
        f' stroke-width="{_WIDTHS[one.width]}"/>'
        for one in strokes
        if one.points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ACROSS} {DOWN}" fill="none"'
        f' stroke-linecap="round" stroke-linejoin="round">{lines}</svg>'
    )
