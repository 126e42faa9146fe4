"""`make soak`: a long, rough meeting. MINUTES=60 make soak for an hour; 10 minutes otherwise.

Programs write, lose their connections, come back, send again what was not confirmed; now and then
the server is killed, and with DATABASE=postgresql also PostgreSQL. At the end every confirmed edit
must be in the log, once, everyone must have heard every event in order, and the log must lead to
the board. In the last third nothing is killed, one phone more reads nothing, and memory must not
grow.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import httpx

from app.board.board import replay
from app.board.events import Event
from app.export.record import board_as_dict
from app.ids import new_id
from benchmarks.servers import Process, kinboard, token
from tests.program import Program, sit_down
from tests.server import Meeting, Seat, new_meeting
from tests.services import Postgres

PEOPLE = 12
MINUTES = float(os.environ.get("MINUTES", "10"))
# The share of the time in which things break, and then in which a process warms up.
ROUGH, WARM = 0.6, 0.7
# MB by which memory may grow in what remains.
GROWTH = 20


class Member:
    """One person who is not to be discouraged."""

    def __init__(self, meeting: Meeting, seat: Seat) -> None:
        self.meeting, self.seat = meeting, seat
        self.heard: list[int] = []
        self.confirmed: dict[str, int] = {}
        self.cards: list[str] = []

    async def live(self, until: float) -> None:
        after: int | None = None
        pending: tuple[str, str, dict] | None = None
        while time.monotonic() < until:
            try:
                program = await sit_down(self.meeting, self.seat, after)
                for _ in range(random.randint(1, 60)):
                    pending = pending or self._idea()
                    command_id, name, data = pending
                    answer = await program.ask(name, command_id, **data)
                    if answer.get("code") == "not_saved":
                        await asyncio.sleep(0.5)
                        continue
                    if answer["type"] == "ack":
                        self.confirmed[command_id] = answer["seq"]
                    pending = None
                    await asyncio.sleep(random.random() / 4)
                await self._leave(program)
            except Exception:  # the line broke or the server is away: that is what this is about
                await asyncio.sleep(0.3)
            else:
                after = program.seq
                self.heard += [event["seq"] for event in program.events]

    async def _leave(self, program: Program) -> None:
        if random.random() < 0.5:
            program.socket.transport.abort()
        await program.close()

    def _idea(self) -> tuple[str, str, dict]:
        kind = random.random()
        if kind < 0.3 or not self.cards:
            card = new_id()
            self.cards.append(card)
            data = {"id": card, "column": "worries", "text": f"words {random.random()}"}
            return new_id(), "card.add", data
        card = random.choice(self.cards)
        if kind < 0.7:
            text = f"other words {random.random()}"
            return new_id(), "words.write", {"id": card, "field": "text", "text": text}
        if kind < 0.85:
            column = random.choice(["worries", "working", "needs"])
            return new_id(), "card.move", {"id": card, "column": column}
        return new_id(), "undo", {}


async def killer(server: Process, postgres: Postgres | None, until: float) -> int:
    kills, longest = 0, min(45, MINUTES * 6)
    while time.monotonic() < until - longest:
        await asyncio.sleep(random.uniform(longest / 3, longest))
        if postgres and random.random() < 0.6:
            await asyncio.to_thread(postgres.stop, signal.SIGKILL)
            await asyncio.sleep(random.uniform(0, 5))
            await asyncio.to_thread(postgres.start)
        else:
            server.process.kill()
            server.process.wait()
            await asyncio.to_thread(server.start)
        kills += 1
    return kills


async def deaf(meeting: Meeting, seat: Seat, until: float) -> None:
    """A phone that asks all the time and reads nothing."""
    program = await sit_down(meeting, seat)
    program.socket.transport.pause_reading()
    with contextlib.suppress(Exception):
        async with asyncio.timeout(until - time.monotonic()):
            while True:
                await program.send({"type": "ping"})
                await asyncio.sleep(0.01)


async def growth(server: Process, until: float) -> float:
    """MB by which the server has grown at a moment, from now on."""
    was = server.memory
    await asyncio.sleep(until - time.monotonic() - 1)
    return server.memory - was


async def soak(server: Process, postgres: Postgres | None) -> list[str]:
    server.token = token(server)  # type: ignore[attr-defined]
    meeting = new_meeting(server)  # type: ignore[arg-type]
    members = [Member(meeting, meeting.join(f"Person {n}")) for n in range(PEOPLE)]
    start, length = time.monotonic(), MINUTES * 60
    until, calm = start + length, start + WARM * length
    silent = meeting.join("Silent")

    async def rough_then_calm() -> tuple[int, float]:
        kills = await killer(server, postgres, start + ROUGH * length)
        await asyncio.sleep(calm - time.monotonic())
        grown, _ = await asyncio.gather(growth(server, until), deaf(meeting, silent, until))
        return kills, grown

    (kills, grown), *_ = await asyncio.gather(
        rough_then_calm(), *(member.live(until) for member in members)
    )
    headers = {"authorization": f"Bearer {server.token}"}  # type: ignore[attr-defined]
    address = f"{server.url}/api/meetings/{meeting.id}/record"
    record = (await asyncio.to_thread(httpx.get, address, headers=headers, timeout=120)).json()
    wrong = []
    logged = {event["command"]: event["seq"] for event in record["events"]}
    if len(logged) != len(record["events"]):
        wrong.append("a command is in the log twice")
    for member in members:
        if member.heard != sorted(set(member.heard)):
            wrong.append(f"{member.seat.person} heard events twice or out of order")
        for command, seq in member.confirmed.items():
            # What changed nothing was confirmed without an event.
            if logged.get(command, seq) != seq:
                wrong.append(f"{command} was confirmed as {seq}, and is {logged[command]}")
    events = [Event.from_dict(event) for event in record["events"]]
    if board_as_dict(replay(meeting.id, events)) != record["board"]:
        wrong.append("the log does not lead to the board")
    if grown > GROWTH:
        wrong.append(f"memory grew by {grown:.0f} MB")
    confirmed = sum(len(member.confirmed) for member in members)
    print(
        f"{MINUTES:g} minutes, {kills} kills, {len(events)} events, {confirmed} confirmed, "
        f"{server.memory:.0f} MB, of these {grown:+.1f} at the end; "
        f"{'; '.join(wrong) or 'nothing lost, nothing twice'}"
    )
    return wrong


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        postgres = None
        if os.environ.get("DATABASE", "sqlite").startswith("postgres"):
            postgres = Postgres()
            postgres.start()
        server = kinboard(Path(folder), postgres.new_database() if postgres else "")
        try:
            return 1 if asyncio.run(soak(server, postgres)) else 0
        finally:
            server.stop()
            if postgres:
                postgres.remove()


if __name__ == "__main__":
    sys.exit(main())
