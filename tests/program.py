"""A small client of kinboard.v1.json, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.ids import new_id
from tests.server import Meeting, Seat


class Program:
    """One socket of one person. Frames that nobody waits for are kept in `frames`."""

    def __init__(self, meeting: Meeting, seat: Seat, dialect: str = "kinboard.v1.json") -> None:
        self.meeting = meeting
        self.seat = seat
        self.dialect = dialect
        self.frames: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.welcome: dict[str, Any] = {}
        self.seq = 0
        self.socket: ClientConnection

    async def connect(self, after: int | None = None) -> Program:
        url = f"ws{self.meeting.server.url[4:]}/live/{self.meeting.id}"
        self.socket = await connect(url, subprotocols=[self.dialect])  # type: ignore[list-item]
        hello = {"type": "hello", "person": self.seat.person, "token": self.seat.token}
        if after is not None:
            hello["after"] = after
        await self.send(hello)
        self.welcome = await self.receive()
        return self

    async def send(self, frame: Any) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def receive(self, within: float = 5) -> dict[str, Any]:
        async with asyncio.timeout(within):
            frame = json.loads(await self.socket.recv())
        self.frames.append(frame)
        if frame["type"] in ("welcome", "events"):
            events = frame.get("events", [])
            self.events.extend(events)
            self.seq = max(self.seq, frame.get("seq", 0), *(one["seq"] for one in events), 0)
        return frame

    async def until(self, wanted: str, within: float = 5, **fields: Any) -> dict[str, Any]:
        """The next frame of a type, with these fields."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.receive(within)
                same = all(frame.get(name) == value for name, value in fields.items())
                if frame["type"] == wanted and same:
                    return frame

    async def ask(self, name: str, command_id: str = "", **data: Any) -> dict[str, Any]:
        """The answer to a command: an ack, or an error."""
        command_id = command_id or new_id()
        await self.send({"type": "command", "id": command_id, "name": name, "data": data})
        while True:
            frame = await self.receive()
            if frame.get("id") == command_id and frame["type"] in ("ack", "error"):
                return frame

    async def catch_up(self, seq: int) -> None:
        """Until this socket has been told of an event."""
        while self.seq < seq:
            await self.receive()

    async def closed(self, within: float = 5) -> int:
        """The code with which the server closes the socket."""
        async with asyncio.timeout(within):
            while True:
                try:
                    await self.receive(within)
                except ConnectionClosed as end:
                    return end.rcvd.code if end.rcvd else 1006

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self.socket.close()


async def sit_down(meeting: Meeting, seat: Seat, after: int | None = None) -> Program:
    return await Program(meeting, seat).connect(after)
