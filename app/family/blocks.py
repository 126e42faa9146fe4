"""Partners stand side by side: the family as blocks of people in a row, in rows of generations.

A block is everybody who is joined by being partners, or parents of one child. The blocks are set in
rows, and in an order with few crossings, by a layered drawing of the graph "parents above children"
(the algorithm of Sugiyama, by the library fast-sugiyama).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from fast_sugiyama import from_edges

from app.family.bonds import Bond
from app.family.kin import Kin

Block = tuple[str, ...]


def rows_of(people: Sequence[Kin], bonds: Sequence[Bond]) -> list[list[Block]]:
    """The rows from the oldest generation down, each with its blocks from left to right."""
    known = {one.id: one for one in people}
    blocks = [_in_a_row(block, known, bonds) for block in _joined(list(known), bonds)]
    number = {kin: index for index, block in enumerate(blocks) for kin in block}
    edges = _without_circles(
        (number[bond.one], number[bond.other]) for bond in bonds if bond.is_parent
    )
    rows = [[blocks[index] for index in row] for row in _layered(len(blocks), edges)]
    _turn(rows, bonds)
    _by_age(rows, known, bonds)
    return rows


def couples(bonds: Iterable[Bond]) -> dict[frozenset[str], str]:
    """Who stands beside whom, and how: the kind of partners, or "" for parents of one child who
    are none."""
    pairs: dict[frozenset[str], str] = {}
    parents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for bond in bonds:
        if bond.is_parent:
            parents[bond.other, bond.how].append(bond.one)
        else:
            pairs[frozenset((bond.one, bond.other))] = bond.how
    for both in parents.values():
        if len(both) == 2:
            pairs.setdefault(frozenset(both), "")
    return pairs


def _joined(ids: list[str], bonds: Sequence[Bond]) -> list[list[str]]:
    block_of = {kin: [kin] for kin in ids}
    for pair in couples(bonds):
        one, other = (block_of[kin] for kin in sorted(pair))
        if one is not other:
            one += other
            block_of |= dict.fromkeys(other, one)
    seen: dict[int, list[str]] = {id(block): block for block in block_of.values()}
    return list(seen.values())


def _in_a_row(block: list[str], known: dict[str, Kin], bonds: Sequence[Bond]) -> Block:
    """Partners beside each other as far as that goes: from one end of the chain to the other."""
    partners: dict[str, list[str]] = {kin: [] for kin in block}
    for pair in couples(bonds):
        one, other = sorted(pair)
        if one in partners:
            partners[one].append(other)
            partners[other].append(one)
    men_first = sorted(block, key=lambda kin: (len(partners[kin]), known[kin].sex != "man"))
    row: list[str] = []
    left = men_first[:1]
    while left:
        kin = left.pop()
        if kin not in row:
            row.append(kin)
            # Who has more partners comes last off the pile, so first into the row.
            left += sorted(partners[kin], key=lambda one: len(partners[one]))
    return tuple(row)


def _without_circles(edges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each edge once, without those that lead back: a record may hold anything."""
    kept: dict[tuple[int, int], None] = {}
    below: dict[int, set[int]] = defaultdict(set)
    for one, other in edges:
        if one == other or _leads(below, other, one):
            continue
        kept[one, other] = None
        below[one].add(other)
    return list(kept)


def _leads(below: dict[int, set[int]], start: int, goal: int) -> bool:
    left, seen = [start], set()
    while left:
        here = left.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            left += below[here]
    return False


def _layered(count: int, edges: list[tuple[int, int]]) -> list[list[int]]:
    """Blocks by their numbers, in rows; families that are not joined stand side by side."""
    rows: list[list[int]] = [[]]
    joined = sorted({block for edge in edges for block in edge})
    # Numbered without gaps: the library's own helpers in long edges get the numbers after these.
    number = {block: index for index, block in enumerate(joined)}
    numbered = [(number[one], number[other]) for one, other in edges]
    for positions, _, _, _ in from_edges(numbered) if edges else []:
        known = [(at, joined[int(node)]) for node, at in positions if int(node) < len(joined)]
        levels = sorted({y for (_, y), _ in known}, reverse=True)
        rows += [[] for _ in range(len(levels) - len(rows))]
        for (_, y), block in sorted(known):
            rows[levels.index(y)].append(block)
    rows[0] += [block for block in range(count) if block not in number]
    return rows


def _turn(rows: list[list[Block]], bonds: Sequence[Bond]) -> None:
    """Turns blocks round whose people would stand crosswise under their parents."""
    place = {kin: index for row in rows for index, block in enumerate(row) for kin in block}
    above: dict[str, list[int]] = defaultdict(list)
    for bond in bonds:
        if bond.is_parent:
            above[bond.other].append(place[bond.one])
    for row in rows:
        for index, block in enumerate(row):
            parents = [sum(above[kin]) / len(above[kin]) for kin in block if above[kin]]
            if len(parents) > 1 and parents[0] > parents[-1]:
                row[index] = block[::-1]


def _by_age(rows: list[list[Block]], known: dict[str, Kin], bonds: Sequence[Bond]) -> None:
    """Brothers and sisters without partners change places, so that the oldest stands first."""
    parents: dict[str, set[str]] = defaultdict(set)
    for bond in bonds:
        if bond.is_parent:
            parents[bond.other].add(bond.one)
    leaves = known.keys() - {bond.one for bond in bonds if bond.is_parent}
    for row in rows:
        together: dict[frozenset[str], list[int]] = defaultdict(list)
        for index, block in enumerate(row):
            if len(block) == 1 and block[0] in leaves and parents[block[0]]:
                together[frozenset(parents[block[0]])].append(index)
        for places in together.values():
            oldest = sorted((row[index] for index in places), key=lambda one: _age(known[one[0]]))
            for index, block in zip(places, oldest, strict=True):
                row[index] = block


def _age(kin: Kin) -> tuple[int, int]:
    """Those whose year is not known come last, as they were written down."""
    return (kin.birth or 9999, kin.born)
