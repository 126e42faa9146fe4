"""The same over a real server: what is hidden is told to nobody, and asked for it is not there."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.program import Program, sit_down
from tests.server import Meeting, Server, as_text, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


def heard(*programs: Program) -> str:
    return json.dumps([one.frames for one in programs], ensure_ascii=False)


async def quiet(*programs: Program) -> None:
    """Reads what is still on its way."""
    for one in programs:
        await one.send({"type": "ping"})
        await one.until("pong")


async def test_a_draft_reaches_its_writer_alone_until_it_is_shown(meeting: Meeting) -> None:
    rosa_seat = meeting.join("Rosa")
    rosa = await sit_down(meeting, rosa_seat)
    twin = await sit_down(meeting, rosa_seat)
    sam = await sit_down(meeting, meeting.facilitator)
    page = await Program(meeting, meeting.facilitator, "kinboard.v1.html").connect(after=10**9)
    typing = {"type": "typing", "where": "column-worries"}
    await rosa.send(typing | {"text": "my secret", "shown": "own"})
    draft = {"id": "card-draft-1", "column": "worries", "text": "my secret", "shown": "own"}
    added = await rosa.ask("card.add", **draft)
    await twin.catch_up(added["seq"])
    assert "my secret" in heard(twin)
    for data in ({"text": "more secret", "was": "my secret"}, {"text": "for all", "was": ""}):
        await rosa.ask("words.write", id="card-draft-1", field="text", **data)
    where = {"type": "typing", "where": "card-draft-1.text", "text": ""}
    await rosa.send(where)
    await quiet(sam, page)
    assert "secret" not in heard(sam, page) and "card-draft-1" not in heard(sam, page)
    assert sam.events[-1]["type"] == "hidden" and sam.events[-1]["by"] == ""

    answers = [
        await sam.ask("item.show", id=item, shown="all") for item in ("card-draft-1", "card-none-1")
    ]
    assert [(one["code"], one["field"]) for one in answers] == [("not_found", "id")] * 2
    assert answers[0]["message"] == answers[1]["message"]
    refusals = []
    for item in ("card-draft-1", "card-none-1"):
        await sam.send({"type": "open", "id": "open-1", "item": item, "field": "text"})
        refusals.append(await sam.until("error"))
        await asyncio.sleep(0.15)  # more than people can type is left out
        await sam.send(where | {"where": f"{item}.text"})
        refusals.append(await sam.until("error"))
    assert refusals[:2] == refusals[2:] and {one["code"] for one in refusals} == {"not_found"}

    await rosa.ask("words.write", id="card-draft-1", field="text", text="for all of you")
    shown = await rosa.ask("item.show", id="card-draft-1", shown="all")
    await sam.catch_up(shown["seq"])
    await page.until("event", seq=shown["seq"])
    assert "for all of you" in json.dumps(sam.events[-1]) and "for all of you" in heard(page)
    late = await sit_down(meeting, meeting.facilitator, after=added["seq"])
    older = await sit_down(meeting, meeting.join("Elena"), after=1)
    assert "secret" not in heard(sam, page, late, older)
    bearer = {"authorization": f"Bearer {meeting.server.token}"}
    async with httpx.AsyncClient(base_url=meeting.server.url, headers=bearer) as client:
        record = await client.get(f"/api/meetings/{meeting.id}/record")
    assert "secret" not in record.text and "for all of you" in record.text
    for one in (rosa, twin, sam, page, late, older):
        await one.close()


async def test_who_must_not_reach_somebody_is_gone_at_once_for_them(meeting: Meeting) -> None:
    elena_seat, jorge_seat = meeting.join("Elena", "network"), meeting.join("Jorge")
    sam = await sit_down(meeting, meeting.facilitator)
    elena = await sit_down(meeting, elena_seat)
    jorge = await sit_down(meeting, jorge_seat)
    page = await Program(meeting, jorge_seat, "kinboard.v1.html").connect(after=10**9)
    await elena.ask("card.add", id="card-elena-1", column="working", text="they sleep here")
    await quiet(jorge, page)
    answer = await sam.ask("person.shelter", id=elena_seat.person, people=[jorge_seat.person])
    anew = await jorge.until("welcome")
    assert (await page.until("welcome"))["reset"] is True
    assert "they sleep here" in json.dumps(anew)
    for one in (jorge, page):
        one.frames.clear()
    again = await sit_down(meeting, jorge_seat, after=answer["seq"] - 2)
    await elena.send({"type": "typing", "where": "column-worries", "text": "he must not"})
    await elena.ask("scale.answer", number=2, reason="afraid")
    await elena.ask("card.add", column="worries", text="he must not know", shown="all")
    await sam.ask("circle.add", called="Elena", seat=elena_seat.person)
    await sam.ask("scale.reveal")
    twin = await sit_down(meeting, elena_seat)
    await asyncio.sleep(0.3)  # who is here is told a moment later
    await twin.close()
    await asyncio.sleep(0.3)
    await quiet(jorge, page, again)
    told = json.dumps(anew) + heard(jorge, page, again)
    assert "Elena" not in told and elena_seat.person not in told and "afraid" not in told
    assert "he must not know" in told
    for frame in jorge.frames:  # nobody came and nobody went, as far as he can tell
        assert frame["type"] != "here" or frame["people"] == again_here(again)
    cookie = {f"kb_{jorge_seat.person}": jorge_seat.token}
    here = f"{meeting.server.url}/m/{meeting.id}/{jorge_seat.person}"
    async with httpx.AsyncClient(cookies=cookie) as browser:
        for path in ("", "/history", f"/at/{answer['seq'] - 1}", f"/at/{answer['seq']}"):
            page_text = (await browser.get(here + path)).raise_for_status().text
            assert "Elena" not in page_text and elena_seat.person not in page_text, path
        as_other = await browser.get(f"{here}/as/{meeting.facilitator.person}")
        nobody = await browser.get(f"{here}/as/person-none")
        assert as_other.status_code == nobody.status_code == 403
        assert as_text(as_other) == as_text(nobody)
    for one in (sam, elena, jorge, page, again):
        await one.close()


def again_here(program: Program) -> list[str]:
    return next(frame["people"] for frame in program.frames if frame["type"] == "here")


async def test_another_role_shows_another_board(meeting: Meeting) -> None:
    seat = meeting.join("Dana", "worker")
    dana, sam = await sit_down(meeting, seat), await sit_down(meeting, meeting.facilitator)
    await sam.ask("card.add", id="card-team-1", column="needs", text="for us", shown="team")
    await dana.until("events")
    assert "for us" in heard(dana)
    await sam.ask("person.role", id=seat.person, role="family")
    anew = await dana.until("welcome")
    assert "for us" not in json.dumps(anew) and "card-team-1" not in json.dumps(anew)
    answer = await dana.ask("card.move", id="card-team-1", column="worries")
    assert answer["code"] == "not_found"
    await sam.ask("person.role", id=seat.person, role="worker")
    assert "for us" in json.dumps(await dana.until("welcome"))
    for one in (dana, sam):
        await one.close()
