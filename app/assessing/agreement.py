"""How much several people's answers agree, as a number and as words.

Percent: of all pairs of people who answered the same item, how many gave the same answer (for each
item as in Fleiss 1971; for all items the pairs are counted together). It says nothing of chance.

Krippendorff's alpha: 1 where all agree, 0 where they agree as much as by chance. One coefficient
for two or twenty people, with answers missing, with answers that stand in an order; computed by
the library `krippendorff`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

# The answers to one item, by their place among the choices: one for each person who answered.
Row = tuple[int, ...]
# What the number means, in steps that templates have words for. The limits are Krippendorff's
# own (Content Analysis, 2004): from .8 on to be relied on, below .667 not.
Meaning = Literal["strong", "fair", "weak", "chance"]
# Why there is no number.
Missing = Literal["one_person", "all_the_same"]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Krippendorff's alpha of some items with the same choices; None where there is none."""

    items: int
    alpha: float | None = None
    missing: Missing | None = None

    @property
    def meaning(self) -> Meaning | None:
        if self.alpha is None:
            return None
        if self.alpha >= 0.8:
            return "strong"
        if self.alpha >= 0.667:
            return "fair"
        return "weak" if self.alpha > 0.05 else "chance"


def pairs(row: Sequence[int]) -> tuple[int, int]:
    """(pairs of people who agree, all pairs) of one item."""
    alike = sum(count * (count - 1) // 2 for count in Counter(row).values())
    return alike, len(row) * (len(row) - 1) // 2


def percent(rows: Sequence[Row]) -> float | None:
    """How many pairs agree, 0 to 100; None where nobody can be compared."""
    alike, all_pairs = map(sum, zip(*map(pairs, rows), strict=True)) if rows else (0, 0)
    return 100 * alike / all_pairs if all_pairs else None


def coefficient(answers: Sequence[tuple[int | None, ...]], ordered: bool) -> Coefficient:
    """`answers` has one row for each item: each person's answer, in the same order of people."""
    return _coefficient(tuple(answers), ordered)


@lru_cache(maxsize=200)
def _coefficient(answers: tuple[tuple[int | None, ...], ...], ordered: bool) -> Coefficient:
    compared = [row for row in answers if sum(one is not None for one in row) > 1]
    if not compared:
        return Coefficient(len(answers), missing="one_person")
    used = {one for row in compared for one in row if one is not None}
    if len(used) < 2:
        # Nothing varies, so chance cannot be told from agreement.
        return Coefficient(len(compared), missing="all_the_same")
    by_person = [
        [float("nan") if one is None else float(one) for one in person]
        for person in zip(*compared, strict=True)
    ]
    import krippendorff  # it brings numpy, 16 MB, which few meetings need

    alpha = krippendorff.alpha(
        reliability_data=by_person,
        level_of_measurement="ordinal" if ordered else "nominal",
    )
    return Coefficient(len(compared), float(alpha))
