"""Servers that a user could install instead, under the same load: people, boards and edits alike.

Each needs its packages once: `npm --prefix benchmarks/peers ci`. The Yjs servers are sent the
updates of a text in which somebody writes; Socket.IO texts as long as Kinboard's frames.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pycrdt import Doc, Text

from benchmarks.load import Result, Shape
from benchmarks.servers import Process
from benchmarks.sockets import Socket, connect

FOLDER = Path(__file__).parent / "peers"
_NUMBER = re.compile(rb"week (\d{8})")


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: how a socket comes into a room, and how one writes there."""

    name: str
    script: str
    path: Callable[[str], str]
    enter: Callable[[Socket, str], None]
    write: Callable[[Socket, str, str, Text, int], None]


def _string(text: str) -> bytes:
    data = text.encode()
    return _size(len(data)) + data


def _size(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _typed(text: Text, words: str) -> bytes:
    doc = text.doc
    before = doc.get_state()
    text.insert(len(str(text)), words)
    return doc.get_update(before)


def _y_write(socket: Socket, room: str, words: str, text: Text, size: int) -> None:
    update = _typed(text, words)
    socket.send_bytes(b"\x00\x02" + _size(len(update)) + update)


def _h_enter(socket: Socket, room: str) -> None:
    socket.send_bytes(_string(room) + b"\x02\x00" + _string("token"))
    socket.send_bytes(_string(room) + b"\x00\x00" + b"\x01\x00")


def _h_write(socket: Socket, room: str, words: str, text: Text, size: int) -> None:
    update = _typed(text, words)
    socket.send_bytes(_string(room) + b"\x00\x02" + _size(len(update)) + update)


def _s_enter(socket: Socket, room: str) -> None:
    def heard(data: bytes, at: float) -> None:
        if data.startswith(b"40"):  # now one may speak
            socket.send("42" + json.dumps(["join", room]))

    socket.heard = heard
    socket.send("40")


def _s_write(socket: Socket, room: str, words: str, text: Text, size: int) -> None:
    socket.send("42" + json.dumps(["edit", room, words.ljust(size, "x")]))


PEERS = (
    Peer("Hocuspocus, SQLite", "hocuspocus.mjs", lambda room: f"/{room}", _h_enter, _h_write),
    Peer("y-websocket, memory", "y-websocket.mjs", lambda room: f"/{room}",
         lambda socket, room: None, _y_write),
    Peer("Socket.IO, no storage", "socketio.mjs",
         lambda room: "/socket.io/?EIO=4&transport=websocket", _s_enter, _s_write),
)  # fmt: skip


def start(peer: Peer, folder: Path) -> Process:
    return Process(
        [str(FOLDER / peer.script)], PROGRAM="node", DATABASE=str(folder / f"{peer.script}.db")
    )


async def run(peer: Peer, server: Process, shape: Shape, size: int) -> Result:
    result = Result()
    seen: dict[int, tuple[int, float]] = {}

    def heard(data: bytes, at: float) -> None:
        for found in _NUMBER.findall(data):
            times, _ = seen.get(int(found), (0, 0.0))
            seen[int(found)] = (times + 1, at)

    before = server.memory
    rooms: list[tuple[str, list[Socket], Text]] = []
    for number in range(shape.boards):
        room = f"room-{number}"
        sockets = [await connect(server.url + peer.path(room)) for _ in range(shape.people)]
        for socket in sockets:
            peer.enter(socket, room)
        doc: Doc = Doc()
        rooms.append((room, sockets, doc.get("t", type=Text)))
    await asyncio.sleep(2)
    for _, sockets, _ in rooms:
        for socket in sockets:
            socket.heard = heard
    result.memory = server.memory
    result.per_socket = (result.memory - before) * 1024 / (shape.boards * shape.people)
    total = int(shape.edits * shape.seconds)
    sent: dict[int, float] = {}
    cpu, started = server.cpu, time.perf_counter()
    for number in range(total):
        room, sockets, text = rooms[number % shape.boards]
        sent[number] = time.perf_counter()
        peer.write(sockets[0], room, f" week {number:08}", text, size)
        await asyncio.sleep(max(0.0, started + (number + 1) / shape.edits - time.perf_counter()))
    await asyncio.sleep(2)
    result.seconds = shape.seconds
    result.cpu = server.cpu - cpu
    for number, at in sent.items():
        times, last = seen.get(number, (0, 0.0))
        result.deliveries += times
        result.latencies.append((last - at) * 1000)
        if times < shape.people - 1:  # some do not tell the writer
            result.wrong.append(f"edit {number} was seen {times} times")
    for _, sockets, _ in rooms:
        for socket in sockets:
            socket.close()
    return result
