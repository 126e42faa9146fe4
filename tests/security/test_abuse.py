"""What one person alone can do to everyone's meeting by asking for too much."""

from __future__ import annotations

import time

import pytest

from app.board.refusal import Refused
from app.circles.circle import CirclePerson
from app.export.record import read_record, record
from app.fragments.targets import render
from app.fragments.view import Audience, View
from app.sight import Viewer
from tests.boards import SAM, Meeting


@pytest.fixture(scope="module")
def crowded() -> Meeting:
    """A board on which the circles are full."""
    meeting = Meeting()
    meeting.do(SAM, "meeting.open")
    for number in range(CirclePerson.most):
        name = "circle.add"
        meeting.do(SAM, name, id=f"circle-{number:04}", called=f"P {number}", ring=number % 4)
    return meeting


def test_full_circles_take_nobody_more_and_are_still_drawn_quickly(crowded: Meeting) -> None:
    with pytest.raises(Refused, match="too_many"):
        crowded.do(SAM, "circle.add", called="One too many")
    crowded.do(SAM, "circle.withdraw", id="circle-0000")
    crowded.do(SAM, "circle.add", called="Now there is room")
    with pytest.raises(Refused, match="too_many"):
        crowded.do(SAM, "circle.restore", id="circle-0000")
    with pytest.raises(Refused, match="too_many"):
        crowded.do(SAM, "circle.add", called="One too many")
    view = View(crowded.board, Audience(Viewer("network"), "en"), set())
    started = time.monotonic()
    render(view, "rings")
    assert time.monotonic() - started < 2  # seconds; a thousand people took twenty


def test_a_record_brings_in_no_more_than_people_could_write(crowded: Meeting) -> None:
    told = record(crowded.board, crowded.log)
    assert len(read_record(told)) == len(crowded.log)
    extra = Meeting()
    extra.do(SAM, "meeting.open")
    CirclePerson.most += 50
    try:
        for number in range(CirclePerson.most):
            extra.do(SAM, "circle.add", id=f"circle-{number:04}", called="P")
        told = record(extra.board, extra.log)
    finally:
        CirclePerson.most -= 50
    with pytest.raises(Refused, match="too_many"):
        read_record(told)
