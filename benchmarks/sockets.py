"""A websocket client that costs so little that the server is what is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable
from struct import unpack
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode


class Socket(asyncio.Protocol):
    """Calls `heard(data, at)` for every text or binary frame; `at` is time.perf_counter()."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._data = b""
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard: Callable[[bytes, float], None] = lambda data, at: None
        self.lost = False

    def connection_made(self, transport) -> None:
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, exc) -> None:
        self.lost = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("refused"))

    def send(self, text: str) -> None:
        self._transport.write(Frame(Opcode.TEXT, text.encode()).serialize(mask=True))

    def send_bytes(self, data: bytes) -> None:
        self._transport.write(Frame(Opcode.BINARY, data).serialize(mask=True))

    def close(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        data = self._data + data if self._data else data
        if not self._is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._data = head
                return
            if b" 101 " not in head[:20]:
                self.opened.set_exception(ConnectionError(head.decode()))
                return
            self._is_open = True
            self.opened.set_result(None)
        start = 0
        while len(data) - start >= 2:
            length, head = data[start + 1] & 0x7F, 2
            if length == 126:
                if len(data) - start < 4:
                    break
                length, head = unpack("!H", data[start + 2 : start + 4])[0], 4
            elif length == 127:
                if len(data) - start < 10:
                    break
                length, head = unpack("!Q", data[start + 2 : start + 10])[0], 10
            end = start + head + length
            if len(data) < end:
                break
            opcode = data[start] & 0x0F
            if opcode in (Opcode.TEXT, Opcode.BINARY):
                self.heard(data[start + head : end], at)
            elif opcode == Opcode.PING:
                payload = data[start + head : end]
                self._transport.write(Frame(Opcode.PONG, payload).serialize(mask=True))
            start = end
        self._data = data[start:]


async def connect(url: str, protocol: str = "") -> Socket:
    parts = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {parts.path}{'?' if parts.query else ''}{parts.query} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    if protocol:
        lines.append(f"Sec-WebSocket-Protocol: {protocol}")
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(request), parts.hostname, parts.port)
    await socket.opened
    return socket
