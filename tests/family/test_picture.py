"""Where everybody stands: generations in rows, partners side by side, nobody over another."""

from __future__ import annotations

import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.family.bonds import PARENT_KINDS, PARTNER_KINDS, Bond
from app.family.drawing import genogram_svg
from app.family.kin import Kin
from app.family.picture import UNDER, UNIT, Picture, picture


def kin(number: int, **marks) -> Kin:
    return Kin(id=f"kin-{number:04}", name=f"Name {number}", born=number, **marks)


def bond(one: int, other: int, how: str = "birth") -> Bond:
    return Bond(id="", one=f"kin-{one:04}", other=f"kin-{other:04}", how=how)


def nobody_overlaps(drawn: Picture) -> None:
    for (x1, y1), (x2, y2) in combinations(drawn.spots.values(), 2):
        assert abs(x1 - x2) >= UNIT - 0.1 or abs(y1 - y2) >= UNDER, drawn.spots
    for x, y in drawn.spots.values():
        assert UNIT / 2 <= x <= drawn.width - UNIT / 2 and 0 < y <= drawn.height - UNDER


def test_three_generations() -> None:
    people = [kin(number) for number in range(9)]
    # 0 and 1 have 4 and 5; 2 and 3 have 6; 5 and 6 are divorced and have 7 and 8.
    between = [
        *(bond(*pair, "married") for pair in ((0, 1), (2, 3))),
        bond(5, 6, "divorced"),
        *(bond(parent, child) for parent in (0, 1) for child in (4, 5)),
        *(bond(parent, 6) for parent in (2, 3)),
        *(bond(parent, child) for parent in (5, 6) for child in (7, 8)),
    ]
    drawn = picture(people, between)
    nobody_overlaps(drawn)
    y = [drawn.spots[one.id][1] for one in people]
    assert y[0] == y[1] == y[2] == y[3] < y[4] == y[5] == y[6] < y[7] == y[8]
    x = [drawn.spots[one.id][0] for one in people]
    for one, other in ((0, 1), (2, 3), (5, 6)):
        assert abs(x[one] - x[other]) == pytest.approx(UNIT)
    # No line of children crosses another: both families stand over their own.
    assert (x[0] + x[1] < x[2] + x[3]) == (x[5] < x[6])
    cuts = [len(line.cuts) for line in drawn.lines if line.how == "divorced"]
    assert cuts == [2]


def test_forty_people_fit_and_are_quick() -> None:
    people = [kin(number, home=number > 30) for number in range(40)]
    between = [bond(number, number + 1, "married") for number in range(0, 28, 2)]
    for child in range(8, 40):
        couple = (child - 8) // 5 * 2
        between += [bond(couple, child), bond(couple + 1, child)]
    begun = time.perf_counter()
    drawn = picture(people, between)
    assert time.perf_counter() - begun < 0.5
    nobody_overlaps(drawn)
    assert genogram_svg(people, between).count('class="kin"') == 40


def test_brothers_and_sisters_stand_by_age() -> None:
    people = [kin(0), *(kin(number, birth=2020 - number) for number in (1, 2, 3))]
    drawn = picture(people, [bond(0, number) for number in (1, 2, 3)])
    x = [drawn.spots[one.id][0] for one in people[1:]]
    assert x == sorted(x, reverse=True)


def test_several_partners_and_those_who_are_alone() -> None:
    people = [kin(number, sex="woman" if number == 1 else "man") for number in range(6)]
    between = [bond(1, number, "separated") for number in (0, 2, 3)]
    between += [bond(1, 4), bond(3, 4)]
    drawn = picture(people, between)
    nobody_overlaps(drawn)
    assert len({drawn.spots[f"kin-{number:04}"][1] for number in range(4)}) == 1
    assert "kin-0005" in drawn.spots
    assert picture([], []).spots == {}


PEOPLE = st.integers(0, 11)
BONDS = st.lists(
    st.tuples(PEOPLE, PEOPLE, st.sampled_from([*PARENT_KINDS, *PARTNER_KINDS])), max_size=25
)


@given(BONDS)
@settings(max_examples=150, deadline=None)
def test_whatever_a_record_holds_can_be_drawn(told) -> None:
    """Somebody as their own ancestor, three parents, partners who are parent and child."""
    people = [kin(number, home=number % 3 == 0, child=number == 5) for number in range(12)]
    between = [bond(one, other, how) for one, other, how in told]
    drawn = picture(people, between)
    assert drawn.spots.keys() == {one.id for one in people}
    nobody_overlaps(drawn)
    genogram_svg(people, between)
