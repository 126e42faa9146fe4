"""Programs play the demo meeting: through the public protocol alone, as docs/protocol.md has it."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from contextlib import AsyncExitStack
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from app.demo.load import Demo, filled, known
from app.demo.script import LATER, NEXT
from app.ids import new_id
from app.settings import Settings

# Seconds between two things that happen, and between two letters that somebody types.
_PAUSE = 2.2
_LETTER = 0.05


class NotRunning(Exception):
    """There is no demo to play, in a sentence."""


async def run(settings: Settings, speed: float = 1.0) -> int:
    """Plays to the end; what `kinboard play` does."""
    demo = known(settings)
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"
    try:
        if demo is None:
            raise NotRunning("There is no demo meeting yet. Start it with: make run")
        await Player(f"http://{host}:{settings.port}", demo, speed).play()
    except NotRunning as problem:
        print(problem, file=sys.stderr)
        return 1
    print("The programs have played their part and left.")
    return 0


class Player:
    def __init__(self, url: str, demo: Demo, speed: float) -> None:
        self.url = url
        self.demo = demo
        self.speed = max(0.1, speed)
        self.seats = {key: dict(seat) for key, seat in demo["seats"].items()}
        # The script's new things get fresh ids each time; the others are those on the board.
        self.items = dict(demo["items"])
        self.sockets: dict[str, ClientConnection] = {}

    async def play(self) -> None:
        async with AsyncExitStack() as stack:
            self._stack = stack
            for key in self.seats:
                if key != "wall":
                    await self._sit_down(key)
            for who, command, data in NEXT:
                await asyncio.sleep(_PAUSE / self.speed)
                await self._act(who, command, data)

    async def _act(self, who: str, command: str, data: dict[str, Any]) -> None:
        if command == "person.join":
            await self._come_in(who)
            return
        persons = {key: seat["person"] for key, seat in self.seats.items()}
        ready = filled(data, persons, self.items)
        if command == "card.add":
            await self._type(who, f"column-{ready['column']}", ready["text"])
        await self._ask(who, command, ready)

    async def _type(self, who: str, where: str, text: str) -> None:
        for end in range(3, len(text) + 3, 3):
            await self._send(who, {"type": "typing", "where": where, "text": text[:end]})
            await asyncio.sleep(3 * _LETTER / self.speed)
        await self._send(who, {"type": "typing", "where": where, "text": None})

    async def _come_in(self, who: str) -> None:
        """Somebody new, with the code; the facilitator sees them at the door, and lets them in."""
        called, relation, role, lang = LATER[who]
        wish = {"code": self.demo["code"], "called": called, "relation": relation, "lang": lang}
        seat = await self._rest("/api/join", wish)
        self.seats[who] = seat
        await asyncio.sleep(_PAUSE / self.speed)
        await self._ask("sam", "person.admit", {"id": seat["person"], "role": role})
        await self._sit_down(who)

    async def _sit_down(self, key: str) -> None:
        seat = self.seats[key]
        address = f"ws{self.url[4:]}/live/{self.demo['meeting']}"
        try:
            opening = connect(address, subprotocols=["kinboard.v1.json"])  # type: ignore[list-item]
            socket = await self._stack.enter_async_context(opening)
        except OSError:
            problem = f"No Kinboard answers at {self.url}. Start it with: make run"
            raise NotRunning(problem) from None
        self.sockets[key] = socket
        await self._send(key, {"type": "hello", "person": seat["person"], "token": seat["token"]})
        first = json.loads(await socket.recv())
        if first["type"] != "welcome":
            raise NotRunning(f"The demo meeting did not let {key} in: {first.get('message', '')}")

    async def _ask(self, who: str, name: str, data: dict[str, Any]) -> None:
        command = {"type": "command", "id": new_id(), "name": name, "data": data}
        await self._send(who, command)
        while True:
            frame = json.loads(await self.sockets[who].recv())
            if frame.get("id") == command["id"]:
                return  # saved; or refused, since people at the board were faster

    async def _send(self, who: str, frame: dict[str, Any]) -> None:
        await self.sockets[who].send(json.dumps(frame))

    async def _rest(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            json.dumps(data).encode(),
            {"content-type": "application/json", "authorization": f"Bearer {self.demo['token']}"},
        )
        try:
            answer = await asyncio.to_thread(urllib.request.urlopen, request, timeout=10)
        except urllib.error.HTTPError as refusal:
            problem = f"The demo meeting takes nobody in: {refusal.code}"
            raise NotRunning(problem) from None
        return json.load(answer)
