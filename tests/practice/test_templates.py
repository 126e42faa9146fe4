"""The shipped templates are whole in every language; a broken one is refused, with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.practice.loading import SHELF, SHIPPED, Broken, Shelf, read_template
from app.practice.template import Template

GOOD = """
template: home-visit
language: en
name: Home visit
about: A short talk.
stages:
  - id: hello
    name: Hello
    purpose: We know why we meet.
    minutes: 5
    sections: [people]
"""


def write(folder: Path, text: str, name: str = "visit.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_templates_are_good(path: Path) -> None:
    template = read_template(path)
    assert isinstance(template, Template), template
    assert path.name == f"{template.template}.{template.language}.yaml"


def test_shipped_templates_are_the_same_in_english_and_spanish() -> None:
    assert len(SHELF.ids) == 7
    for template_id in SHELF.ids:
        english, spanish = SHELF.find(template_id, "en"), SHELF.find(template_id, "es-MX")
        assert english and spanish
        assert (english.language, spanish.language) == ("en", "es")
        for one, other in zip(english.stages, spanish.stages, strict=True):
            assert (one.id, one.minutes, one.sections) == (other.id, other.minutes, other.sections)
            assert len(one.prompts) == len(other.prompts)


def test_the_schema_file_is_that_of_the_model() -> None:
    schema = json.loads((SHIPPED.parent / "template.schema.json").read_text(encoding="utf-8"))
    assert schema == Template.model_json_schema()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GOOD.replace("minutes: 5", "minutes: 500"), 10, "stages.0.minutes"),
        (GOOD.replace("[people]", "[kitchen]"), 11, "stages.0.sections.0"),
        (GOOD.replace("    name: Hello\n", ""), 7, "stages.0.name"),
        (GOOD.replace("about:", "abuot:"), 2, "abuot"),
        (GOOD + GOOD.partition("stages:\n")[2], 2, "two stages have the id “hello”"),
        ("stages: [", 1, ""),
        ("just words", 1, ""),
        ("", 1, ""),
    ],
)
def test_a_broken_file_is_told_of_by_line_and_reason(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    broken = read_template(write(tmp_path, text))
    assert isinstance(broken, Broken)
    assert (broken.file, broken.line) == ("visit.yaml", line), str(broken)
    assert reason in broken.reason


def test_a_broken_file_leaves_the_one_that_was_read_before(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, GOOD)
    assert shelf.load(tmp_path) == []
    write(tmp_path, GOOD.replace("Home visit", "Visit at home").replace("minutes: 5", "minutes: x"))
    (broken,) = shelf.load(tmp_path)
    assert "minutes" in broken.reason
    template = shelf.find("home-visit", "ko")
    assert template and template.name == "Home visit"


def test_languages_of_one_template_have_the_same_stages(tmp_path: Path) -> None:
    shelf = Shelf()
    write(tmp_path, GOOD, "visit.en.yaml")
    other = GOOD.replace("language: en", "language: es").replace("id: hello", "id: hola")
    write(tmp_path, other, "visit.es.yaml")
    (broken,) = shelf.load(tmp_path)
    assert broken.file == "visit.es.yaml" and "“en”" in broken.reason


def test_an_agencys_version_replaces_the_shipped_one(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.load(SHIPPED)
    write(tmp_path, GOOD.replace("home-visit", "family-team"))
    shelf.load(tmp_path)
    for lang in ("en", "es"):  # the shipped Spanish one has other stages
        template = shelf.find("family-team", lang)
        assert template and [stage.id for stage in template.stages] == ["hello"]
