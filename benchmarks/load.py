"""People of many meetings, and their edits: how soon everyone sees them, and at what cost."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
import time
from dataclasses import dataclass, field

import httpx
from pycrdt import Doc, Text

from app.board.texts import first_state
from benchmarks.servers import Process, Workers
from benchmarks.sockets import Socket, connect

_EVENT = re.compile(rb'"type":"event","from":(\d+),"seq":(\d+)')
_ACK = re.compile(rb'"type":"ack","id":"([^"]+)","seq":(\d+)')
_WORDS = "The shifts change every week, and nobody knows who is at home"
_ROLES = ("worker", "family", "child", "network")


@dataclass(slots=True)
class Shape:
    """A scenario: boards x people, and edits a second over all boards."""

    boards: int
    people: int
    edits: float
    seconds: float = 15.0

    @property
    def name(self) -> str:
        return f"{self.boards} x {self.people}"


@dataclass(slots=True)
class Result:
    latencies: list[float] = field(default_factory=list)  # edit to seen by all, in ms
    deliveries: int = 0
    bytes: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0  # of the process with everyone connected, in MB
    per_socket: float = 0.0  # KB
    wrong: list[str] = field(default_factory=list)

    def at(self, part: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    @property
    def cpu_per_100k(self) -> float:
        return self.cpu / self.deliveries * 100_000


# -- Kinboard ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Board:
    id: str
    sockets: list[Socket] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    sent: dict[str, float] = field(default_factory=dict)
    acked: dict[int, float] = field(default_factory=dict)
    seen: dict[int, tuple[int, float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    bytes: int = 0


async def _meeting(client: httpx.AsyncClient, family: str, people: int) -> tuple[str, list[dict]]:
    made = (await client.post(f"/api/families/{family}/meetings", json={"title": "Bench"})).json()
    meeting = made["meeting"]
    await client.post(f"/api/meetings/{meeting}/open")
    seats = [made["facilitator"]]
    for number in range(people - 1):
        wish = {"code": made["code"], "called": f"Person {number}", "relation": "aunt"}
        seat = (await client.post("/api/join", json=wish)).json()
        address = f"/api/meetings/{meeting}/people/{seat['person']}/admit"
        await client.post(address, json={"role": _ROLES[min(number, 3) if number < 4 else 1]})
        seats.append(seat)
    return meeting, seats


async def prepare(
    server: Process | Workers, token: str, shape: Shape
) -> list[tuple[str, list[dict]]]:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
        family = (await client.post("/api/families", json={"name": "Bench"})).json()["id"]
        making = [_meeting(client, family, shape.people) for _ in range(shape.boards)]
        return [one for some in _chunks(making, 10) for one in await asyncio.gather(*some)]


def _chunks(items: list, size: int) -> list[list]:
    return [items[start : start + size] for start in range(0, len(items), size)]


async def sit_down(server: Process | Workers, meeting: str, seats: list[dict]) -> Board:
    board = Board(meeting)
    for number, seat in enumerate(seats):
        url = f"{server.at(number)}/live/{meeting}"
        socket = await connect(url, "kinboard.v1.html")
        welcome: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        socket.heard = lambda data, at, welcome=welcome: welcome.set_result(data)
        hello = {"type": "hello", "person": seat["person"], "token": seat["token"]}
        socket.send(json.dumps(hello | {"after": 10**9}))
        seq = json.loads(await welcome)["seq"]
        socket.heard = _listener(board, seq)
        board.sockets.append(socket)
    return board


def _listener(board: Board, last: int):
    """Checks that events come once and in order, and notes when."""

    def heard(data: bytes, at: float) -> None:
        nonlocal last
        event = _EVENT.search(data, 0, 60)
        if event:
            first, seq = int(event[1]), int(event[2])
            if first != last + 1:
                board.refused.append(f"a gap: {last} then {first}")
            last = seq
            for number in range(first, seq + 1):
                times, _ = board.seen.get(number, (0, 0.0))
                board.seen[number] = (times + 1, at)
            board.bytes += len(data)
            return
        ack = _ACK.search(data, 0, 120)
        if ack:
            board.acked[int(ack[2])] = board.sent[ack[1].decode()]
        elif data.startswith(b'{"type":"error"'):
            board.refused.append(data.decode())

    return heard


def document(words: str) -> Text:
    doc: Doc = Doc()
    text = doc.get("t", type=Text)
    doc.apply_update(first_state(words))
    return text


def typed(text: Text, words: str) -> str:
    """The update that a page sends after a quarter of a second of typing."""
    doc = text.doc
    before = doc.get_state()
    if len(str(text)) > 150:
        del text[0:60]
    text.insert(len(str(text)), words)
    return base64.b64encode(doc.get_update(before)).decode()


def edit(board: Board, number: int) -> None:
    """Seven in ten edits are writing in a card, the others new and moved cards."""
    id = f"edit-{number:08}"
    kind = random.random() if len(board.cards) > 1 else 1.0
    socket = board.sockets[0] if kind < 0.85 else random.choice(board.sockets)
    if kind < 0.7:
        card = random.choice(board.cards)
        name, data = "words.write", {"id": card, "field": "text"}
        data["update"] = typed(board.texts[card], f" week {number}")
    elif kind < 0.85:
        # The last one to the top: never where it stands already.
        board.cards.insert(0, board.cards.pop())
        name, data = "card.move", {"id": board.cards[0], "column": "worries"}
    else:
        card = f"card-{number:08}"
        name, data = "card.add", {"id": card, "column": "worries"}
        data["text"] = _WORDS
        board.cards.append(card)
        board.texts[card] = document(_WORDS)
    board.sent[id] = time.perf_counter()
    socket.send(json.dumps({"type": "command", "id": id, "name": name, "data": data}))


async def _warm(server: Process | Workers, token: str) -> None:
    """What the first board costs once, such as compiled templates, is no socket's memory."""
    ((meeting, seats),) = await prepare(server, token, Shape(1, 2, 0))
    board = await sit_down(server, meeting, seats)
    for number in range(10):
        edit(board, number)
        await asyncio.sleep(0.05)
    for socket in board.sockets:
        socket.close()


async def run(server: Process | Workers, token: str, shape: Shape) -> Result:
    meetings = await prepare(server, token, shape)
    await _warm(server, token)
    before = server.memory
    boards = [await sit_down(server, meeting, seats) for meeting, seats in meetings]
    await asyncio.sleep(1)  # who is here has been told
    result = Result()
    for number in range(shape.boards * 3):  # warm, and some cards to write in
        edit(boards[number % shape.boards], number)
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    result.memory = server.memory
    result.per_socket = (result.memory - before) * 1024 / (shape.boards * shape.people)
    for board in boards:
        board.seen.clear()
        board.acked.clear()
        board.bytes = 0
    cpu, started = server.cpu, time.perf_counter()
    total = int(shape.edits * shape.seconds)
    for number in range(total):
        edit(boards[number % shape.boards], 1_000_000 + number)
        await _pace(started, (number + 1) / shape.edits)
    await asyncio.sleep(1)
    result.seconds = shape.seconds
    result.cpu = server.cpu - cpu
    for board in boards:
        _judge(board, result)
        result.bytes += board.bytes
        for socket in board.sockets:
            socket.close()
    if len(result.latencies) != total:
        result.wrong.append(f"{total} edits, {len(result.latencies)} seen by all")
    return result


def _judge(board: Board, result: Result) -> None:
    result.wrong.extend(board.refused)
    for seq, sent in board.acked.items():
        times, last = board.seen.get(seq, (0, 0.0))
        result.deliveries += times
        if times != len(board.sockets):
            result.wrong.append(f"event {seq} was seen {times} times")
            continue
        result.latencies.append((last - sent) * 1000)


async def _pace(started: float, due: float) -> None:
    left = started + due - time.perf_counter()
    await asyncio.sleep(max(0.0, left))


# -- the bare server -----------------------------------------------------------------------------


async def run_bare(server: Process, shape: Shape, size: int) -> Result:
    """The same people and edits; frames as long as Kinboard's were on average."""
    result = Result()
    before = server.memory
    seen: dict[int, tuple[int, float]] = {}

    def heard(data: bytes, at: float) -> None:
        number = int(data[:10])
        times, _ = seen.get(number, (0, 0.0))
        seen[number] = (times + 1, at)

    rooms = []
    for room in range(shape.boards):
        sockets = [await connect(f"{server.url}/room-{room}") for _ in range(shape.people)]
        for socket in sockets:
            socket.heard = heard
        rooms.append(sockets)
    await asyncio.sleep(0.5)
    result.memory = server.memory
    result.per_socket = (result.memory - before) * 1024 / (shape.boards * shape.people)
    cpu, started = server.cpu, time.perf_counter()
    sent = {}
    total = int(shape.edits * shape.seconds)
    for number in range(total):
        sent[number] = time.perf_counter()
        random.choice(rooms[number % shape.boards]).send(f"{number:010}".ljust(size, "x"))
        await _pace(started, (number + 1) / shape.edits)
    await asyncio.sleep(1)
    result.seconds = shape.seconds
    result.cpu = server.cpu - cpu
    for number, at in sent.items():
        times, last = seen.get(number, (0, 0.0))
        result.deliveries += times
        result.latencies.append((last - at) * 1000)
        if times != shape.people:
            result.wrong.append(f"text {number} was seen {times} times")
    for sockets in rooms:
        for socket in sockets:
            socket.close()
    return result
