"""People's words, made ready for paper."""

from __future__ import annotations

import re

# Marks that turn the direction of all that follows, our own words too.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# A run without a space that no column is wide enough for may break every few letters.
_ENDLESS = re.compile(r"\S{24,}")
_PIECE = re.compile(r"\S{10}(?=\S)")


def printable(text: str) -> str:
    text = text.translate(_TURNING)
    return _ENDLESS.sub(lambda run: _PIECE.sub("\\g<0>\u200b", run[0]), text)
