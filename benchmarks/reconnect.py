"""How soon everybody is live again when 500 phones come back in the same second, to two workers.

`python -m benchmarks.reconnect`: once after a break of the network, and once after both workers
were killed, so that they know nothing of any meeting. While they are away somebody has written, so
that each phone has something to be told.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.load import Shape, prepare
from benchmarks.servers import Process
from benchmarks.sockets import Socket, connect
from tests.services import Postgres, Redis

PHONES = 500
# Seconds in which all have to be live again.
WITHIN = 5.0
_SHAPES = (Shape(1, PHONES, 0), Shape(25, PHONES // 25, 0))
_MISSED = 40

Seats = list[tuple[str, dict]]


async def come(workers: list[Process], seats: Seats, after: int | None) -> list[tuple[Socket, int]]:
    """Each phone opens a socket and says hello; its socket and the number it is live at."""

    async def one(number: int, meeting: str, seat: dict) -> tuple[Socket, int]:
        url = f"{workers[number % len(workers)].url}/live/{meeting}"
        socket = await connect(url, "kinboard.v1.html")
        welcome: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        socket.heard = lambda data, at: welcome.done() or welcome.set_result(data)
        hello = {"type": "hello", "person": seat["person"], "token": seat["token"]}
        socket.send(json.dumps(hello | ({} if after is None else {"after": after})))
        told = json.loads(await welcome)
        assert told["type"] == "welcome", told
        assert after is None or not told["reset"], "the page would be loaded anew"
        return socket, told["seq"]

    return await asyncio.gather(*(one(number, *seat) for number, seat in enumerate(seats)))


async def write(worker: Process, meeting: str, seat: dict, count: int) -> None:
    ((socket, _),) = await come([worker], [(meeting, seat)], None)
    acked: asyncio.Queue[bytes] = asyncio.Queue()
    socket.heard = lambda data, at: (
        acked.put_nowait(data) if data[:13] == b'{"type":"ack"' else None
    )
    for number in range(count):
        data = {"column": "worries", "text": f"Written while the others were away, {number}"}
        command = {"type": "command", "id": f"away-{number:04}-{time.time_ns()}"}
        socket.send(json.dumps(command | {"name": "card.add", "data": data}))
        await acked.get()
    socket.close()


async def measure(workers: list[Process], token: str, shape: Shape) -> list[str]:
    meetings = await prepare(workers[0], token, shape)
    seats = [(meeting, seat) for meeting, some in meetings for seat in some]
    lines = []
    for name in ("a break of the network", "both workers were killed"):
        first = await come(workers, seats, None)
        after = min(seq for _, seq in first)
        await asyncio.sleep(1.5)
        for socket, _ in first:
            socket.close()
        for meeting, some in meetings:
            await write(workers[0], meeting, some[0], _MISSED)
        if name.startswith("both"):
            for worker in workers:
                worker.process.kill()
                worker.process.wait()
            for worker in workers:
                await asyncio.to_thread(worker.start)
                spread(worker)
        await asyncio.sleep(2)
        started = time.perf_counter()
        back = await come(workers, seats, after)
        took = time.perf_counter() - started
        lines.append(f"| {shape.name} | {name} | {took:.2f} s |")
        print(lines[-1], flush=True)
        for socket, _ in back:
            socket.close()
        await asyncio.sleep(1)
        if took > WITHIN:
            raise SystemExit(f"{PHONES} phones were not live within {WITHIN:g} s")
    return lines


def spread(worker: Process) -> None:
    """Over all cores: two workers on one would wait for each other."""
    os.sched_setaffinity(worker.process.pid, range(os.cpu_count() or 1))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        postgres, redis = Postgres(), Redis(Path(folder))
        postgres.start()
        redis.start()
        settings = {
            "KINBOARD_DATABASE_URL": postgres.new_database(),
            "KINBOARD_REDIS_URL": redis.url,
            "KINBOARD_KEY_FILE": f"{folder}/bench.keys",
            "HOST": "127.0.0.1",
        }
        workers = []
        try:
            for _ in range(2):
                workers.append(Process(["-m", "app.cli", "serve"], **settings))
                spread(workers[-1])
            token = servers.token(workers[0])
            print("| boards x people | after | all live within |\n|---|---|---|")
            for shape in _SHAPES:
                asyncio.run(measure(workers, token, shape))
        finally:
            for worker in workers:
                worker.stop()
            redis.stop()
            postgres.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
