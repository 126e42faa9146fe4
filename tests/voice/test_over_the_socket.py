"""A child's houses over real sockets: what others are sent, and what can always be taken back."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting

LINE = [7, 8, 500, 700, 1999, 1499]


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


async def quiet(*programs: Program) -> str:
    """All that these were sent."""
    for one in programs:
        await one.send({"type": "ping"})
        await one.until("pong")
    return json.dumps([one.frames for one in programs])


async def test_nothing_reaches_anyone_until_the_child_shares_it(meeting: Meeting) -> None:
    mia = await sit_down(meeting, meeting.join("Mia", "child"))
    sam = await sit_down(meeting, meeting.facilitator)
    page = await Program(meeting, meeting.facilitator, "kinboard.v1.html").connect(after=10**9)
    wall = await Program(meeting, meeting.projector, "kinboard.v1.html").connect(after=10**9)
    await mia.ask("house.note", id="note-stairs", house="worries", text="steps at night")
    await mia.ask("house.drawing", id="sheet-home", house="dreams")
    for number in range(3):
        line = {"id": f"line-{number}-roof", "drawing": "sheet-home", "points": LINE}
        await mia.ask("house.draw", **line)
    told = await quiet(sam, page, wall)
    assert not [one for one in ("steps", "note-", "sheet-", "line-") if one in told]
    assert (await sam.ask("house.rub_out", id="line-0-roof"))["code"] == "not_found"
    assert (await sam.ask("spot.set", id="sheet-home"))["code"] == "not_found"

    shared = await mia.ask("house.share", house="dreams")
    await sam.catch_up(shared["seq"])
    html = await quiet(page, wall)
    assert html.count("M7 8L500 700L1999 1499") == 6 and "steps" not in html
    kinds = [(one["kind"], one["was"]) for one in sam.events[-1]["changes"]]
    assert kinds == [("drawing", None), *[("stroke", None)] * 3, ("house", None)]

    # Each stroke from now on costs others that stroke alone.
    more = await mia.ask("house.draw", drawing="sheet-home", points=[1, 1, 1000, 1000])
    await page.until("event", seq=more["seq"])
    assert page.frames[-1]["html"].count("<path") == 1


async def test_it_can_be_taken_back_while_locked_and_after_the_end(meeting: Meeting) -> None:
    seat = meeting.join("Mia", "child")
    mia, sam = await sit_down(meeting, seat), await sit_down(meeting, meeting.facilitator)
    for house in ("good", "worries"):
        await mia.ask("house.note", id=f"note-{house}", house=house, text=f"my {house} words")
    await mia.ask("house.share")
    await sam.ask("meeting.lock")
    assert (await mia.ask("house.share"))["code"] == "locked"
    assert "seq" in await mia.ask("house.take_back", item="note-good")
    await sam.ask("meeting.close")
    assert (await mia.ask("house.note", house="good", text="late"))["code"] == "closed"
    assert (await sam.ask("house.take_back", child=seat.person, item="note-worries"))["code"] == (
        "childs_own"
    )
    assert "seq" in await mia.ask("house.take_back")
    fresh = await sit_down(meeting, meeting.facilitator)
    assert "words" not in json.dumps(fresh.welcome)
    bearer = {"authorization": f"Bearer {meeting.server.token}"}
    async with httpx.AsyncClient(base_url=meeting.server.url, headers=bearer) as client:
        record = await client.get(f"/api/meetings/{meeting.id}/record")
    assert "my good words" not in record.text and "my worries words" not in record.text


async def test_another_boards_ids_lead_nowhere(meeting: Meeting, server: Server) -> None:
    other = new_meeting(server)
    leo_seat = other.join("Leo", "child")
    leo = await sit_down(other, leo_seat)
    await leo.ask("house.drawing", id="sheet-of-leo", house="good")
    await leo.ask("house.share")
    mia = await sit_down(meeting, meeting.join("Mia", "child"))
    sam = await sit_down(meeting, meeting.facilitator)
    answer = await mia.ask("house.draw", drawing="sheet-of-leo", points=LINE)
    assert (answer["code"], answer["field"]) == ("not_found", "drawing")
    answer = await sam.ask("house.note", child=leo_seat.person, house="good", text="x")
    assert (answer["code"], answer["field"]) == ("not_found", "child")
    answer = await mia.ask("house.draw", drawing="sheet-of-leo", points=[5] * 20_000)
    assert (answer["code"], answer["field"]) == ("too_many", "points")


@pytest.mark.parametrize("role", ["family", "network"])
async def test_the_page_is_for_children_and_who_sits_with_them(meeting: Meeting, role: str) -> None:
    rosa, mia = meeting.join("Rosa", role), meeting.join("Mia", "child")
    async with httpx.AsyncClient(base_url=meeting.server.url) as client:
        for path in ("houses", f"houses/{mia.person}"):
            cookie = {"cookie": f"kb_{rosa.person}={rosa.token}"}
            page = await client.get(f"/m/{meeting.id}/{rosa.person}/{path}", headers=cookie)
            assert page.status_code == 403
        leo = meeting.join("Leo", "child")
        cookie = {"cookie": f"kb_{leo.person}={leo.token}"}
        address = f"/m/{meeting.id}/{leo.person}/houses"
        own = await client.get(address, headers=cookie)
        assert own.status_code == 200
        others = await client.get(f"{address}/{mia.person}", headers=own.request.headers)
        assert others.status_code == 403 and "Mia" not in others.text
