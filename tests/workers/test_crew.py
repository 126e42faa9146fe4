"""`kinboard serve --workers N`: one address, several processes, none of which is missed."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.program import sit_down
from tests.server import Server, new_meeting
from tests.services import wait_until

_CREW = ("-m", "app.cli", "serve", "--workers", "2")


@pytest.fixture
def crew(tmp_path: Path):
    running = Server(tmp_path, *_CREW).start()
    yield running
    running.stop()


def hands(server: Server) -> set[int]:
    """The worker processes of a running crew."""
    assert server.process
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    pids = map(int, children.read_text().split())
    return {pid for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


async def test_a_worker_that_dies_is_replaced_and_all_end_together(crew: Server) -> None:
    """Without Redis, on SQLite: people at two workers hear of each other within a second."""
    meeting = new_meeting(crew)
    people = [await sit_down(meeting, meeting.join(f"Person {n}")) for n in range(6)]
    before = hands(crew)
    assert len(before) == 2
    ack = await people[0].ask("card.add", column="worries", text="who hears it?")
    for one in people:
        await one.catch_up(ack["seq"])

    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(hands(crew)) == 2 and hands(crew) != before)
    back = [await sit_down(meeting, one.seat, one.seq) for one in people]
    ack = await back[0].ask("card.add", column="worries", text="and now?")
    for one in back:
        await one.catch_up(ack["seq"])

    # One after the other is replaced; all the while the door is open.
    old = hands(crew)
    assert crew.process
    os.kill(crew.process.pid, signal.SIGUSR2)
    until = asyncio.get_running_loop().time() + 40
    while hands(crew) & old or len(hands(crew)) != 2:
        assert asyncio.get_running_loop().time() < until
        assert (await asyncio.to_thread(httpx.get, f"{crew.url}/readyz", timeout=5)).is_success
        await asyncio.sleep(0.1)
    for one in back:
        assert await one.closed() == 1012
    again = await sit_down(meeting, people[0].seat, back[0].seq)
    assert again.welcome["events"] == []

    last = hands(crew)
    await asyncio.to_thread(crew.stop)
    assert not alive(last)


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def test_workers_end_when_the_process_that_started_them_is_killed(crew: Server) -> None:
    left = hands(crew)
    crew.kill()
    wait_until(lambda: not alive(left))
