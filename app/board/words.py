"""What may stand in a text that a person writes."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

NAME_LIMIT = 80
LINE_LIMIT = 200
WORDS_LIMIT = 2000

# Control characters but line break and tab; and halves of surrogate pairs.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text as it is stored: one kind of line end, one Unicode form, no space around it.

    Raises PydanticCustomError "hidden_character" for control characters, lone surrogates and
    the null character: they would be lost in an export, so they are refused, not dropped.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_characters(text)
    return unicodedata.normalize("NFC", text).strip()


def check_characters(text: str) -> str:
    if _HIDDEN.search(text):
        raise PydanticCustomError("hidden_character", "a character that cannot be stored")
    return text


def _not_empty(text: str) -> str:
    if not text:
        raise PydanticCustomError("empty", "nothing is written here")
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


# The raw length is checked first, so that a huge text costs nothing to refuse.
OptionalWords = Annotated[str, Field(max_length=WORDS_LIMIT), AfterValidator(clean)]
Words = Annotated[OptionalWords, AfterValidator(_not_empty)]
OptionalLine = Annotated[
    str, Field(max_length=LINE_LIMIT), AfterValidator(clean), AfterValidator(_one_line)
]
Line = Annotated[OptionalLine, AfterValidator(_not_empty)]
OptionalName = Annotated[
    str, Field(max_length=NAME_LIMIT), AfterValidator(clean), AfterValidator(_one_line)
]
Name = Annotated[OptionalName, AfterValidator(_not_empty)]
