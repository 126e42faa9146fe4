"""What the facilitator puts on the wall."""

from __future__ import annotations

import pytest

from app.board.refusal import Refused
from app.export.record import read_record, record
from app.leading.wall import wall_of
from tests.boards import SAM, Meeting
from tests.program import Program, sit_down
from tests.server import Server, new_meeting


def test_what_is_left_out_stays_as_it_is() -> None:
    meeting = Meeting()
    assert meeting.do(SAM, "wall.show") is None
    meeting.do(SAM, "wall.show", code=False)
    meeting.do(SAM, "wall.show", full="ring-1")
    wall = wall_of(meeting.board)
    assert (wall.full, wall.code) == ("ring-1", False)
    assert meeting.do(SAM, "wall.show", full="ring-1") is None
    with pytest.raises(Refused, match="not_a_choice"):
        meeting.do(SAM, "wall.show", full="ring-7")
    with pytest.raises(Refused, match="not_allowed"):
        meeting.do(meeting.join("Dana", "worker"), "wall.show", full="")
    assert len(read_record(record(meeting.board, meeting.log))) == meeting.board.seq


async def test_the_wall_is_told_and_only_the_facilitator_has_buttons(server: Server) -> None:
    meeting = new_meeting(server)
    sam = await sit_down(meeting, meeting.facilitator)
    pages = [
        await Program(meeting, seat, "kinboard.v1.html").connect()
        for seat in (meeting.projector, meeting.facilitator)
    ]
    await sam.ask("wall.show", full="circles", code=False)
    wall, own = [(await page.until("event"))["html"] for page in pages]
    assert 'data-full="circles" data-code="no"' in wall and "wall.show" not in wall
    assert "wall.show" in own
