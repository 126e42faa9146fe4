"""Whoever looks at a board or takes something from it is noted, by ids alone."""

from __future__ import annotations

import asyncio
import time

import httpx

from tests.program import sit_down
from tests.server import Meeting, Seat, Server, new_meeting


def look(server: Server, meeting: Meeting, seat: Seat) -> list[dict]:
    """Looks at everything, closes the meeting; what is noted by then."""
    place = f"{server.url}/m/{meeting.id}/{seat.person}"
    with httpx.Client(cookies={f"kb_{seat.person}": seat.token}) as browser:
        for path in ("", "/history", "/at/2", "/export.pdf"):
            assert browser.get(place + path).status_code == 200, path
    headers = {"authorization": f"Bearer {server.token}"}
    api = f"{server.url}/api/meetings/{meeting.id}"
    httpx.get(f"{api}/record", headers=headers).raise_for_status()
    httpx.get(f"{api}/people", headers=headers).raise_for_status()
    meeting.post("close").raise_for_status()
    deadline = time.monotonic() + 5
    while True:
        told = httpx.get(f"{api}/audit", headers=headers).raise_for_status().json()
        if any(one["kind"] == "log.anchored" for one in told) or time.monotonic() > deadline:
            return told


async def test_seeing_and_taking_are_noted(own_server: Server) -> None:
    meeting = new_meeting(own_server)
    seat = meeting.join("Quetzalrosa")
    program = await sit_down(meeting, seat)
    await program.ask("card.add", column="worries", text="Xylophoneword")
    await program.close()
    told = await asyncio.to_thread(look, own_server, meeting, seat)
    own = {one["kind"] for one in told if one["actor"] == seat.person}
    assert own >= {
        "person.asked",
        "board.joined",
        "board.opened",
        "history.viewed",
        "replay.viewed",
        "pdf.exported",
    }
    others = {one["kind"] for one in told if one["actor"] != seat.person}
    assert others >= {
        "log.anchored",
        "record.exported",
        "people.viewed",
        "person.admitted",
        "meeting.closed",
    }
    assert "Quetzalrosa" not in str(told) and "Xylophoneword" not in str(told)
    assert "whole" in own_server.kinboard("audit", "verify")


def test_the_log_of_anothers_meeting_is_not_to_be_had(server: Server) -> None:
    meeting = new_meeting(server)
    other = server.kinboard("token", "Other")
    address = f"{server.url}/api/meetings/{meeting.id}/audit"
    for token, status in ((other, 404), ("wrong", 401)):
        headers = {"authorization": f"Bearer {token}"}
        assert httpx.get(address, headers=headers).status_code == status
