"""docs/security.md is complete: each requirement once, each with a test that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from app.settings import ROOT

TESTS = ROOT / "tests"
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LEVELS = dict(
    line.split()
    for line in (TESTS / "security" / "asvs_5_0_0.txt").read_text().splitlines()
    if not line.startswith("#")
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| v5\.0\.0-", line)
]
NAMED = sorted(set(re.findall(r"`([a-z_/]+/test_[a-z_]+\.py)::(test_\w+)`", PAGE)))
# What branches beside this one bring; empty once all are together.
THREATS = [
    "A leaked link",
    "A curious relative",
    "A shared phone",
    "A hostile participant",
    "A stolen disk",
    "An insider",
    "A look-alike site",
]


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_list_is_that_of_the_standard() -> None:
    levels = list(LEVELS.values())
    assert (levels.count("1"), levels.count("2")) == (70, 183)


def test_each_requirement_has_exactly_one_row() -> None:
    ids = [row[0].removeprefix("v5.0.0-") for row in ROWS]
    assert ids == list(LEVELS)
    assert all(len(row) == 5 for row in ROWS)
    assert [row[1] for row in ROWS] == list(LEVELS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_row_says_how_and_shows_it(row: list[str]) -> None:
    _, _, paraphrase, how, shown = row
    assert 5 < len(paraphrase) < 120 and how
    if how.startswith(("Does not apply: ", "Not met: ")) or "Partly met: " in how:
        return  # why, or what is missing, is in the same cell
    assert re.search(r"`[a-z_/]+\.py::test_\w+`", shown), how


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_that_is_named_is_there(path: str, name: str) -> None:
    assert (TESTS / path).is_file(), path
    assert name in names_in(TESTS / path), name


def test_no_test_is_named_in_another_form() -> None:
    assert len(re.findall(r"::test_", PAGE)) == len(re.findall(r"`[a-z_/]+\.py::test_\w+`", PAGE))


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_has_its_rows_with_tests(threat: str) -> None:
    section = PAGE.split(f"### {threat}\n")[1].split("\n#")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 3
    for row in rows:
        assert len(row) == 6 and "::test_" in row[4], row


def test_its_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in PAGE.splitlines()
        if line.startswith("#")
    }
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        if link.startswith("#"):
            assert link[1:] in headings, link
        else:
            where = (ROOT / "docs" / link).resolve()
            assert where.exists(), link
