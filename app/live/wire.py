"""Frames, and how they get to a socket.

A frame is encoded once and the same bytes are written to everyone. Under uvicorn they go straight
to the transport (`FastWire`), which costs half of what an ASGI message for each socket does; any
other server gets the same frames through ASGI (`AsgiWire`).
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import cached_property
from typing import Any, Protocol

import orjson
from starlette.websockets import WebSocket
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

EXTENSION = "kinboard.transport"
# Seconds in which a socket that is closed may still take what was sent to it.
_LINGER = 12.0


class Frame:
    """One JSON text frame for any number of sockets."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._json = orjson.dumps(told)

    @property
    def text(self) -> str:
        return self._json.decode()

    @cached_property
    def wire(self) -> bytes:
        """The whole frame as RFC 6455 has it, header and all."""
        return WebSocketFrame(Opcode.TEXT, self._json).serialize(mask=False)


class Wire(Protocol):
    def send(self, frame: Frame) -> None: ...

    def close(self, code: int, reason: str = "") -> None: ...

    async def closed(self) -> None:
        """Until the code that `close` was given is on its way, if it was."""

    @property
    def backlog(self) -> int:
        """Bytes that were sent but not yet taken by the network."""


def wire_of(websocket: WebSocket) -> Wire:
    transport = websocket.scope.get("extensions", {}).get(EXTENSION)
    return FastWire(websocket, transport) if transport else AsgiWire(websocket)


class FastWire:
    """Writes to the transport that app/live/protocol.py hands over."""

    def __init__(self, websocket: WebSocket, transport: asyncio.Transport) -> None:
        self._websocket = websocket
        self._transport = transport
        self._closing: asyncio.Task[None] | None = None

    def send(self, frame: Frame) -> None:
        if not self._closing and not self._transport.is_closing():
            self._transport.write(frame.wire)

    def close(self, code: int, reason: str = "") -> None:
        if not self._closing:
            self._closing = asyncio.ensure_future(_close(self._websocket, code, reason))
            asyncio.get_running_loop().call_later(_LINGER, self._transport.abort)

    async def closed(self) -> None:
        if self._closing:
            await self._closing

    @property
    def backlog(self) -> int:
        if self._transport.is_closing():
            return 0  # nobody takes it any more
        return self._transport.get_write_buffer_size()


class AsgiWire:
    """Sends through ASGI, from a queue, so that one slow socket holds up nobody."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._queue: asyncio.Queue[Frame | tuple[int, str]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())
        self._closed = False
        self.backlog = 0

    def send(self, frame: Frame) -> None:
        if not self._closed:
            self.backlog += len(frame.text)
            self._queue.put_nowait(frame)

    def close(self, code: int, reason: str = "") -> None:
        if not self._closed:
            self._closed = True
            self._queue.put_nowait((code, reason))

    async def closed(self) -> None:
        if self._closed:
            await self._task

    async def _run(self) -> None:
        with contextlib.suppress(Exception):
            while True:
                frame = await self._queue.get()
                if isinstance(frame, tuple):
                    await _close(self._websocket, *frame)
                    return
                await self._websocket.send_text(frame.text)
                self.backlog -= len(frame.text)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(Exception):  # it may be gone already, which is as good
        await websocket.close(code, reason)
