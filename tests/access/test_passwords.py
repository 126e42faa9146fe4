"""Which passwords are taken, and what is kept of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import passwords, throttle
from app.board.refusal import Refused

ABOUT = ["Rosalind Ngũgĩ", "rosalind.n@agency.example"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("eleven long", "too_short"),
        ("é" * 11, "too_short"),
        ("x" * 257, "too_long"),
        ("passwordpassword", "common_password"),
        ("Password!!!!", "common_password"),
        ("1234Sunshine1234", "common_password"),
        ("aaaaaaaaaaaaaaaa", "common_password"),
        ("abababababab", "common_password"),
        ("123456789012", "common_password"),
        ("qwertyuiopasdf", "common_password"),
        ("lkjihgfedcba", "common_password"),
        ("1111-2222-3333", "common_password"),
        ("rosalind agency", "about_you"),
        ("kinboard2026", "about_you"),
        ("Rosalind.N@Agency.Example", "about_you"),
        ("NGŨGĨ-rosalind", "about_you"),
    ],
)
def test_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check(password, ABOUT)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "password",
    [
        "purple kettle under nine stairs",
        "ни слова больше",
        "rosalind walks her seven dogs",
        "  spaces at both ends  ",
        "🐸🐢🦎🐍🐉🐲🦕🦖🐊🐸🐢🦎",
        "tr0ub4dor&3xyz",
        "x9" + "é" * 62 + "q",
    ],
)
def test_taken(password: str) -> None:
    passwords.check(password, ABOUT)


@given(st.text(min_size=64, max_size=256).filter(lambda text: len(set(text)) > 30))
def test_any_characters_are_taken(password: str) -> None:
    if 12 <= len(passwords.normal(password)) <= 256:
        passwords.check(password, ABOUT)


async def test_what_is_kept_fits_in_any_form_of_its_letters() -> None:
    kept = await passwords.kept("caf\u00e9 under nine stairs")
    assert kept.startswith("$argon2id$") and "stairs" not in kept
    assert await passwords.fits("cafe\u0301 under nine stairs", kept)
    assert not await passwords.fits("cafe under nine stairs", kept)
    assert not await passwords.fits("anything at all", "")
    assert not await passwords.fits("nobody has this password", "")
    assert await passwords.kept("caf\u00e9 under nine stairs") != kept


def test_waits_grow_and_end_for_good() -> None:
    waits = [throttle.wait("account", wrong) for wrong in range(1, 101)]
    assert waits[:8] == [0, 0, 0, 0, 15, 30, 60, 120]
    assert waits == sorted(waits) and set(waits[20:99]) == {3600}
    assert waits[99] > 10 * 365 * 86_400
    assert throttle.wait("address", 29) == 0 and throttle.wait("address", 10_000) == 3600
