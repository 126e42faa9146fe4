"""Private family time: who may do what, and what those outside are told over a real server."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx
import pytest
from pycrdt import Doc, Text

from app.board.refusal import Refused
from app.export.record import read_record, record
from app.meetings.bringing import to_bring
from app.people.person import Person
from app.rigour.voices import balance
from app.sight import FACILITATOR, seen_by
from tests.boards import SAM, Meeting
from tests.program import Program, sit_down
from tests.server import Meeting as LiveMeeting
from tests.server import Seat, Server, new_meeting

ROSA, MIA, ELENA, DANA = "person-rosa", "person-mia", "person-elena", "person-dana"
SECRET = "we are afraid of the flat upstairs"


def begun() -> Meeting:
    meeting = Meeting()
    meeting.do(SAM, "meeting.open")
    for called, role in (("Rosa", "family"), ("Mia", "child"), ("Elena", "network")):
        meeting.join(called, role)
    meeting.join("Dana", "worker")
    meeting.do(DANA, "card.add", id="card-before", column="working", text="Grandpa cooks")
    meeting.do(SAM, "family_time.offer")
    meeting.do(SAM, "family_time.begin")
    return meeting


def refused(meeting: Meeting, who: str, name: str, **data) -> str:
    with pytest.raises(Refused) as refusal:
        meeting.do(who, name, **data)
    return refusal.value.code


def stays(meeting: Meeting) -> set[str]:
    return {one.name for one in meeting.board.all(Person) if one.with_family}


def test_the_family_alone_decides_who_stays() -> None:
    meeting = begun()
    assert stays(meeting) == {"Rosa", "Mia"}
    keep = "family_time.keep"
    assert refused(meeting, ELENA, keep, id=ELENA, stays=True) == "not_allowed"
    assert refused(meeting, SAM, keep, id=ELENA, stays=True) == "not_allowed"
    for person in (DANA, SAM, "person-wall"):
        assert refused(meeting, MIA, keep, id=person, stays=True) == "not_allowed"
    assert refused(meeting, MIA, keep, id="person-none", stays=True) == "not_found"
    meeting.do(MIA, keep, id=ELENA, stays=True)
    assert refused(meeting, ROSA, keep, id=MIA, stays=False) == "not_allowed"
    meeting.do(ROSA, keep, id=ELENA, stays=False)
    meeting.do(MIA, keep, id=MIA, stays=False)
    assert refused(meeting, ROSA, keep, id=ROSA, stays=False) == "not_allowed"
    assert stays(meeting) == {"Rosa"}


def test_a_role_given_later_opens_nothing() -> None:
    meeting = begun()
    meeting.do(ROSA, "card.add", id="card-secret", column="worries", text=SECRET)
    meeting.join("Stranger", "family")
    meeting.do(ROSA, "family_time.end")
    meeting.do(SAM, "family_time.offer")
    meeting.do(SAM, "family_time.begin")
    assert stays(meeting) == {"Rosa", "Mia"}
    assert refused(meeting, "person-stranger", "item.show", id="card-secret", shown="all")
    meeting.do(ROSA, "family_time.end")
    meeting.do(SAM, "person.role", id=MIA, role="worker")
    assert stays(meeting) == {"Rosa"}


def test_what_everyone_sees_stays_as_it_is_until_all_are_back() -> None:
    meeting = begun()
    do = meeting.do
    for who, name, data in (
        (SAM, "card.add", {"column": "worries", "text": "x"}),
        (DANA, "words.write", {"id": "card-before", "field": "text", "text": "x"}),
        (SAM, "meeting.close", {}),
        (SAM, "stage.go", {"stage": "goals"}),
        (SAM, "person.mute", {"id": ROSA}),
        (ELENA, "hand.raise", {}),
        (ROSA, "hand.raise", {}),
        (ROSA, "scale.answer", {"number": 3}),
        (ROSA, "circle.add", {"called": "Ana", "seat": "person-none"}),
    ):
        assert refused(meeting, who, name, **data) in ("family_alone", "not_found"), name
    do(ROSA, "card.add", id="card-secret", column="worries", text=SECRET)
    do(ROSA, "card.add", id="card-own-1", column="worries", text="mine", shown="own")
    do(ROSA, "item.show", id="card-own-1", shown="all")
    do(MIA, "step.add", id="step-secret", what=SECRET, owners=[MIA])
    do(MIA, "step.agree", id="step-secret", says="agree")
    shown = {one: meeting.board.items[one].shown for one in ("card-secret", "card-own-1")}
    assert shown == {"card-secret": "family", "card-own-1": "family"}
    assert refused(meeting, SAM, "family_time.answer") == "not_allowed"
    do(SAM, "timer.start", minutes=5)
    do(DANA, "family_time.ask")
    assert refused(meeting, DANA, "family_time.end") == "not_allowed"
    do(MIA, "family_time.answer")
    do(MIA, "undo")
    do(SAM, "family_time.end")
    # Words that were on their way when the others came back.
    do(ROSA, "card.add", id="card-late-1", column="worries", text=SECRET, shown="family")
    assert refused(meeting, ELENA, "card.add", column="needs", text="x", shown="family")
    assert refused(meeting, SAM, "item.show", id="card-secret", shown="all") == "not_found"
    assert refused(meeting, ROSA, "item.show", id="card-late-1", shown="team") == "not_allowed"
    assert SECRET not in str([one.as_dict() for one in to_bring(meeting.board)])
    voices = balance(seen_by(meeting.board, FACILITATOR), meeting.log)
    assert {one.person.name: one.cards for one in voices.voices}["Mia"] == 0
    told = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert SECRET not in str(told) and "card-secret" not in str(told)
    assert len(read_record(told)) == len(meeting.log)
    do(MIA, "family_time.share")
    assert meeting.board.items["step-secret"].shown == "all"
    assert refused(meeting, ROSA, "undo") in ("shown_before", "changed_since", "nothing_to_undo")
    do(SAM, "meeting.close")
    assert refused(meeting, SAM, "family_time.offer") == "not_open"


def test_it_is_offered_where_there_is_a_family() -> None:
    meeting = Meeting()
    assert refused(meeting, SAM, "family_time.offer") == "not_open"
    meeting.do(SAM, "meeting.open")
    assert refused(meeting, SAM, "family_time.offer") == "no_family"
    meeting.join("Rosa")
    meeting.join("Dana", "worker")
    for who in (ROSA, DANA):
        assert refused(meeting, who, "family_time.offer") == "not_allowed"
        assert refused(meeting, who, "family_time.begin") == "not_allowed"
    assert refused(meeting, SAM, "family_time.begin") == "not_allowed"
    meeting.do(SAM, "family_time.offer")
    meeting.do(SAM, "family_time.end")
    assert refused(meeting, ROSA, "family_time.begin") == "not_allowed"


# -- over a real server ----------------------------------------------------------------------


@pytest.fixture
def meeting(own_server: Server) -> LiveMeeting:
    return new_meeting(own_server)


def heard(*programs: Program) -> str:
    return json.dumps([one.frames for one in programs], ensure_ascii=False)


def page_of(meeting: LiveMeeting, seat: Seat, path: str = "") -> httpx.Response:
    url = f"{meeting.server.url}/m/{meeting.id}/{seat.person}{path}"
    return httpx.get(url, cookies={f"kb_{seat.person}": seat.token})


async def html(meeting: LiveMeeting, seat: Seat) -> Program:
    return await Program(meeting, seat, "kinboard.v1.html").connect(after=10**9)


def letters(state: str, words: str) -> str:
    """The update of somebody who writes these words in a text."""
    doc = Doc()
    doc["t"] = text = Text()
    doc.apply_update(base64.b64decode(state))
    before = doc.get_state()
    text.insert(0, words)
    return base64.b64encode(doc.get_update(before)).decode()


async def test_nothing_reaches_those_outside(meeting: LiveMeeting) -> None:
    rosa_seat, dana_seat = meeting.join("Rosa"), meeting.join("Dana", "worker")
    mia = await sit_down(meeting, meeting.join("Mia", "child"))
    rosa = await sit_down(meeting, rosa_seat)
    sam = await sit_down(meeting, meeting.facilitator)
    dana = await sit_down(meeting, dana_seat)
    pages = [await html(meeting, one) for one in (meeting.facilitator, meeting.projector)]
    outside = [sam, dana, *pages]
    await sam.ask("family_time.offer")
    begun = (await sam.ask("family_time.begin"))["seq"]
    for one in outside[1:]:
        await one.until("welcome", seq=begun)
    await asyncio.sleep(0.3)  # who is here was told before
    for one in outside:
        await one.send({"type": "ping"})
        await one.until("pong")
        one.frames.clear()

    await rosa.send({"type": "typing", "where": "column-worries", "text": SECRET})
    await mia.until("typing", text=SECRET)
    card = {"id": "card-alone-1", "column": "worries", "text": "we"}
    await rosa.ask("card.add", **card)
    await rosa.send({"type": "open", "id": "o-1", "item": "card-alone-1", "field": "text"})
    state = (await rosa.until("text"))["state"]
    told = {"id": "card-alone-1", "field": "text", "update": letters(state, SECRET)}
    last = (await rosa.ask("words.write", **told))["seq"]
    await mia.catch_up(last)
    assert SECRET in heard(mia)
    await mia.close()
    twin = await sit_down(meeting, rosa_seat)
    for one in outside:
        await one.send({"type": "ping"})
        assert (await one.until("pong"))["seq"] == begun
        assert [frame["type"] for frame in one.frames] == ["pong"]
    await sam.send({"type": "open", "id": "o-2", "item": "card-alone-1", "field": "text"})
    assert (await sam.until("error"))["code"] == "not_found"
    assert (await sam.ask("card.add", column="needs", text="x"))["code"] == "family_alone"

    check_ways_around_by_http(meeting, dana_seat, last)
    await check_ways_around(meeting, dana_seat, begun)
    # The power goes: the time goes on, and so do the numbers.
    meeting.server.kill()
    meeting.server.start()
    rosa = await sit_down(meeting, rosa_seat, after=last)
    sam = await sit_down(meeting, meeting.facilitator, after=begun)
    assert [one["seq"] for one in sam.events] == list(range(begun + 1, sam.seq + 1))
    assert [one["type"] for one in sam.events[: last - begun]] == ["hidden"] * (last - begun)
    assert (await sam.ask("family_time.ask"))["type"] == "ack"
    await rosa.until("events")
    over = (await rosa.ask("family_time.end"))["seq"]
    back = await sam.until("welcome", seq=over)
    assert "board" in back and SECRET not in heard(sam, *outside)
    shared = (await rosa.ask("item.show", id="card-alone-1", shown="all"))["seq"]
    await sam.catch_up(shared)
    assert SECRET in json.dumps(sam.events[-1])
    await twin.close()


async def check_ways_around(meeting: LiveMeeting, dana: Seat, begun: int) -> None:
    """Coming back, and coming anew."""
    for seat in (dana, meeting.facilitator, meeting.projector):
        for after in (None, begun - 1, begun):
            for one in (await sit_down(meeting, seat, after), await html(meeting, seat)):
                assert SECRET not in heard(one) and "card-alone-1" not in heard(one)
                await one.close()


def check_ways_around_by_http(meeting: LiveMeeting, dana: Seat, last: int) -> None:
    """Every page, and the programs' API."""
    for seat in (dana, meeting.facilitator, meeting.projector):
        quiet = page_of(meeting, seat)
        assert quiet.status_code == 200 and "The family is talking alone" in quiet.text
        assert "tab-map" not in quiet.text and SECRET not in quiet.text
        for path in ("/history", "/replay", f"/at/{last}", "/balance", "/export.pdf"):
            assert page_of(meeting, seat, path).status_code == 403
    assert page_of(meeting, meeting.facilitator, "/export.json").status_code == 403
    late = meeting.join("Late", "family")
    assert "The family is talking alone" in page_of(meeting, late).text
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    for path in ("record", "people", "audit"):
        url = f"{meeting.server.url}/api/meetings/{meeting.id}/{path}"
        told = httpx.get(url, headers=headers).raise_for_status().text
        assert SECRET not in told and "card-alone-1" not in told
    assert meeting.post("close").json()["error"]["code"] == "family_alone"
