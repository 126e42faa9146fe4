"""What the facilitator puts before everyone's eyes: a thing on the board, or a part of it."""

from __future__ import annotations

import pytest

from app.board.refusal import Refused
from app.board.section import SECTIONS
from app.stages.agenda import agenda_of
from tests.boards import SAM, Meeting


def test_a_part_of_the_board_can_be_shown_before_anything_was_said_of_it() -> None:
    meeting = Meeting()
    for name in SECTIONS:
        meeting.do(SAM, "spot.set", id=f"section-{name}")
        assert agenda_of(meeting.board).spot == f"section-{name}"
    meeting.do(SAM, "section.lock", sections=["worries"])
    meeting.do(SAM, "spot.set", id="section-worries")
    assert agenda_of(meeting.board).spot == "section-worries"
    for unknown in ("section-nothing", "section-", "agenda"):
        with pytest.raises(Refused, match="not_found"):
            meeting.do(SAM, "spot.set", id=unknown)
