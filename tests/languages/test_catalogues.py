"""Every language that is shipped says everything."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.fragments.language import LOCALES, languages
from app.settings import ROOT

_HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")
OTHERS = [code for code in languages() if code != "en"]


@cache
def said() -> set[str | tuple[str, ...]]:
    """Everything that code and templates put through gettext."""
    with (ROOT / "frontend" / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        directory_filter=lambda path: (
            not re.search(r"/(\.|tests|node_modules|data)", path[len(str(ROOT)) :])
        ),
    )
    return {one[2] for one in found}


def catalogue(code: str):
    with (LOCALES / code / "LC_MESSAGES" / "kinboard.po").open("rb") as file:
        return read_po(file, locale=code)


@pytest.mark.parametrize("code", languages())
def test_it_holds_what_is_said_and_nothing_else(code: str) -> None:
    """If this fails: `make messages`, then translate what is new."""
    assert {message.id for message in catalogue(code) if message.id} == said()


@pytest.mark.parametrize("code", OTHERS)
def test_all_of_it_is_translated_with_the_same_holes(code: str) -> None:
    for message in catalogue(code):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts) and not message.fuzzy, message.id
        for text in texts:
            assert sorted(_HOLES.findall(text)) == sorted(_HOLES.findall(ids[-1])), message.id


def test_spanish_is_there() -> None:
    assert languages()["es"] == "Español"
