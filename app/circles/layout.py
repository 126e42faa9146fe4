"""Where everybody stands in the drawing of the circles.

All lengths are in drawing units, (0, 0) is the middle, x grows to the right and y downwards.
Angles are turns (0 <= turn < 1, clockwise from twelve o'clock), inside this module radians.

People are placed one by one in the order they are given, each at the free spot nearest to the
wish, so a later one never moves an earlier one. Only when somebody finds no spot does their
ring grow, by a whole `GROWTH`, and everybody is placed afresh.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import acos, asin, atan2, cos, hypot, inf, pi, sin, sqrt

# How wide the disc's half and the bands are at least.
WIDTHS = (130.0, 120.0, 120.0, 120.0)
GROWTH = 40.0
# How far a pill may cross the border of its ring, as a part of its height.
CROSSING = 0.25
# Between labels: what there always is, and what there is as long as it costs little (`FAR`).
GAP, ROOM = 4.0, 12.0
FAR = 30.0
# Spots are rounded to hundredths, which must not eat into a gap.
ROUNDING = 0.02
CAPTION_HEIGHT = 22.0
# The disc in the middle is too narrow for a wide caption: it would push ring 1 aside.
CAPTION_WIDTHS = (150.0, 260.0, 260.0, 260.0)
CAPTION_INSET = 16.0

NAME_SIZE, RELATION_SIZE = 15.5, 12.5
PADDING = 12.0
_ELLIPSIS = "…"
NARROWEST, WIDEST = 70.0, 156.0
ONE_LINE, TWO_LINES = 30.0, 44.0
# Half of what two pills above each other need, so that a band is filled in either parity.
LANE = (TWO_LINES + GAP + ROUNDING) / 2
# What leaving the middle of the band costs, against moving as far along the ring.
LANE_COST = 2.0
# In the disc: a row's height, what a step aside costs against one up, and the wrong side.
ROW = TWO_LINES + 10.0
ASIDE_COST = 0.8
TURN_COST = 20.0
TURN = 2 * pi
TINY = 1e-6
# Boxes are looked up by the strip of this height in which they are.
STRIP = 64.0

Box = tuple[float, float, float, float]
Strips = dict[int, list[Box]]


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked for: a ring (0..3), an angle in turns, the label's size in units."""

    id: str
    ring: int
    turn: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a label, in units."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Spots by id, the outer radius of rings 0..3, and the middle of each ring's caption.

    A caption may be as large as `CAPTION_WIDTHS[ring]` by `CAPTION_HEIGHT`.
    """

    spots: dict[str, Spot]
    radii: tuple[float, float, float, float]
    captions: tuple[tuple[float, float], ...]


def lay_out(places: Sequence[Place]) -> Drawing:
    """Places everybody, earlier ones first, in rings as large as they need."""
    widths = [*WIDTHS]
    while True:
        filling = Filling([*accumulate(widths)])
        spots = filling.fill(places)
        if len(spots) == len(places):
            first, second, third, fourth = filling.radii
            return Drawing(
                spots={spot.id: spot for spot in spots},
                radii=(first, second, third, fourth),
                captions=tuple((0.0, CAPTION_INSET - radius) for radius in filling.radii),
            )
        widths[places[len(spots)].ring] += GROWTH


def place_at(x: float, y: float, radii: Sequence[float]) -> tuple[int, float]:
    """The ring and the turn of a point in units; beyond the outermost ring is in it."""
    distance = hypot(x, y)
    ring = next((ring for ring, radius in enumerate(radii) if distance <= radius), 3)
    turn = atan2(x, -y) / TURN % 1
    # A tiny negative angle becomes exactly 1.0 by the modulo.
    return ring, turn if turn < 1 else 0.0


def label_size(name: str, relation: str) -> tuple[float, float]:
    """Width and height in units of a pill with a name and, under it, a relation.

    A text that needs more than `WIDEST` has to be cut by who draws it.
    """
    text = max(text_width(name, NAME_SIZE), text_width(relation, RELATION_SIZE))
    width = min(max(round(text + 2 * PADDING), NARROWEST), WIDEST)
    return width, TWO_LINES if relation.strip() else ONE_LINE


def text_width(text: str, size: float) -> float:
    """Roughly how wide a text is, in units, in a sans-serif face of a size in units."""
    return size * sum(map(letter_width, text.strip()))


def cut(text: str, size: float, room: float) -> str:
    """As much of a text as fits into a room, in units."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + _ELLIPSIS, size) > room:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def letter_width(letter: str) -> float:
    """Roughly how wide a letter is, as a part of its size."""
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "ijlftrI.,:;'|()-/ ":
        return 0.34
    if letter in "mwMW":
        return 0.86
    return 0.68 if letter.isupper() else 0.57


class Filling:
    """Rings of given radii (units) that are being filled."""

    def __init__(self, radii: Sequence[float]) -> None:
        self.radii = radii
        self.taken: tuple[list[Box], ...] = ([], [], [], [])
        self.captions = [
            box(0, CAPTION_INSET - radius, width, CAPTION_HEIGHT)
            for radius, width in zip(radii, CAPTION_WIDTHS, strict=True)
        ]

    def fill(self, places: Sequence[Place]) -> list[Spot]:
        """The spots of as many as fit, in order, up to the first who does not."""
        spots: list[Spot] = []
        for place in places:
            point = self.in_band(place) if place.ring else self.in_middle(place)
            if point is None:
                break
            x, y = round(point[0], 2), round(point[1], 2)
            self.taken[place.ring].append(box(x, y, place.width, place.height))
            spots.append(Spot(place.id, x, y))
        return spots

    def blocks(self, place: Place, gap: float) -> Strips:
        """Where the middle of a label must not be, to keep a gap (units) to all else."""
        blocks: Strips = {}
        near = [(taken, gap) for taken in self.taken[max(place.ring - 1, 0) : place.ring + 2]]
        for boxes, space in [(self.captions, GAP), *near]:
            aside = place.width / 2 + space + ROUNDING
            up = place.height / 2 + space + ROUNDING
            for left, top, right, bottom in boxes:
                block = left - aside, top - up, right + aside, bottom + up
                for strip in range(int(block[1] // STRIP), int(block[3] // STRIP) + 1):
                    blocks.setdefault(strip, []).append(block)
        return blocks

    def in_band(self, place: Place) -> tuple[float, float] | None:
        """The free point in the band of ring 1..3 that is nearest to the wish."""
        return self.nearest(place, ROOM, FAR) or self.nearest(place, GAP, inf)

    def nearest(self, place: Place, gap: float, limit: float) -> tuple[float, float] | None:
        """The free point with a gap around that costs least (units), and less than a limit."""
        inner, outer = self.radii[place.ring - 1 : place.ring + 1]
        blocks = self.blocks(place, gap)
        wish = place.turn * TURN
        best, found = limit, None
        for radius, cost in lanes(inner, outer):
            if cost >= best:
                break
            side = widest_aside(place, radius, inner, outer)
            for way in (1, -1) if side >= 0 else ():
                limit = min((best - cost) / radius, pi)
                moved = way_to_free(radius, side, wish, way, blocks, limit)
                if moved is not None:
                    best, angle = cost + moved * radius, wish + way * moved
                    found = radius * sin(angle), -radius * cos(angle)
        return found

    def in_middle(self, place: Place) -> tuple[float, float] | None:
        """The free point in the disc nearest to its middle, rather on the wished side."""
        blocks = self.blocks(place, GAP)
        allowed = self.radii[0] + CROSSING * place.height - place.height / 2
        reach = max(place.width - place.height, 0) / 2
        free = [
            (x, y)
            for x, y in self.rows(place)
            if hypot(abs(x) + reach, y) <= allowed and not hit(x, y, blocks)
        ]
        return min(free, key=partial(cost_in_middle, place.turn), default=None)

    def rows(self, place: Place) -> Iterator[tuple[float, float]]:
        """Where the rows in the disc can begin, in their middle, or go on to either side."""
        steps = int(self.radii[0] / ROW)
        aside = ROOM + place.width / 2
        for y in [ROW * step for step in range(-steps, steps + 1)]:
            row = [(left, right) for left, top, right, bottom in self.taken[0] if top < y < bottom]
            if row:
                yield max(right for _, right in row) + aside, y
                yield min(left for left, _ in row) - aside, y
            else:
                yield 0.0, y


def box(x: float, y: float, width: float, height: float) -> Box:
    """Left, top, right and bottom of a rectangle around (x, y)."""
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def hit(x: float, y: float, blocks: Strips) -> Box | None:
    """The first block in which a point is."""
    for block in blocks.get(int(y // STRIP), ()):
        if block[0] < x < block[2] and block[1] < y < block[3]:
            return block
    return None


def cost_in_middle(turn: float, point: tuple[float, float]) -> float:
    """How little a point in the disc suits, in units. The lower half is free of captions."""
    x, y = point
    off = abs(place_at(x, y, ())[1] - turn) if x or y else 0
    return hypot(ASIDE_COST * x, y) + TURN_COST * min(off, 1 - off) - y / 100


def lanes(inner: float, outer: float) -> Iterator[tuple[float, float]]:
    """The radii on which labels may stand, cheapest first, each with what it costs (units)."""
    yield (inner + outer) / 2, 0.0
    for step in range(1, int((outer - inner) / 2 / LANE) + 1):
        for off in (step * LANE, -step * LANE):
            yield (inner + outer) / 2 + off, abs(off) * LANE_COST


def widest_aside(place: Place, radius: float, inner: float, outer: float) -> float:
    """How far to either side (units) a pill may stand on a lane; negative: not at all.

    The pill, a level line with a round brush, must not cross the borders by more than
    `CROSSING` of its height; or, if it is too long for the band, by what is inevitable.
    """
    reach, brush = max(place.width - place.height, TINY) / 2, place.height / 2
    across = max(CROSSING * place.height, reach + brush - (outer - inner) / 2 + TINY)
    near, far = max(inner - across + brush, 0), outer + across - brush
    within = (far**2 - radius**2 - reach**2) / (2 * reach)
    room = radius**2 - near**2
    if room < 0:
        return -1.0
    beyond = sqrt(room) if room < reach**2 else (room + reach**2) / (2 * reach)
    return min(within, beyond)


def way_to_free(
    radius: float, side: float, angle: float, way: int, blocks: Strips, limit: float
) -> float | None:
    """How far (radians, below `limit`) along a lane the next free point within `side` is."""
    moved = 0.0
    while moved < limit:
        now = angle + way * moved
        x = radius * sin(now)
        block = hit(x, -radius * cos(now), blocks)
        if abs(x) > side:
            block = (side, -inf, inf, inf) if x > 0 else (-inf, -inf, -side, inf)
        if block is None:
            return moved
        moved += way_out(radius, now, way, block) + TINY
    return None


def way_out(radius: float, angle: float, way: int, block: Box) -> float:
    """How far (radians) to go on a lane until it leaves a block in which one is."""
    left, top, right, bottom = block
    edges: list[float] = []
    for aside in (left / radius, right / radius):
        if -1 <= aside <= 1:
            edge = asin(aside)
            edges += edge, pi - edge
    for up in (-top / radius, -bottom / radius):
        if -1 <= up <= 1:
            edge = acos(up)
            edges += edge, -edge
    # Inside a block the first of its edges' lines that one meets is where one leaves it.
    return min([way * (edge - angle) % TURN for edge in edges], default=TURN)
