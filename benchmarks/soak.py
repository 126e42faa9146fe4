"""`make soak`: a long, rough meeting. MINUTES=60 make soak for an hour; 10 minutes otherwise.

Programs write, lose their connections, come back, send again what was not confirmed; now and then
the server is killed. At the end every confirmed edit must be in the log, once, everyone must have
heard every event in order, the log must lead to the board, and memory must not have grown.
"""

from __future__ import annotations

import asyncio
import os
import random
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

PEOPLE = 12
MINUTES = float(os.environ.get("MINUTES", "10"))


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


async def killer(server: Process, until: float) -> int:
    kills = 0
    while time.monotonic() < until - 10:
        await asyncio.sleep(random.uniform(15, 45))
        server.process.kill()
        server.process.wait()
        await asyncio.to_thread(server.start)
        kills += 1
    return kills


async def soak(server: Process) -> list[str]:
    server.token = token(server)  # type: ignore[attr-defined]
    meeting = new_meeting(server)  # type: ignore[arg-type]
    members = [Member(meeting, meeting.join(f"Person {n}")) for n in range(PEOPLE)]
    until = time.monotonic() + MINUTES * 60
    kills, *_ = await asyncio.gather(
        killer(server, until), *(member.live(until) for member in members)
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
            if logged.get(command, seq) != seq:
                wrong.append(f"{command} was confirmed as {seq}, and is {logged[command]}")
    events = [Event.from_dict(event) for event in record["events"]]
    if board_as_dict(replay(meeting.id, events)) != record["board"]:
        wrong.append("the log does not lead to the board")
    confirmed = sum(len(member.confirmed) for member in members)
    print(
        f"{MINUTES:g} minutes, {kills} kills, {len(events)} events, {confirmed} confirmed, "
        f"{server.memory:.0f} MB; {'; '.join(wrong) or 'nothing lost, nothing twice'}"
    )
    return wrong


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = kinboard(Path(folder))
        try:
            return 1 if asyncio.run(soak(server)) else 0
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
