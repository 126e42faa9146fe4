"""Two meetings of one family, from an empty database to the last export, with eight real pages."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import Browser

from tests.server import Server
from tests.story import first_meeting, second_meeting
from tests.story.cast import Story


async def test_two_meetings_of_one_family(
    browser: Browser, own_server: Server, tmp_path: Path
) -> None:
    story = Story(browser, own_server, tmp_path)
    await first_meeting.play(story)
    assert (await story.save("pdf", "first.pdf")).read_bytes().startswith(b"%PDF")
    for someone in story.everyone:
        assert someone.errors == []
    await story.go_home()
    await second_meeting.play(story)
    record = json.loads((await story.save("json", "second.json")).read_text())
    assert record["family"] == "Rivera"
    for someone in story.everyone:
        assert someone.errors == []
