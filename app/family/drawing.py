"""The family's picture as one SVG, with the symbols that are usual for it; for screens and paper.

A square is a man, a circle a woman, a diamond somebody else or not known. A cross: has died. Two
outlines: the meeting is about them. A thick outline: looks after the child. A box of dots: lives
with the child. Lines are told by their form. Colours are for paper; the pages set their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.circles.layout import cut
from app.family.bonds import Bond
from app.family.kin import Kin, Sex
from app.family.picture import HALF, UNIT, Line, Point, picture

_INK, _PAPER, _SOFT = "#1a1a1a", "#ffffff", "#5b6b69"
_NAME, _YEARS = 15.0, 13.0
_INNER = HALF - 5
_THIN, _THICK = 2.0, 5.0
_DASHES = {
    **{"adoptive": "8 5", "foster": "2 4", "step": "9 4 2 4"},
    **{"partners": "8 5", "": "2 4"},
}


def genogram_svg(people: Sequence[Kin], bonds: Sequence[Bond], font: str = "") -> str:
    """The whole picture. Each person is a group with data-of="kin-ID"."""
    drawn = picture(people, bonds)
    homes = [
        f'<rect class="home" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="14" '
        f'fill="none" stroke="{_SOFT}" stroke-width="1.5" stroke-dasharray="2 5"/>'
        for x, y, width, height in drawn.homes
    ]
    lines = [line_svg(line) for line in drawn.lines]
    symbols = [_person(one, drawn.spots[one.id]) for one in people]
    size = f'viewBox="0 0 {drawn.width:g} {drawn.height:g}" width="{drawn.width:g}"'
    face = f' font-family="{escape(font)}"' if font else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}{face} aria-hidden="true">'
        f"{''.join([*homes, *lines, *symbols])}</svg>"
    )


def line_svg(line: Line) -> str:
    dashes = f' stroke-dasharray="{_DASHES[line.how]}"' if line.how in _DASHES else ""
    cuts = "".join(_stroke((x - 5, y + 9), (x + 5, y - 9)) for x, y in line.cuts)
    return (
        f'<path class="bond" d="{_path(line.points)}" fill="none" stroke="{_INK}" '
        f'stroke-width="{_THIN:g}"{dashes}/>{cuts}'
    )


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _stroke(start: Point, end: Point) -> str:
    return (
        f'<path class="bond" d="{_path((start, end))}" fill="none" stroke="{_INK}" '
        f'stroke-width="{_THIN:g}"/>'
    )


def _person(one: Kin, spot: Point) -> str:
    room = UNIT - 10
    words = _text(cut(one.name, _NAME, room), _NAME, HALF + 18, "bold")
    words += _text(years(one), _YEARS, HALF + 35)
    return (
        f'<g class="kin" transform="translate({spot[0]:.1f} {spot[1]:.1f})" '
        f'data-open="sheet-kin" data-of="kin-{escape(one.id)}">'
        f"{symbol_svg(one.sex, child=one.child, carer=one.carer, dead=one.dead)}{words}</g>"
    )


def years(one: Kin) -> str:
    """ "1950–2019", "1985", "†2019", "†"; "" where nothing is known."""
    if not one.dead:
        return str(one.birth or "")
    death = str(one.death or "")
    return f"{one.birth}–{death}" if one.birth else f"†{death}"


def symbol_svg(sex: Sex, *, child: bool = False, carer: bool = False, dead: bool = False) -> str:
    parts = [_outline(sex, HALF, _THICK if carer else _THIN)]
    if child:
        parts.append(_outline(sex, _INNER, _THIN))
    if not sex:
        parts.append(_text("?", 18, 6, "bold"))
    if dead:
        reach = HALF if sex == "man" else HALF * 0.72 if sex == "woman" else HALF * 0.5
        parts.append(_stroke((-reach, -reach), (reach, reach)))
        parts.append(_stroke((-reach, reach), (reach, -reach)))
    return "".join(parts)


def _outline(sex: Sex, half: float, width: float) -> str:
    look = f'class="symbol" fill="{_PAPER}" stroke="{_INK}" stroke-width="{width:g}"'
    if sex == "man":
        return (
            f'<rect x="{-half:g}" y="{-half:g}" width="{2 * half:g}" height="{2 * half:g}" {look}/>'
        )
    if sex == "woman":
        return f'<circle r="{half:g}" {look}/>'
    return f'<path d="M0 {-half:g}L{half:g} 0L0 {half:g}L{-half:g} 0Z" {look}/>'


def _text(text: str, size: float, y: float, weight: str = "normal") -> str:
    if not text:
        return ""
    return (
        f'<text y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{_INK}" '
        f'text-anchor="middle">{escape(text)}</text>'
    )


def sample_svg(mark: str) -> str:
    """A small drawing for the legend: of a symbol ("man", "child" …) or a line ("married" …)."""
    if mark in ("man", "woman", "other"):
        inside = symbol_svg(mark)  # type: ignore[arg-type]
    elif mark in ("child", "carer", "dead"):
        inside = symbol_svg("woman", **{mark: True})
    elif mark == "home":
        inside = (
            f'<rect class="home" x="-26" y="-22" width="52" height="44" rx="12" fill="none" '
            f'stroke="{_SOFT}" stroke-width="2" stroke-dasharray="2 5"/>'
        )
    else:
        cuts = {"separated": ((0.0, 0.0),), "divorced": ((-4.0, 0.0), (4.0, 0.0))}.get(mark, ())
        inside = line_svg(Line(mark, ((-28, 0), (28, 0)), cuts))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="sample" viewBox="-30 -26 60 52" '
        f'aria-hidden="true">{inside}</svg>'
    )
