"""People of one meeting at different workers notice nothing; and little where Redis is away."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.program import Program, sit_down
from tests.services import Redis
from tests.workers.conftest import Workers


async def heard_after(teller: Program, listener: Program, text: str) -> float:
    """Seconds from a card's acknowledgement to the moment when the other has it."""
    ack = await teller.ask("card.add", column="worries", text=text)
    assert ack["type"] == "ack", ack
    started = time.monotonic()
    await listener.catch_up(ack["seq"])
    assert text in str(listener.events)
    return time.monotonic() - started


async def test_people_at_two_workers_are_in_one_meeting(workers: Workers) -> None:
    meeting = workers.meeting()
    there = workers.at(meeting, 1)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    elena = await sit_down(there, meeting.join("Elena", lang="es"))
    await asyncio.sleep(0.5)  # the second worker listens by now
    for number in range(5):
        assert await heard_after(rosa, elena, f"Rosa says {number}") < 0.5
        assert await heard_after(elena, rosa, f"Elena says {number}") < 0.5

    await elena.send({"type": "typing", "where": "column-worries", "text": "No du"})
    typing = await rosa.until("typing", person=elena.seat.person)
    assert typing["text"] == "No du"
    for someone in (rosa, elena):
        here = next(frame for frame in reversed(someone.frames) if frame["type"] == "here")
        assert {rosa.seat.person, elena.seat.person} <= set(here["people"])
    await elena.close()
    await rosa.until("here", people=[rosa.seat.person])

    # Who is sent away by one worker is gone from the other.
    elena = await sit_down(there, elena.seat)
    sam = await sit_down(meeting, meeting.facilitator)
    assert (await sam.ask("person.remove", id=elena.seat.person))["type"] == "ack"
    assert await elena.closed(within=2) == 4403


async def test_while_redis_is_away_edits_save_and_reach_everyone(
    workers: Workers, redis: Redis
) -> None:
    meeting = workers.meeting()
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    ana = await sit_down(meeting, meeting.join("Ana"))
    elena = await sit_down(workers.at(meeting, 1), meeting.join("Elena"))
    await asyncio.to_thread(redis.stop, signal.SIGKILL)
    for number in range(3):
        assert await heard_after(rosa, elena, f"without, {number}") < 2
        await ana.catch_up(rosa.seq)
    await asyncio.to_thread(redis.start)
    async with asyncio.timeout(10):
        while await heard_after(rosa, elena, "and with it again") > 0.3:  # noqa: ASYNC110
            await asyncio.sleep(0.3)
    log = [event["seq"] for event in elena.events]
    assert log == list(range(log[0], log[0] + len(log)))
