"""Numbers asked for more than once: at the end, about a goal, in the facilitator's words."""

from __future__ import annotations

import pytest

from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


async def html_until(page: Program, seq: int) -> str:
    page.frames.clear()
    while page.seq < seq:
        page.seq = max(page.seq, (await page.receive()).get("seq", 0))
    return "".join(frame.get("html", "") for frame in page.frames)


async def test_the_same_question_at_the_end_shows_what_moved(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    page = Program(meeting, meeting.join("Elena"), "kinboard.v1.html")
    await page.connect()
    await rosa.ask("scale.answer", number=4)
    await sam.ask("scale.reveal")
    assert (await rosa.ask("scale.add", closing=True))["code"] == "not_allowed"
    assert (await sam.ask("scale.add"))["code"] == "empty"
    assert (await sam.ask("scale.add", goal="goal-none"))["code"] == "not_found"
    told = await sam.ask("scale.add", id="scale-end", closing=True)
    assert "after this meeting" in await html_until(page, told["seq"])
    hidden = await rosa.ask("scale.answer", scale="scale-end", number=6, reason="We have a plan")
    html = await html_until(page, hidden["seq"])
    assert "1 of " in html and "We have a plan" not in html
    # Nobody but herself is told of her number before all are shown.
    await sam.catch_up(hidden["seq"])
    assert not any("We have a plan" in str(event) for event in sam.events)
    shown = await sam.ask("scale.reveal", scale="scale-end")
    html = await html_until(page, shown["seq"])
    assert "We have a plan" in html and "up from 4" in html
    assert (await sam.ask("scale.withdraw", id="scale-end"))["code"] == "not_allowed"
    assert (await sam.ask("scale.withdraw", id="scale-safety"))["code"] == "not_allowed"


async def test_a_goal_has_a_scale_from_its_danger_to_itself(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    page = Program(meeting, meeting.join("Elena"), "kinboard.v1.html")
    await page.connect()
    danger = {"outcome": "The children are alone and get hurt"}
    await sam.ask("statement.add", id="danger-1", form="danger", parts=danger)
    goal = {"what": "Somebody they trust is there every night"}
    await sam.ask("statement.add", id="goal-1", form="goal", parts=goal, danger="danger-1")
    told = await sam.ask("scale.add", id="scale-goal", goal="goal-1")
    html = await html_until(page, told["seq"])
    scale = html.partition('id="scale-scale-goal"')[2]
    assert danger["outcome"] in scale and goal["what"] in scale
    told = await sam.ask("words.write", id="goal-1", field="what", text="Grandma sleeps here")
    html = await html_until(page, told["seq"])
    assert "Grandma sleeps here" in html.partition('id="scale-scale-goal"')[2]
    assert (await sam.ask("scale.withdraw", id="scale-goal"))["type"] == "ack"
    assert (await sam.ask("scale.answer", scale="scale-goal", number=1))["code"] == "withdrawn"
