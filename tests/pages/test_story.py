"""Two meetings of one family, from an empty database to the last export, with eight real pages."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import Browser
from pypdf import PdfReader

from app.export.record import read_record
from tests.server import Server
from tests.story import first_meeting, second_meeting
from tests.story.cast import Story


async def test_two_meetings_of_one_family(
    browser: Browser, own_server: Server, tmp_path: Path
) -> None:
    story = Story(browser, own_server, tmp_path)
    await first_meeting.play(story)
    first = words_of(await story.save("pdf", "first.pdf"))
    assert first_meeting.STEP in first and first_meeting.IDEA in first
    saved = await story.save("json", "first.json")
    # What the family kept for itself is in none of the papers, nor are Sam's notes in the plan.
    assert first_meeting.ALONE not in first + saved.read_text()
    assert first_meeting.NOTE not in first
    check(story)
    await story.go_home()
    await second_meeting.play(story)
    check(story)
    for name in ("second", "rosa", "dana"):
        plan = words_of(tmp_path / f"{name}.pdf")
        assert first_meeting.STEP in plan and "It hangs on the fridge" in plan
    record = json.loads((tmp_path / "second.json").read_text())
    assert record["family"] == "Rivera" and read_record(record)


def check(story: Story) -> None:
    for someone in story.everyone:
        assert someone.errors == []


def words_of(pdf: Path) -> str:
    """The text of a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())
