"""An agency changes its templates while meetings run."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.test_templates import GOOD
from tests.program import Program, sit_down
from tests.server import Server, new_meeting

BYE = """  - id: bye
    name: Goodbye
    purpose: We say goodbye.
    minutes: 5
    sections: [people]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "visit.yaml").write_text(GOOD + BYE)
    return folder


@pytest.fixture
def agency(tmp_path: Path, folder: Path) -> Iterator[Server]:
    running = Server(tmp_path, KINBOARD_TEMPLATES=str(folder)).start()
    yield running
    running.stop()


def read_again(server: Server) -> None:
    assert server.process
    os.kill(server.process.pid, signal.SIGHUP)


async def told(page: Program, words: str) -> str:
    """The next fragments that hold some words."""
    while words not in (html := (await page.receive()).get("html", "")):
        pass
    return html


async def test_a_stage_is_taken_out_while_people_are_in_it(agency: Server, folder: Path) -> None:
    meeting = new_meeting(agency, template="home-visit")
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    pages = [
        await Program(meeting, seat, "kinboard.v1.html").connect()
        for seat in (meeting.facilitator, rosa.seat)
    ]
    await sam.ask("stage.go", stage="bye")
    await asyncio.gather(*(told(page, "Goodbye") for page in pages))

    # Broken: refused with file, line and reason; what runs stays.
    (folder / "visit.yaml").write_text(GOOD.replace("minutes: 5", "minutes: 500"))
    read_again(agency)
    await rosa.until("stages")
    assert "visit.yaml, line 10: stages.0.minutes" in agency.errors.read_text()
    assert (await sam.ask("timer.start", minutes=5))["type"] == "ack"
    assert "Goodbye" in await told(pages[0], 'data-stage="bye"')

    (folder / "visit.yaml").write_text(GOOD)
    read_again(agency)
    facilitators, others = [await told(page, "no longer in the plan") for page in pages]
    assert "Please choose" in facilitators and "Please choose" not in others
    assert "Hello" in facilitators and "Goodbye" not in facilitators
    assert (await rosa.ask("card.add", column="needs", text="Still here"))["type"] == "ack"
    assert (await sam.ask("stage.go", stage="bye"))["code"] == "not_found"
    assert (await sam.ask("stage.go", stage="hello", was="bye"))["type"] == "ack"
    await told(pages[1], "We know why we meet.")


async def test_another_kind_of_meeting_in_the_middle(server: Server) -> None:
    meeting = new_meeting(server)
    sam = await sit_down(meeting, meeting.facilitator)
    page = await Program(meeting, meeting.facilitator, "kinboard.v1.html").connect()
    await sam.ask("stage.go", stage="context")
    await told(page, 'data-stage="context"')
    await sam.ask("meeting.edit", template="three-houses")
    html = await told(page, "no longer in the plan")
    assert 'id="stage-list"' in html
