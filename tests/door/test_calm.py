"""Muting, locking, closing, and seats that are given up: open sockets feel it at once."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


@pytest.fixture
async def people(meeting: Meeting):
    sam = await sit_down(meeting, meeting.facilitator)
    will = await sit_down(meeting, meeting.join("Will", "worker"))
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    yield sam, will, rosa
    for one in (sam, will, rosa):
        await one.close()


async def write(one: Program, text: str = "words") -> str:
    answer = await one.ask("card.add", column="needs", text=text)
    return answer.get("code", answer["type"])


async def test_who_is_muted_reads_and_does_not_write(people: tuple[Program, ...]) -> None:
    sam, will, rosa = people
    rosas = rosa.seat.person
    assert await write(rosa) == "ack"
    muted = await sam.ask("person.mute", id=rosas)
    assert await write(rosa) == "muted"
    await rosa.send({"type": "typing", "where": "column-needs", "text": "still heard?"})
    assert (await rosa.until("error"))["code"] == "muted"
    answer = await will.ask("card.add", column="needs", text="rosa reads this")
    await rosa.catch_up(answer["seq"])
    assert {"kind": "person", "id": rosas, "set": {"muted": True}, "was": {"muted": False}} in (
        change for event in rosa.events for change in event["changes"]
    )
    assert (await rosa.ask("undo"))["code"] == "muted"
    assert (await sam.ask("person.mute", id=rosas))["seq"] >= muted["seq"]
    await sam.ask("person.unmute", id=rosas)
    assert await write(rosa) == "ack"
    await sam.ask("person.mute", id=rosas)
    await rosa.send({"type": "command", "id": "leaving-1", "name": "person.leave", "data": {}})
    assert await rosa.closed() == 4403
    assert {"type": "bye", "code": "left"} in rosa.frames


async def test_nobody_mutes_the_facilitator_or_oneself_out(people: tuple[Program, ...]) -> None:
    sam, will, rosa = people
    assert (await sam.ask("person.mute", id=sam.seat.person))["code"] == "not_allowed"
    assert (await will.ask("person.mute", id=rosa.seat.person))["code"] == "not_allowed"
    await sam.ask("person.mute", id=rosa.seat.person)
    assert (await rosa.ask("person.unmute", id=rosa.seat.person))["code"] == "muted"


async def test_on_a_locked_board_only_leaders_write(people: tuple[Program, ...]) -> None:
    sam, will, rosa = people
    assert (await rosa.ask("meeting.lock"))["code"] == "not_allowed"
    await sam.ask("meeting.lock")
    assert [await write(one) for one in people] == ["ack", "ack", "locked"]
    await rosa.send({"type": "typing", "where": "column-needs", "text": "still heard?"})
    assert (await rosa.until("error"))["code"] == "locked"
    await sam.ask("meeting.unlock")
    assert await write(rosa) == "ack"
    events = [event["type"] for event in rosa.events]
    assert "meeting.locked" in events and "meeting.unlocked" in events


async def test_closing_reaches_everyone_within_a_second(
    meeting: Meeting, people: tuple[Program, ...]
) -> None:
    sam, _, rosa = people
    at_door = await sit_down(meeting, meeting.knock("Eve"))
    started = time.monotonic()
    closed = await sam.ask("meeting.close")
    await rosa.catch_up(closed["seq"])
    assert rosa.events[-1]["type"] == "meeting.closed"
    assert await at_door.closed() == 4403
    assert at_door.frames[-1] == {"type": "bye", "code": "closed"}
    assert time.monotonic() - started < 1
    assert await write(rosa) == "closed"
    again = await sit_down(meeting, at_door.seat)
    assert again.welcome["code"] == "closed" and await again.closed() == 4403


async def test_a_new_role_counts_from_the_next_command(people: tuple[Program, ...]) -> None:
    sam, will, rosa = people
    answer = await rosa.ask("card.add", column="needs", text="rosa's")
    await will.catch_up(answer["seq"])
    card = will.events[-1]["changes"][0]["id"]
    assert (await will.ask("card.sort", id=card, sort=""))["type"] == "ack"
    await sam.ask("person.role", id=will.seat.person, role="family")
    assert (await will.ask("card.sort", id=card, sort=""))["code"] == "not_yours"


async def test_a_seat_that_is_given_up_closes_its_sockets(meeting: Meeting) -> None:
    rosa = meeting.join("Rosa")
    program = await sit_down(meeting, rosa)
    async with httpx.AsyncClient(base_url=meeting.server.url) as client:
        client.cookies.set(f"kb_{rosa.person}", rosa.token, domain="127.0.0.1")
        here = f"/m/{meeting.id}/{rosa.person}"
        assert (await client.get(here)).status_code == 200
        assert (await client.post("/leave-device", data={"csrf": "guessed"})).status_code == 403
        csrf = client.cookies["kb_form"]
        fresh = client.cookies[f"kb_{rosa.person}"]
        other = await sit_down(meeting, type(rosa)(rosa.person, fresh))
        started = time.monotonic()
        left = await client.post("/leave-device", data={"csrf": csrf})
        assert left.status_code == 204 and not list(client.cookies)
        assert await other.closed() == 4401 and time.monotonic() - started < 1
        assert other.frames[-1] == {"type": "bye", "code": "signed_out"}
        client.cookies.set(f"kb_{rosa.person}", fresh, domain="127.0.0.1")
        assert (await client.get(here)).status_code == 403
    await program.close()


async def test_a_seat_is_exchanged_when_its_person_is_let_in(meeting: Meeting) -> None:
    """The token from the door dies once the new one was used, and not before: phones lose
    answers."""
    rosa = meeting.knock("Rosa")
    here = f"{meeting.server.url}/m/{meeting.id}/{rosa.person}"
    name = f"kb_{rosa.person}"

    async def open_page(token: str) -> tuple[int, str]:
        async with httpx.AsyncClient(cookies={name: token}) as client:
            answer = await client.get(here)
        return answer.status_code, answer.cookies.get(name, "")

    assert await open_page(rosa.token) == (200, "")
    meeting.admit(rosa)
    status, lost = await open_page(rosa.token)
    assert status == 200 and lost not in ("", rosa.token)
    # That answer never came; the phone asks again with what it has.
    status, fresh = await open_page(rosa.token)
    assert status == 200 and fresh
    assert await open_page(fresh) == (200, "")
    assert (await open_page(rosa.token))[0] == 403
    meeting.post(f"people/{rosa.person}/admit", {"role": "worker"}).raise_for_status()
    status, newer = await open_page(fresh)
    assert newer not in ("", fresh)
    assert await asyncio.gather(open_page(newer)) == [(200, "")]
    assert (await open_page(fresh))[0] == 403
