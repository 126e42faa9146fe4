"""Tools are data: the shipped one is whole, a broken one is refused with file, line and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from app.assessing.results import score
from app.practice.reading import Broken, read_sheet
from app.practice.tool import Tool
from app.practice.toolbox import SHIPPED, TOOLBOX, Toolbox
from tests.commands import kinboard

GOOD = """\
tool: home-check
language: en
version: "2"
name: Home check
answers:
  - {id: "no", label: "No", points: 0}
  - {id: "yes", label: "Yes", points: 2}
items:
  - id: food
    text: There is food.
  - id: bed
    text: Each child has a bed.
    weight: 3
    answers:
      - {id: none, label: None}
      - {id: all, label: All of them, points: 1.5}
scoring:
  levels:
    - {id: low, name: Low, at_least: 0}
    - {id: high, name: High, at_least: 5}
  overrides:
    - when: [{item: food, answers: ["no"]}]
      level: low
      because: Food comes first.
"""


def write(folder: Path, text: str, name: str = "check.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def good() -> Tool:
    return Tool.model_validate(yaml.safe_load(GOOD))


def test_the_shipped_tool_is_there_in_english_and_spanish() -> None:
    assert TOOLBOX.ids == ["network-readiness"]
    assert set(TOOLBOX.versions("network-readiness")) == {"en", "es"}
    for path in SHIPPED.glob("*.yaml"):
        tool = read_sheet(path, Tool)
        assert isinstance(tool, Tool), tool
        assert path.name == f"{tool.tool}.{tool.language}.yaml"


def test_the_schema_file_is_that_of_the_model() -> None:
    schema = json.loads((SHIPPED.parent / "tool.schema.json").read_text(encoding="utf-8"))
    assert schema == Tool.model_json_schema()


def test_points_weights_levels_and_overrides() -> None:
    tool = good()
    assert list(tool.flaws()) == []
    whole = score(tool, {"food": "yes", "bed": "all"})
    assert (whole.points, whole.level.id if whole.level else "") == (6.5, "high")
    low = score(tool, {"food": "yes", "bed": "none"})
    assert (low.points, low.level.id if low.level else "") == (2, "low")
    held = score(tool, {"food": "no", "bed": "all"})
    assert held.level and held.level.id == "low"
    part = score(tool, {"bed": "all"})
    assert (part.points, part.answered, part.level, part.is_whole) == (4.5, 1, None, False)


def test_an_override_stands_above_the_points() -> None:
    high = GOOD.replace('"No", points: 0', '"No", points: 9')
    tool = Tool.model_validate(yaml.safe_load(high))
    told = score(tool, {"food": "no", "bed": "all"})
    assert told.points == 13.5 and told.level and told.level.id == "low"
    assert told.override and told.override.because == "Food comes first."


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GOOD.replace("weight: 3", "weight: heavy"), 13, "items.1.weight"),
        (GOOD.replace("item: food,", "item: fod,"), 22, "there is no item “fod”"),
        (GOOD.replace('answers: ["no"]}]', 'answers: ["maybe"]}]'), 22, "no answer “maybe”"),
        (GOOD.replace("level: low", "level: lower"), 23, "there is no level “lower”"),
        (GOOD.replace("at_least: 5", "at_least: 0"), 20, "“high” has to begin above"),
        (GOOD.replace("id: bed", "id: food"), 11, "“food” is there twice"),
        (GOOD.replace('{id: "yes"', "{id: yes"), 7, "answers.1.id"),
        (GOOD.replace("version:", "verzion:"), 1, "verzion"),
        (GOOD.replace("points: 1.5", "points: .nan"), 16, "points"),
        (GOOD.replace("items:", "items: [", 1), 9, ""),
        ("", 1, ""),
        ("[" * 3000, 1, ""),
    ],
)
def test_a_broken_file_is_told_of_by_line_and_reason(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    broken = read_sheet(write(tmp_path, text), Tool)
    assert isinstance(broken, Broken)
    assert (broken.file, broken.line) == ("check.yaml", line), str(broken)
    assert reason in broken.reason


def test_items_without_any_answers_are_refused(tmp_path: Path) -> None:
    start, _, rest = GOOD.partition("answers:\n")
    text = start + "items:\n" + rest.partition("items:\n")[2]
    broken = read_sheet(write(tmp_path, text), Tool)
    assert isinstance(broken, Broken) and "“food” has no answers" in broken.reason
    assert broken.line == 6


def test_a_broken_file_leaves_the_running_one(tmp_path: Path) -> None:
    box = Toolbox()
    write(tmp_path, GOOD)
    assert box.load(tmp_path) == []
    write(tmp_path, GOOD.replace("level: low", "level: lower"))
    assert [str(one)[:24] for one in box.load(tmp_path)] == ["check.yaml, line 23: sco"]
    assert box.find("home-check", "es") == good()


def test_languages_of_one_tool_score_alike(tmp_path: Path) -> None:
    box = Toolbox()
    write(tmp_path, GOOD, "a.yaml")
    spanish = GOOD.replace("language: en", "language: es")
    write(tmp_path, spanish.replace("weight: 3", "weight: 2"), "b.yaml")
    (broken,) = box.load(tmp_path)
    assert broken.file == "b.yaml" and "“en”" in broken.reason
    write(tmp_path, spanish, "b.yaml")
    assert box.load(tmp_path) == []


def test_the_check_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/unused.db"
    write(tmp_path, GOOD)
    run = kinboard(url, "tools", str(tmp_path))
    assert (run.returncode, run.stdout.strip()) == (0, "1 good: home-check")
    write(tmp_path, "tool: [", "worse.yaml")
    run = kinboard(url, "tools", str(tmp_path))
    assert run.returncode == 1 and run.stderr.startswith("worse.yaml, line 1: ")
