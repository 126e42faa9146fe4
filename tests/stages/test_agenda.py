"""The facilitator leads through the stages; two who do it at once skip none; the timer."""

from __future__ import annotations

import asyncio
import datetime

import pytest

from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


def agenda(program: Program) -> dict:
    fields: dict = {}
    for event in program.events:
        for change in event["changes"]:
            if change["kind"] == "agenda":
                fields |= change["set"]
    return fields


async def test_the_facilitator_moves_the_meeting_and_everyone_is_told(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    assert (await rosa.ask("stage.go", stage="welcome"))["code"] == "not_allowed"
    assert (await sam.ask("stage.go", stage="nowhere"))["code"] == "not_found"
    assert (await sam.ask("timer.change", to="hold"))["code"] == "no_timer"
    told = await sam.ask("stage.go", stage="welcome", was="")
    await rosa.catch_up(told["seq"])
    assert agenda(rosa)["stage"] == "welcome"


async def test_of_two_who_move_on_at_once_the_second_is_told(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    again = await sit_down(meeting, meeting.facilitator)
    await sam.ask("stage.go", stage="welcome")
    assert (await sam.ask("stage.go", stage="purpose", was="welcome"))["type"] == "ack"
    refused = await again.ask("stage.go", stage="purpose", was="welcome")
    assert (refused["code"], refused["field"]) == ("moved_on", "stage")
    # What was meant without looking at where the meeting is goes through.
    assert (await again.ask("stage.go", stage="context"))["type"] == "ack"


async def test_two_at_the_very_same_moment_have_one_order(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    again = await sit_down(meeting, meeting.facilitator)
    await sam.ask("stage.go", stage="welcome")
    answers = await asyncio.gather(
        sam.ask("stage.go", stage="purpose", was="welcome"),
        again.ask("stage.go", stage="context", was="welcome"),
    )
    told = sorted(answer.get("code", "ack") for answer in answers)
    assert told == ["ack", "moved_on"]
    won = "purpose" if answers[0]["type"] == "ack" else "context"
    for program in (sam, again):
        await program.catch_up(max(answer.get("seq", 0) for answer in answers))
        assert agenda(program)["stage"] == won


async def test_the_timer_runs_is_held_goes_on_and_is_not_undone(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)

    def left() -> float:
        now = datetime.datetime.now(datetime.UTC)
        return (datetime.datetime.fromisoformat(agenda(sam)["ends"]) - now).total_seconds()

    assert (await sam.ask("timer.start", minutes=0))["code"] == "out_of_range"
    await sam.ask("timer.start", minutes=5)
    assert 297 < left() < 301
    await sam.ask("timer.change", to="hold")
    assert agenda(sam)["ends"] == "" and 297 <= agenda(sam)["left"] <= 300
    await sam.ask("timer.change", to="longer")
    assert 597 <= agenda(sam)["left"] <= 600
    await sam.ask("timer.change", to="go_on")
    assert 595 < left() < 601 and agenda(sam)["left"] == 0
    assert (await sam.ask("undo"))["code"] == "nothing_to_undo"
    await sam.ask("stage.go", stage="scale")
    assert agenda(sam) | {"stage": "scale", "ends": "", "left": 0} == agenda(sam)


async def test_a_meeting_of_an_unknown_kind_is_refused(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    refused = await sam.ask("meeting.edit", template="party")
    assert (refused["code"], refused["field"]) == ("not_a_choice", "template")
    assert (await sam.ask("meeting.edit", template="three-houses"))["type"] == "ack"
    assert (await sam.ask("stage.go", stage="welcome"))["code"] == "not_found"
