"""Parts of the board that the facilitator closes for writing, and opens again."""

from __future__ import annotations

import asyncio

import pytest

from app.board.refusal import Refused
from app.export.record import read_record, record
from tests import boards
from tests.boards import SAM
from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


def refusal(meeting: boards.Meeting, person: str, name: str, **data) -> str:
    try:
        meeting.do(person, name, **data)
    except Refused as refused:
        return refused.code
    return ""


@pytest.fixture
def usual() -> boards.Meeting:
    return boards.usual_meeting()


@pytest.mark.parametrize(
    ("section", "tries"),
    [
        (
            "worries",
            [
                ("card.add", {"column": "worries", "text": "No"}),
                ("card.move", {"id": "card-001", "column": "working"}),
                ("card.move", {"id": "card-011", "column": "worries"}),
                ("words.write", {"id": "card-001", "field": "text", "text": "No"}),
                ("statement.add", {"form": "harm", "parts": {"who": "No"}}),
                ("words.write", {"id": "danger-001", "field": "act", "text": "No"}),
                ("card.withdraw", {"id": "card-001"}),
            ],
        ),
        ("needs", [("statement.add", {"form": "goal", "parts": {"who": "No"}})]),
        ("scale", [("scale.answer", {"number": 1})]),
        ("circles", [("circle.place", {"id": "circle-05", "ring": 2})]),
        (
            "steps",
            [
                ("step.add", {"what": "No"}),
                ("step.agree", {"id": "step-000", "says": "change", "comment": "No"}),
            ],
        ),
    ],
)
def test_nobody_but_the_team_writes_in_a_closed_part(usual, section, tries) -> None:
    rosa = "person-rosa"
    for name in ("card-001", "card-011"):  # hers, so that only the lock is in the way
        usual.do(SAM, "card.credit", id=name, said_by=rosa)
    usual.do(SAM, "section.lock", sections=[section])
    for name, data in tries:
        assert refusal(usual, rosa, name, **data) == "section_locked", name
    assert refusal(usual, rosa, "card.add", column="working", text="Elsewhere") == ""
    name, data = tries[0]
    assert refusal(usual, "person-dana", name, **data) == ""
    usual.do(SAM, "section.unlock", sections=[section])
    for name, data in tries[1:]:
        assert refusal(usual, rosa, name, **data) == "", name


def test_undo_does_not_write_in_a_closed_part(usual) -> None:
    usual.do("person-rosa", "card.add", column="worries", text="Mine")
    usual.do(SAM, "section.lock", sections=["worries", "steps"])
    assert refusal(usual, "person-rosa", "undo") == "section_locked"
    assert len(read_record(record(usual.board, usual.log))) == usual.board.seq
    assert usual.do(SAM, "section.lock", sections=["steps"]) is None


def test_only_the_facilitator_closes_parts_that_there_are(usual) -> None:
    for person in ("person-rosa", "person-dana", "person-wall"):
        assert refusal(usual, person, "section.lock", sections=["steps"]) == "not_allowed"
    assert refusal(usual, SAM, "section.lock", sections=["kitchen"]) == "not_a_choice"
    assert refusal(usual, SAM, "section.lock", sections=[]) != ""


async def test_what_is_under_way_while_a_part_closes_is_refused_clearly(server: Server) -> None:
    meeting: Meeting = new_meeting(server)
    sam = await sit_down(meeting, meeting.facilitator)
    seat = meeting.join("Rosa", lang="es")
    rosa = await sit_down(meeting, seat)
    page = Program(meeting, seat, "kinboard.v1.html")
    await page.connect()
    locking, card = await asyncio.gather(
        sam.ask("section.lock", sections=["worries"]),
        rosa.ask("card.add", id="card-late", column="worries", text="Late"),
    )
    assert locking["type"] == "ack"
    # One order for all: it came before the lock, or it was refused in plain words.
    if card["type"] == "error":
        assert card["code"] == "section_locked" and "Sus palabras" in card["message"]
    else:
        assert card["seq"] < locking["seq"]
    late = await rosa.ask("card.add", column="worries", text="Later")
    assert late["code"] == "section_locked"
    await rosa.send({"type": "typing", "where": "column-worries", "text": "I am"})
    assert (await rosa.until("error"))["code"] == "section_locked"
    while "section-worries" not in (html := (await page.receive()).get("html", "")):
        pass
    assert "data-locked" in html and "section.unlock" not in html
    await sam.ask("section.unlock", sections=["worries"])
    assert (await rosa.ask("card.add", column="worries", text="Late"))["type"] == "ack"
    await sam.ask("meeting.close")
    assert (await sam.ask("section.lock", sections=["steps"]))["code"] == "closed"
