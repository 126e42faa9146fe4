"""People of one meeting who are not to be discouraged, and the question whether all came right.

Each keeps what was heard, in the order in which it was, over any number of sockets at any worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx

from app.board.board import replay
from app.board.events import Event
from app.export.record import board_as_dict
from app.ids import new_id
from tests.program import Program
from tests.server import Meeting, Seat

# What changes the board each time that it is carried out.
_ALWAYS = ("card.add", "words.write")


class Member:
    def __init__(self, meeting: Meeting, seat: Seat) -> None:
        self.meeting, self.seat = meeting, seat
        self.heard: list[dict[str, Any]] = []
        self.seq = 0
        # Commands by id: asked and not answered yet; confirmed, with the sequence number.
        self.pending: dict[str, tuple[str, dict[str, Any]]] = {}
        self.confirmed: dict[str, int] = {}
        self.asked: dict[str, tuple[str, dict[str, Any]]] = {}
        self.cards: list[str] = []
        self.wrong: list[str] = []
        self.twice = 0
        self._program: Program | None = None
        self._reading: asyncio.Task[None] | None = None
        self.is_live = False

    # -- coming and going ------------------------------------------------------------------

    async def connect(self, url: str, within: float = 5) -> bool:
        """Sits down at an address, from where the last socket ended, and asks again what was not
        answered; False where that did not succeed."""
        await self.leave()
        place: Any = SimpleNamespace(url=url)
        program = Program(replace(self.meeting, server=place), self.seat)
        try:
            async with asyncio.timeout(within):
                await program.connect(self.seq)
            if program.welcome["type"] != "welcome":
                return False
            self._program = program
            self._hear(program.welcome)
            self.is_live = True
            self._reading = asyncio.create_task(self._read(program))
            for command_id, (name, data) in list(self.pending.items()):
                await self._send(command_id, name, data)
        except Exception:  # the line broke or the worker is away: that is what this is about
            return False
        return True

    async def leave(self, politely: bool = False) -> None:
        self.is_live = False
        program, self._program = self._program, None
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if program:
            if not politely:
                program.socket.transport.abort()
            await program.close()

    async def _read(self, program: Program) -> None:
        try:
            while True:
                self._hear(json.loads(await program.socket.recv()))
        except Exception:
            self.is_live = False

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome" and "board" in frame:
            self.wrong.append(f"began anew at {frame['seq']}, after {self.seq}")
        for event in frame.get("events", []):
            if event["seq"] <= self.seq:
                self.twice += 1
            elif event["seq"] != self.seq + 1:
                self.wrong.append(f"heard {event['seq']} after {self.seq}")
            self.seq = event["seq"]
            self.heard.append(event)
        if frame["type"] == "ack":
            self.pending.pop(frame["id"], None)
            before = self.confirmed.setdefault(frame["id"], frame["seq"])
            is_kept = self.asked[frame["id"]][0] in _ALWAYS
            if is_kept and before != frame["seq"]:
                self.wrong.append(f"confirmed as {before}, then as {frame['seq']}")
        elif frame["type"] == "error" and frame["code"] != "not_saved":
            self.pending.pop(frame["id"], None)
            is_kept = self.asked.get(frame["id"], ("", {}))[0] in _ALWAYS
            if is_kept and frame["id"] in self.confirmed:
                self.wrong.append(f"confirmed, then refused: {frame['code']}")

    # -- doing -----------------------------------------------------------------------------

    async def do(self, chance: random.Random) -> None:
        """Asks for something; the answer comes when it comes."""
        name, data = self._idea(chance)
        command_id = new_id()
        self.pending[command_id] = self.asked[command_id] = (name, data)
        await self._send(command_id, name, data)

    async def ask_again(self, chance: random.Random) -> None:
        """As programs do whose line broke before the answer came."""
        if self.asked:
            command_id = chance.choice(list(self.asked))
            await self._send(command_id, *self.asked[command_id])

    async def _send(self, command_id: str, name: str, data: dict[str, Any]) -> None:
        if self._program:
            frame = {"type": "command", "id": command_id, "name": name, "data": data}
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    await self._program.send(frame)

    def _idea(self, chance: random.Random) -> tuple[str, dict[str, Any]]:
        kind = chance.random()
        if kind < 0.35 or not self.cards:
            card = new_id()
            self.cards.append(card)
            text = f"words {chance.random()}"
            return "card.add", {"id": card, "column": "worries", "text": text}
        card = chance.choice(self.cards)
        if kind < 0.75:
            text = f"other words {new_id()}"
            return "words.write", {"id": card, "field": "text", "text": text}
        if kind < 0.9:
            column = chance.choice(["worries", "working", "needs"])
            return "card.move", {"id": card, "column": column}
        return "undo", {}


async def all_settle(members: list[Member], urls: list[str], within: float = 30) -> None:
    """Until everyone is at a worker, everything was answered, and all have heard the same.

    Raises TimeoutError.
    """
    deadline = time.monotonic() + within
    while True:
        await asyncio.gather(*(_come_back(one, urls) for one in members))
        await asyncio.sleep(0.3)
        far = max(max([one.seq, *one.confirmed.values()]) for one in members)
        if all(one.is_live and not one.pending and one.seq == far for one in members):
            return
        if time.monotonic() > deadline:
            state = [(one.is_live, one.seq, len(one.pending)) for one in members]
            raise TimeoutError(f"up to {far}, people are at {state}")


async def _come_back(member: Member, urls: list[str]) -> None:
    if not member.is_live or member.pending:
        await member.connect(random.choice(urls))


def record_of(meeting: Meeting, url: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{url}/api/meetings/{meeting.id}/record"
    return httpx.get(address, headers=headers, timeout=60).raise_for_status().json()


def lost_edits(members: list[Member], record: dict[str, Any]) -> int:
    """How many that were acknowledged are not in the log, or under another number."""
    logged = {event["command"]: event["seq"] for event in record["events"]}
    return sum(
        logged.get(command_id) != seq
        for member in members
        for command_id, seq in member.confirmed.items()
        if command_id in logged or member.asked[command_id][0] in _ALWAYS
    )


def what_is_wrong(members: list[Member], record: dict[str, Any]) -> list[str]:
    """All that must not be, in plain words."""
    wrong = [f"{one.seat.person}: {said}" for one in members for said in one.wrong]
    log = record["events"]
    if [event["seq"] for event in log] != list(range(1, len(log) + 1)):
        wrong.append("the log has gaps")
    commands = [(event["by"], event["command"]) for event in log]
    if len(set(commands)) != len(commands):
        wrong.append("a command is in the log twice")
    if lost_edits(members, record):
        wrong.append("an acknowledged edit is not in the log")
    events = [Event.from_dict(event) for event in log]
    if board_as_dict(replay(record["meeting"], events)) != record["board"]:
        wrong.append("the log does not lead to the board")
    for member in members:
        if member.twice:
            wrong.append(f"{member.seat.person} was told {member.twice} events twice")
        if [event["seq"] for event in member.heard] != [event["seq"] for event in log]:
            wrong.append(f"{member.seat.person} heard {len(member.heard)} of {len(log)} events")
        elif _cards(member.heard) != _cards(log):
            wrong.append(f"{member.seat.person} sees other cards than the log says")
    # The facilitator is told all that is in the log, the others less of people and what is gone.
    if members[0].heard != log:
        wrong.append("the facilitator heard other events than the log has")
    return wrong


def _cards(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The cards that stand, as they follow from events."""
    cards: dict[str, dict[str, Any]] = {}
    for change in (change for event in events for change in event["changes"]):
        if change["kind"] == "card":
            cards.setdefault(change["id"], {}).update(change["set"])
    return {card: values for card, values in cards.items() if not values.get("withdrawn")}
