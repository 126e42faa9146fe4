"""A program that writes all the time, and is not discouraged when its socket is closed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from websockets.exceptions import WebSocketException

from app.ids import new_id
from tests.program import Program
from tests.server import Meeting, Seat

_CARDS = 10


class Writer:
    """Adds a few cards and then writes in them; what was not confirmed is sent again with the
    same id."""

    def __init__(self, meeting: Meeting, seat: Seat, pause: float) -> None:
        self.meeting, self.seat, self.pause = meeting, seat, pause
        self.confirmed: dict[str, int] = {}
        self.cards: list[str] = []
        # The numbers of events in the order in which they were told, and the breaks: how long each
        # lasted, in seconds, and the code with which it began.
        self.heard: list[int] = []
        self.breaks: list[tuple[float, int]] = []

    async def write(self, done: asyncio.Event) -> None:
        """Until all is `done`; then every card is confirmed."""
        after: int | None = None
        pending = ""
        lost: tuple[float, int] | None = None
        while pending or not done.is_set():
            program = Program(self.meeting, self.seat)
            code = 1006
            try:
                await program.connect(after)
                if lost:
                    self.breaks.append((time.monotonic() - lost[0], lost[1]))
                    lost = None
                while pending or not done.is_set():
                    pending = pending or new_id()
                    answer = await self._ask(program, pending)
                    assert answer["type"] == "ack", answer
                    self.confirmed[pending] = answer["seq"]
                    pending = ""
                    await asyncio.sleep(self.pause)
            except (OSError, WebSocketException, TimeoutError) as end:
                received = getattr(end, "rcvd", None)
                code = received.code if received else 1006
            lost = lost or (time.monotonic(), code)
            self.heard += [event["seq"] for event in program.events]
            after = max(program.seq, after or 0)
            with contextlib.suppress(AttributeError):  # it may not even have connected
                await program.close()
            await asyncio.sleep(0.05)

    async def _ask(self, program: Program, command: str) -> dict[str, Any]:
        """The same command has the same id, however often it is asked."""
        if len(self.cards) < _CARDS or self.cards[-1] == f"card-{command}":
            card = f"card-{command}"
            if card not in self.cards:
                self.cards.append(card)
            return await program.ask("card.add", command, id=card, column="worries", text=command)
        return await program.ask(
            "words.write", command, id=self.cards[0], field="text", text=command
        )
