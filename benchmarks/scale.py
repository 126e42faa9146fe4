"""`make bench-scale`: Kinboard on SQLite and PostgreSQL, on one worker and several, beside a bare
server and servers that a user could install instead; 20 boards of 15 people, 400 edits a second.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import peers, servers
from benchmarks.load import Result, Shape, run, run_bare
from tests.services import Postgres, Redis

SHAPE = Shape(20, 15, 400, 10)
RESULTS = Path(__file__).parent / "SCALE.md"

_HEAD = (
    "| server | p50 ms | p99 ms | deliveries/s | CPU s per 100k deliveries | against bare | MB |\n"
    "|---|---|---|---|---|---|---|"
)


def _row(name: str, result: Result, bare: Result) -> str:
    cells = [
        name,
        *(f"{result.at(part):.1f}" for part in (0.5, 0.99)),
        f"{result.deliveries / result.seconds:,.0f}",
        f"{result.cpu_per_100k:.2f}",
        f"{result.cpu_per_100k / bare.cpu_per_100k:.2f}",
        f"{result.memory:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _kinboards(folder: Path, postgres: Postgres, redis: Redis) -> Iterator[tuple[str, Result]]:
    server = servers.kinboard(folder)
    try:
        yield "Kinboard, SQLite", asyncio.run(run(server, servers.token(server), SHAPE))
    finally:
        server.stop()
    for count in (1, 2, 4):
        where = {"KINBOARD_DATABASE_URL": postgres.new_database()}
        if count > 1:
            where["KINBOARD_REDIS_URL"] = redis.url
        workers = servers.Workers(count, folder, **where)
        try:
            result = asyncio.run(run(workers, servers.token(workers), SHAPE))
            yield f"Kinboard, PostgreSQL, {count} worker{'s' * (count > 1)}", result
        finally:
            workers.stop()


def measure() -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        postgres, redis = Postgres(), Redis(folder / "redis")
        postgres.start()
        redis.start()
        try:
            told = []
            for label, result in _kinboards(folder, postgres, redis):
                print(label, flush=True)
                told.append((label, result))
        finally:
            redis.stop()
            postgres.remove()
        size = told[0][1].bytes // max(1, told[0][1].deliveries)
        server = servers.bare()
        try:
            bare = asyncio.run(run_bare(server, SHAPE, size))
        finally:
            server.stop()
        told.append((f"bare, {size} bytes", bare))
        for peer in peers.PEERS:
            process = peers.start(peer, folder)
            try:
                told.append((peer.name, asyncio.run(peers.run(peer, process, SHAPE, size))))
            finally:
                process.stop()
    for label, result in told:
        for wrong in result.wrong[:3]:
            print(f"{label}: {wrong}")
    return [_row(label, result, bare) for label, result in told]


def main() -> int:
    if not (peers.FOLDER / "node_modules").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            print("The peers need Node.js: please install npm.")
            return 1
        subprocess.run([npm, "ci", "--prefix", str(peers.FOLDER)], check=True)
    rows = [_HEAD, *measure()]
    print("\n".join(rows))
    RESULTS.write_text("# Measured at scale\n\n" + _INTRO + "\n".join(rows) + "\n", "utf-8")
    return 0


_INTRO = """\
By `make bench-scale`: 20 boards of 15 people, 400 edits a second in all, for ten seconds. The
server's processes share one core, the load has the other; PostgreSQL and Redis run where there is
room, and their CPU is not counted. Kinboard checks rights, commits each edit durably and renders
HTML before anybody is told; the bare server and Socket.IO send texts of the same length and store
nothing; y-websocket keeps documents in memory; Hocuspocus stores two seconds later.

"""


if __name__ == "__main__":
    sys.exit(main())
