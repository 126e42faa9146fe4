"""Passwords: how they are kept, and which are refused (NIST SP 800-63B-4, section 3.1.1).

At least 12 characters, since a second factor is always asked for (alone it would be 15); any
characters, up to 256 of them; no rules of composition, no change without a reason. Refused is
what leaked often, what is made of the person's own name or address, and what merely repeats.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.board.refusal import Refused

SHORTEST, LONGEST = 12, 256
# What has to remain of a password without the words that are easily guessed.
_REMAINS = 8
_LIST = Path(__file__).parent / "words" / "common-passwords.txt.gz"

_hasher = PasswordHash((Argon2Hasher(),))
# Each takes 64 MB while it is worked out: a crowd waits in line.
_room = asyncio.Semaphore(4)


def check(password: str, about: Iterable[str]) -> None:
    """Raises Refused where a new password will not do. `about`: the person's name and e-mail."""
    password = normal(password)
    if len(password) < SHORTEST:
        raise Refused("too_short", "password", limit=SHORTEST)
    if len(password) > LONGEST:
        raise Refused("too_long", "password", limit=LONGEST)
    plain = password.casefold()
    if _is_common(plain):
        raise Refused("common_password", "password")
    for word in _words(about):
        plain = plain.replace(word, "")
    if len(plain) < _REMAINS:
        raise Refused("about_you", "password")


async def kept(password: str) -> str:
    """The password as it is stored: an Argon2id hash."""
    async with _room:
        return await asyncio.to_thread(_hasher.hash, normal(password))


async def fits(password: str, kept: str) -> bool:
    """Whether a password is the stored one; takes as long where there is none ("")."""
    if len(password) > LONGEST:
        return False
    async with _room:
        same = await asyncio.to_thread(_hasher.verify, normal(password), kept or _nobody())
    return same and bool(kept)


@cache
def _nobody() -> str:
    """For addresses that nobody has: finding that out takes as long as a wrong password."""
    return _hasher.hash("nobody has this password")


def normal(password: str) -> str:
    """One form for letters that keyboards write in different ways."""
    return unicodedata.normalize("NFC", password)


def _is_common(plain: str) -> bool:
    """Leaked often, also with something added at the ends; one thing repeated; or a row of keys."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    if plain in _common() or core in _common() or not core and len(set(plain)) < 8:
        return True
    unit = plain[: (plain + plain).find(plain, 1)]  # what the whole repeats
    return len(unit) < 5 or (unit != plain and unit in _common()) or plain in _rows()


def _words(about: Iterable[str]) -> list[str]:
    """The longest first, so that a part does not hide the whole."""
    words = {"kinboard"}
    for text in about:
        words.update(re.findall(r"[^\W_]{4,}", normal(text).casefold()))
    return sorted(words, key=len, reverse=True)


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(_LIST.read_bytes()).decode().split())


@cache
def _rows() -> frozenset[str]:
    """All pieces of the alphabet, the digits and the keyboard's rows, forwards and backwards."""
    rows = ("abcdefghijklmnopqrstuvwxyz", "1234567890" * 3, "qwertyuiopasdfghjklzxcvbnm")
    pieces: set[str] = set()
    for row in (*rows, *(row[::-1] for row in rows)):
        for start in range(len(row) - SHORTEST + 1):
            pieces.update(row[start:end] for end in range(start + SHORTEST, len(row) + 1))
    return frozenset(pieces)
