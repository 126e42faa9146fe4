"""People far away: whether they are alone is the facilitator's to know; who is on the telephone
only takes part like everyone."""

from __future__ import annotations

import json

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.fragments.view import Audience, View
from app.leading.hands import raised
from app.live.dialects import board_as_seen
from app.sight import EVERYONE, FACILITATOR, Viewer
from tests.boards import SAM, Meeting
from tests.history.test_sentences import told
from tests.program import Program, sit_down
from tests.server import Meeting as LiveMeeting
from tests.server import Server, new_meeting

ROSA, ELENA, DANA, MATEO = "person-rosa", "person-elena", "person-dana", "person-mateo"


def refused(meeting: Meeting, who: str, name: str, /, **data) -> str:
    with pytest.raises(Refused) as refusal:
        meeting.do(who, name, **data)
    return refusal.value.code


def begun() -> Meeting:
    meeting = Meeting()
    meeting.do(SAM, "meeting.open")
    meeting.join("Rosa", joins_by="remote")
    meeting.join("Elena", "network")
    meeting.join("Dana", "worker")
    return meeting


def test_whether_somebody_is_alone_stays_between_them_and_the_facilitator() -> None:
    meeting = begun()
    assert refused(meeting, ELENA, "afar.tell", alone=True) == "not_allowed"
    meeting.do(ROSA, "afar.tell", alone=True)
    meeting.do(ROSA, "afar.tell", alone=False)
    board = meeting.board
    for viewer in (Viewer("worker", DANA), Viewer("network", ELENA), EVERYONE):
        assert "afar" not in json.dumps(board_as_seen(board, viewer))
    for viewer in (FACILITATOR, Viewer("family", ROSA)):
        assert board_as_seen(board, viewer)["items"]["afar"][0]["alone"] is False
    # Lists and files are looked at by others too: it stands in none, not even the facilitator's.
    for viewer in (FACILITATOR, Viewer("family", ROSA), EVERYONE):
        sentences = told(meeting, viewer.role, viewer.person)
        assert sentences[-2:] == ["Something changed"] * 2
    saved = json.loads(json.dumps(record(board, meeting.log)))
    assert "afar" not in json.dumps(saved) and len(read_record(saved)) == len(meeting.log)
    assert "alone" not in json.dumps(plan_of(board, FACILITATOR, "en"))
    assert refused(meeting, ROSA, "undo") == "nothing_to_undo"


def test_who_says_where_somebody_is() -> None:
    meeting = begun()
    assert refused(meeting, ELENA, "person.place", id=ROSA, joins_by="") == "not_allowed"
    meeting.do(DANA, "person.place", id=ELENA, joins_by="remote")
    meeting.do(ELENA, "person.place", id=ELENA, joins_by="")
    assert refused(meeting, SAM, "person.place", id="person-none", joins_by="") == "not_found"
    assert refused(meeting, SAM, "person.place", id="person-wall", joins_by="") == "not_allowed"
    assert refused(meeting, ROSA, "meeting.edit", contact="555") == "not_allowed"
    meeting.do(SAM, "meeting.edit", contact="Sam, 555 0100")
    meeting.do(SAM, "meeting.close")
    assert meeting.board.items["meeting"].contact == "Sam, 555 0100"


def test_somebody_on_the_telephone_takes_part_through_the_team() -> None:
    meeting = begun()
    do = meeting.do
    assert refused(meeting, ELENA, "phone.add", called="Mateo") == "not_allowed"
    do(DANA, "phone.add", id=MATEO, called="Mateo", relation="grandfather")
    assert refused(meeting, DANA, "phone.add", id=ROSA, called="Mateo") == "exists"
    assert refused(meeting, DANA, "phone.add", called="") == "empty"
    assert refused(meeting, DANA, "person.place", id=MATEO, joins_by="") == "not_allowed"

    do(DANA, "card.add", id="card-mateo", column="working", text="I cook", said_by=MATEO)
    do(DANA, "step.add", id="step-mateo", what="Cook on Sundays", owners=[MATEO])
    do(DANA, "step.agree", id="step-mateo", says="agree", said_by=MATEO)
    do(DANA, "scale.answer", number=6, said_by=MATEO)
    assert refused(meeting, ELENA, "hand.raise", person=MATEO) == "not_allowed"
    assert refused(meeting, DANA, "hand.raise", person=ROSA) == "not_allowed"
    do(DANA, "hand.raise", person=MATEO)
    assert [one.name for one in raised(meeting.board)] == ["Mateo"]
    assert told(meeting, "family")[-1] == "Mateo wants to speak"
    do(SAM, "hand.lower", person=MATEO)

    view = View(meeting.board, Audience(EVERYONE, "en"))
    assert [one.name for one in view.present] == ["Mateo"]
    plan = plan_of(meeting.board, EVERYONE, "en")
    there = {one["name"]: one["role"] for one in plan["people"]}
    assert there["Mateo"] == "Family, by telephone" and there["Rosa"] == "Family, from afar"
    assert "told by telephone, written down by Dana" in json.dumps(plan)
    assert "Mateo, by telephone" in json.dumps(plan)
    again = replay(meeting.board.id, meeting.log)
    assert board_as_dict(again) == board_as_dict(meeting.board)
    do(SAM, "person.remove", id=MATEO)
    assert refused(meeting, DANA, "hand.raise", person=MATEO) == "not_allowed"


@pytest.fixture
def meeting(server: Server) -> LiveMeeting:
    return new_meeting(server)


async def test_others_are_not_told_that_there_was_a_signal(meeting: LiveMeeting) -> None:
    seat = meeting.join("Rosa", joins_by="remote")
    rosa = await sit_down(meeting, seat)
    sam = await sit_down(meeting, meeting.facilitator)
    dana_seat = meeting.join("Dana", "worker")
    dana = await sit_down(meeting, dana_seat)
    page = await Program(meeting, dana_seat, "kinboard.v1.html").connect(after=10**9)
    wall = await Program(meeting, meeting.projector, "kinboard.v1.html").connect(after=10**9)
    others = [dana, page, wall]
    for one in others:  # who is here was told
        await one.send({"type": "ping"})
        before = (await one.until("pong"))["seq"]
    await rosa.ask("afar.tell", alone=True)
    last = (await rosa.ask("afar.tell", alone=False))["seq"]
    await sam.catch_up(last)
    assert sam.events[-1]["changes"][0]["set"]["alone"] is False
    for one in others:
        one.frames.clear()
        await one.send({"type": "ping"})
        assert (await one.until("pong"))["seq"] == before
        assert {frame["type"] for frame in one.frames} <= {"pong", "here", "soft"}
    added = (await rosa.ask("card.add", column="working", text="We laugh"))["seq"]
    await dana.catch_up(added)
    await page.until("event", seq=added)
    assert [one["seq"] for one in dana.events] == list(range(dana.events[0]["seq"], added + 1))
    assert "afar" not in json.dumps([dana.frames, page.frames])
    dana.frames.clear()
    await sam.ask("phone.add", called="Mateo", id="person-on-phone")
    assert "person-on-phone" in (await dana.until("here"))["people"]
