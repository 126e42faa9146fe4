"""Quiet writing: each sees their own cards alone, until all are shown together."""

from __future__ import annotations

import json

import httpx
import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.map.cards import Card
from app.privacy.quiet import waiting
from app.sight import EVERYONE, Viewer, seen_by
from tests import boards
from tests.boards import SAM
from tests.program import Program, sit_down
from tests.server import Meeting, Seat, Server, new_meeting


@pytest.fixture
def quiet() -> boards.Meeting:
    meeting = boards.Meeting()
    meeting.do(SAM, "meeting.open")
    for called, role in (("Rosa", "family"), ("Dana", "worker")):
        meeting.join(called, role)
    meeting.do(SAM, "quiet.begin", columns=["worries"])
    for number, person in enumerate(("person-rosa", "person-dana", SAM)):
        meeting.do(person, "card.add", id=f"card-{number}00", column="worries", text=f"Of {person}")
    return meeting


def texts(meeting: boards.Meeting, person: str, role: str) -> list[str]:
    board = seen_by(meeting.board, Viewer(role, person))  # type: ignore[arg-type]
    return [card.text for card in board.shelf("column-worries")]


def test_each_sees_only_their_own_until_all_are_shown(quiet: boards.Meeting) -> None:
    everyone = (("person-rosa", "family"), ("person-dana", "worker"), (SAM, "facilitator"))
    for person, role in everyone:
        assert texts(quiet, person, role) == [f"Of {person}"]
    assert texts(quiet, "person-wall", "projector") == []
    assert len(waiting(quiet.board, "worries")) == 3
    told = record(quiet.board, quiet.log, "", Viewer("facilitator", SAM))
    assert "Of person-rosa" not in json.dumps(told)
    read_record(told)
    assert "Of person-" not in json.dumps(plan_of(quiet.board, EVERYONE, "en"))
    quiet.do(SAM, "quiet.reveal")
    for person, role in (*everyone, ("person-wall", "projector")):
        assert texts(quiet, person, role) == [f"Of {who}" for who, _ in everyone]
    assert board_as_dict(replay("board-1", quiet.log)) == board_as_dict(quiet.board)
    quiet.do("person-rosa", "card.add", column="worries", text="Loud again")
    assert texts(quiet, SAM, "facilitator")[-1] == "Loud again"


def test_a_card_can_be_taken_back_and_nothing_is_shown_before_its_time(quiet) -> None:
    rosa = "person-rosa"
    with pytest.raises(Refused, match="still_quiet"):
        quiet.do(rosa, "item.show", id="card-000", shown="all")
    quiet.do(rosa, "card.add", id="card-draft", column="worries", text="Draft", shown="own")
    quiet.do(rosa, "card.add", id="card-under", column="worries", text="Under")
    quiet.do(rosa, "card.move", id="card-under", column="worries", under="card-draft")
    quiet.do(rosa, "card.withdraw", id="card-000")
    assert [one.id for one in waiting(quiet.board, "worries")] == [
        *("card-100", "card-200", "card-under"),
    ]
    quiet.do(SAM, "quiet.reveal", columns=["worries", "needs"])
    # What was no more than a draft stays one, and what lay under it comes out from there.
    assert texts(quiet, SAM, "facilitator") == ["Of person-dana", f"Of {SAM}", "Under"]
    # Taken back and brought back after the end: a draft like any other, which its writer shows.
    quiet.do(rosa, "undo")
    assert texts(quiet, SAM, "facilitator").count("Of person-rosa") == 0
    quiet.do(rosa, "item.show", id="card-000", shown="all")
    assert "Of person-rosa" in texts(quiet, SAM, "facilitator")


def test_a_draft_that_is_shown_meanwhile_waits_with_the_others(quiet) -> None:
    rosa = "person-rosa"
    quiet.do(rosa, "card.add", id="card-draft", column="worries", text="Draft", shown="own")
    quiet.do(rosa, "item.show", id="card-draft", shown="all")
    assert "Draft" not in texts(quiet, SAM, "facilitator")
    quiet.do(SAM, "quiet.reveal")
    assert "Draft" in texts(quiet, SAM, "facilitator")


def test_closing_shows_nothing_and_loses_nothing(quiet) -> None:
    quiet.do(SAM, "meeting.close")
    assert texts(quiet, "person-rosa", "family") == ["Of person-rosa"]
    assert texts(quiet, SAM, "facilitator") == [f"Of {SAM}"]
    assert len([card for card in quiet.board.all(Card) if not card.withdrawn]) == 3


def test_ending_leaves_each_card_with_its_writer(quiet) -> None:
    for person in ("person-rosa", "person-dana"):
        for name in ("quiet.begin", "quiet.reveal", "quiet.end"):
            data = {"columns": ["worries"]}
            with pytest.raises(Refused, match="not_allowed"):
                quiet.do(person, name, **data)
    quiet.do(SAM, "quiet.end")
    assert texts(quiet, SAM, "facilitator") == [f"Of {SAM}"]
    quiet.do("person-rosa", "item.show", id="card-000", shown="all")
    assert "Of person-rosa" in texts(quiet, SAM, "facilitator")
    with pytest.raises(Refused, match="not_quiet"):
        quiet.do(SAM, "quiet.reveal")


def page_of(meeting: Meeting, seat: Seat, path: str = "") -> str:
    url = f"{meeting.server.url}/m/{meeting.id}/{seat.person}{path}"
    cookies = {f"kb_{seat.person}": seat.token}
    return httpx.get(url, cookies=cookies, follow_redirects=True).raise_for_status().text


async def heard(ear: Program, seq: int) -> None:
    """Until a page or a program has been told of an event."""
    while ear.seq < seq:
        frame = await ear.receive()
        ear.seq = max(ear.seq, frame.get("seq", 0))


async def test_no_socket_page_or_export_tells_of_a_waiting_card(server: Server) -> None:
    meeting = new_meeting(server)
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    ears = [Program(meeting, meeting.projector, "kinboard.v1.html")]
    ears += [Program(meeting, meeting.facilitator, "kinboard.v1.html")]
    ears += [Program(meeting, meeting.join("Mateo"), kind) for kind in ("kinboard.v1.json",)]
    for ear in ears:
        await ear.connect()
    await sam.ask("quiet.begin", columns=["worries", "working"])
    await rosa.send({"type": "typing", "where": "column-worries", "text": "zebra"})
    told = await rosa.ask("card.add", id="card-zebra", column="worries", text="zebra words")
    await rosa.ask("words.write", id="card-zebra", field="text", text="zebra stripes")
    last = await rosa.ask("person.describe", relation="aunt")
    for ear in ears:
        await heard(ear, last["seq"])
        assert "zebra" not in json.dumps(ear.frames)
    assert "1 card is waiting" in json.dumps(ears[0].frames)
    for seat in (meeting.projector, meeting.facilitator):
        for path in ("", "/history", f"/at/{told['seq']}"):
            assert "zebra" not in page_of(meeting, seat, path)
    assert "zebra" not in page_of(meeting, meeting.facilitator, "/export.json")
    shown = await sam.ask("quiet.reveal")
    for ear in ears:
        await heard(ear, shown["seq"])
        told_now = json.dumps(ear.frames)
        assert "zebra stripes" in told_now and "zebra words" not in told_now
