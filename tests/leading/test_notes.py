"""The facilitator's own notes reach nobody else, by whatever way."""

from __future__ import annotations

import json

import httpx
import pytest

from app.board.refusal import Refused
from app.export.record import board_as_dict, read_record, record
from tests import boards
from tests.boards import SAM
from tests.program import Program, sit_down
from tests.server import Meeting, Seat, Server, new_meeting


def test_what_two_devices_write_is_kept() -> None:
    meeting = boards.Meeting()
    do = meeting.do
    assert do(SAM, "note.write", text="") is None
    do(SAM, "note.write", text="Ask Rosa")
    do(SAM, "note.write", text="Ask Rosa about school", was="Ask Rosa")
    do(SAM, "note.write", text="Gently: Ask Rosa", was="Ask Rosa")
    do(SAM, "note.write", stage="welcome", text="Chairs in a circle")
    notes = {note["id"]: note["text"] for note in board_as_dict(meeting.board)["items"]["note"]}
    assert notes == {
        "note-of-meeting": "Gently: Ask Rosa about school",
        "note-on-welcome": "Chairs in a circle",
    }
    for stage in ("Kitchen", "a b", "x" * 50):
        with pytest.raises(Refused):
            do(SAM, "note.write", stage=stage, text="x")
    with pytest.raises(Refused, match="too_long"):
        do(SAM, "note.write", text="y" * 1990, was="")
    # Taking back one's last change does not reach into the notes.
    do(SAM, "card.add", id="card-001", column="needs", text="Sleep")
    do(SAM, "note.write", text="Later")
    do(SAM, "undo")
    assert meeting.board.items["card-001"].withdrawn


def test_notes_are_in_the_facilitators_own_file_alone() -> None:
    meeting = boards.Meeting()
    meeting.do(SAM, "note.write", text="zebra")
    own = json.loads(json.dumps(record(meeting.board, meeting.log, with_notes=True)))
    assert "zebra" in json.dumps(own) and len(read_record(own)) == meeting.board.seq
    other = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert "zebra" not in json.dumps(other) and len(read_record(other)) == meeting.board.seq


def page_of(meeting: Meeting, seat: Seat, path: str = "") -> str:
    url = f"{meeting.server.url}/m/{meeting.id}/{seat.person}{path}"
    return httpx.get(url, cookies={f"kb_{seat.person}": seat.token}, follow_redirects=True).text


async def test_no_socket_page_or_export_of_others_tells_of_a_note(server: Server) -> None:
    meeting = new_meeting(server)
    sam = await sit_down(meeting, meeting.facilitator)
    dana_seat = meeting.join("Dana", role="worker")
    dana = await sit_down(meeting, dana_seat)
    assert (await dana.ask("note.write", text="Mine"))["code"] == "not_allowed"
    ears = [
        Program(meeting, seat, dialect)
        for seat in (dana_seat, meeting.projector)
        for dialect in ("kinboard.v1.html", "kinboard.v1.json")
    ]
    own = Program(meeting, meeting.facilitator, "kinboard.v1.html")
    for ear in (*ears, own):
        await ear.connect()
    told = await sam.ask("note.write", text="zebra")
    last = await sam.ask("card.add", id="card-001", column="needs", text="Sleep")
    for ear in (*ears, own):
        while ear.seq < last["seq"]:
            frame = await ear.receive()
            ear.seq = max(ear.seq, frame.get("seq", 0))
        heard = json.dumps(ear.frames)
        assert ("zebra" in heard) == (ear is own)
        assert ("note" in heard) == (ear is own)
    # Another's note is as one that is not there.
    for asked in (
        {"type": "open", "item": "note-of-meeting", "field": "text"},
        {"type": "typing", "where": "note-of-meeting.text", "text": ""},
    ):
        await dana.send(asked)
        assert (await dana.until("error"))["code"] == "not_found"
    assert (await dana.ask("words.write", id="note-of-meeting", field="text", text="x"))[
        "code"
    ] == "not_found"
    for path in ("", "/history", f"/at/{told['seq']}"):
        assert "zebra" not in page_of(meeting, dana_seat, path)
        assert "zebra" not in page_of(meeting, meeting.projector, path)
    assert "zebra" in page_of(meeting, meeting.facilitator)
    assert "zebra" in page_of(meeting, meeting.facilitator, "/export.json")
    assert "zebra" not in page_of(meeting, meeting.facilitator, f"/as/{dana_seat.person}")
    taken = httpx.get(  # noqa: ASYNC210
        f"{server.url}/api/meetings/{meeting.id}/record",
        headers={"authorization": f"Bearer {server.token}"},
    )
    assert "zebra" not in taken.text and "Sleep" in taken.text
