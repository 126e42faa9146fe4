"""Questions that help, by column and kind; data, one file for each language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.practice.template import Id, Sentence

_FOLDER = Path(__file__).parent / "questions"


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    column: Literal["worries", "working", "needs"]
    kind: Literal["exception", "scaling", "coping", "future", "position", "success"]
    text: Sentence


_questions = TypeAdapter(tuple[Question, ...])


@cache
def questions(lang: str) -> tuple[Question, ...]:
    """All questions in a language; in English where there are none in that."""
    for code in (lang, lang.split("-")[0], "en"):
        path = _FOLDER / f"{code}.yaml"
        if code.replace("-", "").isalpha() and path.is_file():
            return _questions.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    raise AssertionError("English is always there")


def question(question_id: str, lang: str) -> Question | None:
    return next((one for one in questions(lang) if one.id == question_id), None)
