"""Agreement is that of published worked examples; where there is no number, it is said why."""

from __future__ import annotations

import math

import pytest

from app.assessing.agreement import coefficient, pairs, percent

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers,
# twelve units, some not observed. It gives .743 for nominal and .815 for ordinal data.
_OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
FOUR_OBSERVERS = [
    tuple(None if one == "." else int(one) for one in unit)
    for unit in zip(*(line.split() for line in _OBSERVERS), strict=True)
]
# The same, examples A and B: two observers; .095 and .692.
TWO_BINARY = list(zip((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0), strict=True))
TWO_NOMINAL = [(ord(a), ord(b)) for a, b in zip("aabbdcccedda", "babbbccceddd", strict=True)]

# J. L. Fleiss, Measuring nominal scale agreement among many raters (1971) counts, for each subject,
# how many pairs of raters agree. The worked example of the Wikipedia article "Fleiss' kappa", with
# 14 raters: how many chose each of five categories, and the agreement printed there.
FLEISS = [
    ((0, 0, 0, 0, 14), 1.000),
    ((0, 2, 6, 4, 2), 0.253),
    ((0, 0, 3, 5, 6), 0.308),
    ((0, 3, 9, 2, 0), 0.440),
    ((2, 2, 8, 1, 1), 0.330),
    ((7, 7, 0, 0, 0), 0.462),
    ((3, 2, 6, 3, 0), 0.242),
    ((2, 5, 3, 2, 2), 0.176),
    ((6, 5, 2, 1, 0), 0.286),
    ((0, 2, 2, 3, 7), 0.286),
]


@pytest.mark.parametrize(
    ("answers", "ordered", "published"),
    [
        (FOUR_OBSERVERS, False, 0.743),
        (FOUR_OBSERVERS, True, 0.815),
        (TWO_BINARY, False, 0.095),
        (TWO_NOMINAL, False, 0.692),
    ],
)
def test_alpha_is_that_of_krippendorffs_worked_examples(answers, ordered, published) -> None:
    told = coefficient(answers, ordered)
    assert told.alpha is not None and round(told.alpha, 3) == published


def test_percent_is_that_of_the_published_table_of_fleiss() -> None:
    rows = [
        tuple(choice for choice, count in enumerate(counts) for _ in range(count))
        for counts, _ in FLEISS
    ]
    for row, (_, published) in zip(rows, FLEISS, strict=True):
        alike, of_all = pairs(row)
        assert round(alike / of_all, 3) == published
    told = percent(rows)
    assert told is not None and round(told / 100, 3) == 0.378


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ([(1,), (2,), (3,)], "one_person"),
        ([(1, None), (None, 2)], "one_person"),
        ([(2, 2), (2, 2), (2, None)], "all_the_same"),
        ([(2, 2, 2)], "all_the_same"),
    ],
)
def test_where_there_is_no_number_the_reason_is_told(answers, missing) -> None:
    for ordered in (False, True):
        told = coefficient(answers, ordered)
        assert (told.alpha, told.missing, told.meaning) == (None, missing, None)


def test_a_number_is_never_not_a_number() -> None:
    rows = [(a, b, c) for a in (None, 0, 1) for b in (None, 0, 2) for c in (0, None)]
    for first in rows:
        for second in rows:
            told = coefficient([first, second], True)
            assert told.alpha is None or math.isfinite(told.alpha)
            assert (told.alpha is None) == (told.missing is not None)
    assert percent([]) is None and percent([(1,), (2,)]) is None


def test_the_number_comes_with_what_it_means() -> None:
    assert coefficient([(0, 0), (1, 1), (2, 2)], True).meaning == "strong"
    assert coefficient(TWO_NOMINAL, False).meaning == "fair"
    assert coefficient(TWO_BINARY, False).meaning == "weak"
    assert coefficient([(0, 1), (1, 0)], False).meaning == "chance"
