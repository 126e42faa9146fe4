"""Questions that help: by column and kind, and by ring of the circles. Data, one file for each
language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.practice.template import Id, Sentence

_HERE = Path(__file__).parent


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    text: Sentence


class Question(_Asked):
    column: Literal["worries", "working", "needs"]
    kind: Literal["exception", "scaling", "coping", "future", "position", "success"]


class RingQuestion(_Asked):
    """`kind`: who belongs where; whom the child would want closer; who could be told, by whom and
    when; what they would do to help."""

    ring: Literal[0, 1, 2, 3]
    kind: Literal["belongs", "closer", "told", "help"]


_questions = TypeAdapter(tuple[Question, ...])
_ring_questions = TypeAdapter(tuple[RingQuestion, ...])


@cache
def questions(lang: str) -> tuple[Question, ...]:
    """All questions in a language; in English where there are none in that."""
    return _questions.validate_python(_read("questions", lang))


@cache
def ring_questions(lang: str) -> tuple[RingQuestion, ...]:
    """As `questions`, for the circles."""
    return _ring_questions.validate_python(_read("ring_questions", lang))


def _read(folder: str, lang: str) -> Any:
    for code in (lang, lang.split("-")[0], "en"):
        path = _HERE / folder / f"{code}.yaml"
        if code.replace("-", "").isalpha() and path.is_file():
            return yaml.safe_load(path.read_text(encoding="utf-8"))
    raise AssertionError("English is always there")


def question(question_id: str, lang: str) -> Question | RingQuestion | None:
    every: tuple[Question | RingQuestion, ...] = (*questions(lang), *ring_questions(lang))
    return next((one for one in every if one.id == question_id), None)
