"""Two words that a newcomer and the facilitator both see, so that one can ask for them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection


def _(text: str) -> str:
    """Marks a word for the catalogues; it is translated in `new_phrase`."""
    return text


# Short, cheerful, known to every child, and unlike each other when they are said aloud.
WORDS = (
    _("apple"),
    _("balloon"),
    _("bicycle"),
    _("bird"),
    _("boat"),
    _("bread"),
    _("bridge"),
    _("butterfly"),
    _("candle"),
    _("castle"),
    _("cherry"),
    _("cloud"),
    _("dolphin"),
    _("drum"),
    _("elephant"),
    _("feather"),
    _("flower"),
    _("forest"),
    _("garden"),
    _("guitar"),
    _("hat"),
    _("honey"),
    _("island"),
    _("kite"),
    _("lemon"),
    _("lion"),
    _("moon"),
    _("mountain"),
    _("ocean"),
    _("orange"),
    _("owl"),
    _("pencil"),
    _("penguin"),
    _("piano"),
    _("rabbit"),
    _("rain"),
    _("river"),
    _("ship"),
    _("snow"),
    _("spoon"),
    _("star"),
    _("strawberry"),
    _("sun"),
    _("tiger"),
    _("train"),
    _("tree"),
    _("turtle"),
    _("umbrella"),
    _("violin"),
    _("window"),
)


def new_phrase(gettext: Callable[[str], str], taken: Collection[str] = ()) -> str:
    """Such as "river lemon", in one language, and none that somebody else at the door has."""
    while True:
        first, second = secrets.SystemRandom().sample(WORDS, 2)
        phrase = f"{gettext(first)} {gettext(second)}"
        if phrase not in taken:
            return phrase
