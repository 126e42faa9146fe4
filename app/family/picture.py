"""Where everybody stands in the family's picture, and which lines are between them.

All lengths are in drawing units; x grows to the right, y downwards, (0, 0) is the upper left
corner. A point is the middle of somebody's symbol; name and years stand under it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.family.blocks import Block, couples, rows_of
from app.family.bonds import Bond
from app.family.kin import Kin

# From one person to the next; a symbol's half; from a symbol's middle to the end of its words.
UNIT = 124.0
HALF = 22.0
UNDER = 66.0
# Between two blocks, as a part of a unit; beside the lines of children; between two such lines.
_APART = 0.15
_ROOM = 22.0
_LANE = 9.0
_MARGIN = 20.0
# From one line to another that comes to the same symbol; a step across that is left out.
_BESIDE = 8.0
_STEP = 5.0
_SWEEPS = 31

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """`how` is a kind of bond, or "" between parents of one child who are no partners. `cuts` are
    the middles of the strokes across a line of partners who have parted."""

    how: str
    points: tuple[Point, ...]
    cuts: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Points by the id of kin; `homes` are boxes (left, top, width, height) around those who live
    with the child."""

    spots: dict[str, Point]
    lines: tuple[Line, ...]
    homes: tuple[tuple[float, float, float, float], ...]
    width: float
    height: float


def picture(people: Sequence[Kin], bonds: Sequence[Bond]) -> Picture:
    """The picture of a family; worked out once for each state of it."""
    told = tuple((one.id, one.sex, one.birth, one.born, one.home) for one in people)
    # A record may hold what nobody can say at the board: somebody tied to themselves, or twice.
    pairs = {(one.one, one.other, one.how): None for one in bonds if one.one != one.other}
    return _drawn(told, tuple(pairs))


@lru_cache(maxsize=200)
def _drawn(told: tuple, pairs: tuple) -> Picture:
    people = [
        Kin(id=id, name="", sex=sex, birth=birth, born=born, home=home)
        for id, sex, birth, born, home in told
    ]
    bonds = [Bond(id="", one=one, other=other, how=how) for one, other, how in pairs]
    rows = rows_of(people, bonds)
    across = _across(rows, bonds)
    families = _families(bonds)
    row_of = {kin: index for index, row in enumerate(rows) for block in row for kin in block}
    pair_lines = _Pairs(rows, across, couples(bonds))
    roots = _roots(families, across, pair_lines)
    lanes = _lanes(families, across, row_of, roots)
    entries = _entries(families)
    tops = _tops(len(rows), lanes)
    spots = {kin: (x, tops[row_of[kin]]) for kin, x in across.items()}
    lines = [*pair_lines.lines(spots)]
    for key, lane in lanes.items():
        lines += _down(key, families[key], spots, roots[key], lane, entries)
    homes = _homes([one.id for one in people if one.home], spots)
    width = max((x for x, _ in spots.values()), default=0) + UNIT / 2 + _MARGIN
    height = max((y for _, y in spots.values()), default=0) + UNDER + _MARGIN
    return Picture(spots, tuple(lines), tuple(homes), width, height)


# -- from left to right --------------------------------------------------------------------------


def _across(rows: list[list[Block]], bonds: Sequence[Bond]) -> dict[str, float]:
    """x of everybody: each block near the middle of its parents and children, none over another."""
    parents: dict[str, list[str]] = defaultdict(list)
    children: dict[str, list[str]] = defaultdict(list)
    for bond in bonds:
        if bond.is_parent:
            parents[bond.other].append(bond.one)
            children[bond.one].append(bond.other)
    x: dict[str, float] = {}
    for row in rows:
        _put(row, [0.0] * len(row), x)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            near = parents if sweep % 2 else children
            _put(row, [_wish(block, near, x) for block in row], x)
    left = min(x.values(), default=0) - UNIT / 2 - _MARGIN
    return {kin: at - left for kin, at in x.items()}


def _wish(block: Block, near: dict[str, list[str]], x: dict[str, float]) -> float:
    """Where a block's first person would stand best."""
    now = x[block[0]]
    pulls = [
        sum(x[other] for other in near[kin]) / len(near[kin]) - x[kin] for kin in block if near[kin]
    ]
    return now + sum(pulls) / len(pulls) if pulls else now


def _put(row: list[Block], wishes: list[float], x: dict[str, float]) -> None:
    """Puts a row's blocks as near to their wishes as they go, in order and apart: those that would
    overlap stand around the middle of what they wish (pool adjacent violators)."""
    pools: list[list[float]] = []  # [sum of wishes, count], each as if nobody stood before it
    offset, offsets = 0.0, []
    for block, wish in zip(row, wishes, strict=True):
        offsets.append(offset)
        pools.append([wish - offset, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
        offset += (len(block) + _APART) * UNIT
    places = [total / count for total, count in pools for _ in range(int(count))]
    for block, place, before in zip(row, places, offsets, strict=True):
        for index, kin in enumerate(block):
            x[kin] = place + before + index * UNIT


# -- partners ------------------------------------------------------------------------------------


class _Pairs:
    """Couples: beside each other, or with somebody between them, over whose head the line goes."""

    def __init__(
        self, rows: list[list[Block]], across: dict[str, float], pairs: dict[frozenset[str], str]
    ) -> None:
        self._across = across
        self._pairs = pairs
        self._place = {
            kin: (id(block), index)
            for row in rows
            for block in row
            for index, kin in enumerate(block)
        }

    def _ends(self, pair: frozenset[str]) -> list[str]:
        return sorted(pair, key=lambda kin: self._across[kin])

    def _steps(self, pair: frozenset[str]) -> int:
        left, right = self._ends(pair)
        return self._place[right][1] - self._place[left][1]

    def root(self, pair: frozenset[str]) -> tuple[float, float]:
        """Where the line to a couple's children begins: x, and y from the symbols' middle."""
        left, right = self._ends(pair)
        x = self._across[right] - UNIT / 2
        return x, 0.0 if self._steps(pair) == 1 else -self._rise(pair)

    def _rise(self, pair: frozenset[str]) -> float:
        return HALF + 8 + 7 * (self._steps(pair) - 1)

    def lines(self, spots: dict[str, Point]) -> list[Line]:
        return [self._line(pair, how, spots) for pair, how in self._pairs.items()]

    def _line(self, pair: frozenset[str], how: str, spots: dict[str, Point]) -> Line:
        (x1, y), (x2, _) = (spots[kin] for kin in self._ends(pair))
        if self._steps(pair) == 1:
            points = [(x1 + HALF, y), (x2 - HALF, y)]
            middle = (x1 + x2) / 2 - 16, y
        else:
            over = y - self._rise(pair)
            points = [(x1, y - HALF), (x1, over), (x2, over), (x2, y - HALF)]
            middle = x2 - UNIT / 2 - 16, over
        strokes = {"separated": 1, "divorced": 2}.get(how, 0)
        cuts = tuple((middle[0] + 6 * number, middle[1]) for number in range(strokes))
        return Line(how, tuple(points), cuts)


# -- children ------------------------------------------------------------------------------------

# Parents, and the kind of parents that they are.
Family = tuple[frozenset[str], str]


def _families(bonds: Sequence[Bond]) -> dict[Family, list[str]]:
    """The children of each couple or single parent, by the kind of parents that they are."""
    parents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for bond in bonds:
        if bond.is_parent:
            parents[bond.other, bond.how].append(bond.one)
    families: dict[Family, list[str]] = defaultdict(list)
    for (child, how), ones in parents.items():
        # A forged record may hold more than two; each of them then stands alone.
        groups = [ones] if len(ones) <= 2 else [[one] for one in ones]
        for group in groups:
            families[frozenset(group), how].append(child)
    return families


def _lanes(
    families: dict[Family, list[str]],
    across: dict[str, float],
    row_of: dict[str, int],
    roots: dict[Family, tuple[float, float]],
) -> dict[Family, tuple[int, int]]:
    """(row, lane) of each family's level line: lines between the same rows that would lie over
    each other get lanes of their own."""
    lanes: dict[Family, tuple[int, int]] = {}
    taken: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for family, children in families.items():
        row = max(row_of[parent] for parent in family[0])
        reach = [roots[family][0], *(across[child] for child in children)]
        span = min(reach) - _BESIDE, max(reach) + _BESIDE
        lane = 0
        while any(first < span[1] and span[0] < last for first, last in taken[row, lane]):
            lane += 1
        taken[row, lane].append(span)
        lanes[family] = row, lane
    return lanes


def _tops(count: int, lanes: dict[Family, tuple[int, int]]) -> list[float]:
    """y of each row."""
    tops, y = [], _MARGIN + HALF + 24
    for row in range(count):
        tops.append(y)
        most = max((lane for at, lane in lanes.values() if at == row), default=0)
        y += UNDER + 2 * _ROOM + most * _LANE + HALF
    return tops


def _down(
    family: Family,
    children: list[str],
    spots: dict[str, Point],
    root: tuple[float, float],
    place: tuple[int, int],
    entries: dict[tuple[str, Family], float],
) -> list[Line]:
    """From the parents down, across, and down to each child."""
    parents, how = family
    top = max(spots[parent][1] for parent in parents)
    level = top + UNDER + _ROOM / 2 + place[1] * _LANE
    x = root[0]
    reach = [x]
    lines = []
    for child in children:
        child_x, child_y = spots[child]
        child_x += entries[child, family]
        if child_y > top:
            # Nearly below: straight down, without a step that says nothing.
            child_x = x if abs(child_x - x) < _STEP else child_x
            reach.append(child_x)
            drop = [(child_x, level), (child_x, child_y - HALF)]
        else:  # somebody beside or above the own parent: the line goes around them
            side, over = child_x + UNIT / 2 - 6, child_y - HALF - 6
            reach.append(side)
            drop = [(side, level), (side, over), (child_x, over), (child_x, child_y - HALF)]
        lines.append(Line(how, tuple(drop)))
    lines.append(Line(how, ((x, top + root[1]), (x, level))))
    if min(reach) < max(reach):
        lines.append(Line(how, ((min(reach), level), (max(reach), level))))
    return lines


def _entries(families: dict[Family, list[str]]) -> dict[tuple[str, Family], float]:
    """How far beside a child's middle each line comes to it: who has birth and other parents gets
    two lines."""
    of: dict[str, list[Family]] = defaultdict(list)
    for family, children in families.items():
        for child in children:
            of[child].append(family)
    return {
        (child, family): (index - (len(ones) - 1) / 2) * _BESIDE
        for child, ones in of.items()
        for index, family in enumerate(ones)
    }


def _roots(
    families: dict[Family, list[str]], across: dict[str, float], pairs: _Pairs
) -> dict[Family, tuple[float, float]]:
    """Where each family's line begins: x, and y from the parents' middle. The same parents may have
    children of several kinds."""
    roots: dict[Family, tuple[float, float]] = {}
    same: dict[frozenset[str], int] = defaultdict(int)
    for family in families:
        parents = family[0]
        if len(parents) == 2:
            x, y = pairs.root(parents)
        else:
            (parent,) = parents
            x, y = across[parent], UNDER
        roots[family] = x + same[parents] * _BESIDE, y
        same[parents] += 1
    return roots


# -- who lives with the child --------------------------------------------------------------------


def _homes(people: list[str], spots: dict[str, Point]) -> list[tuple[float, float, float, float]]:
    """A box around each person, one around those who stand side by side."""
    boxes: list[list[float]] = []
    for x, y in sorted((spots[kin] for kin in people), key=lambda spot: (spot[1], spot[0])):
        left, right, top = x - UNIT / 2 + 3, x + UNIT / 2 - 3, y - HALF - 8
        if boxes and boxes[-1][1] == top and left - boxes[-1][2] < UNIT * _APART + 10:
            boxes[-1][2] = right
        else:
            boxes.append([left, top, right])
    height = HALF + UNDER + 10
    return [(left, top, right - left, height) for left, top, right in boxes]
