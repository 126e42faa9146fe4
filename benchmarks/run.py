"""`make bench`: Kinboard beside a bare broadcast server, in the same run; see RESULTS.md.

One server process on one core, the load on the others. `python -m benchmarks.run 20x15` runs one
scenario only.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks import age, servers
from benchmarks.load import Result, Shape, run, run_bare

SHAPES = [Shape(1, 30, 5), Shape(20, 15, 40), Shape(100, 12, 40), Shape(1, 500, 5)]
RESULTS = Path(__file__).parent / "RESULTS.md"

_HEAD = (
    "| boards x people | edits/s | server | p50 ms | p95 ms | p99 ms | deliveries/s "
    "| CPU s per 100k deliveries | against bare | MB per 1,000 sockets | process MB |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(shape: Shape, name: str, result: Result, bare: Result) -> str:
    cells = [
        shape.name,
        f"{shape.edits:g}",
        name,
        *(f"{result.at(part):.1f}" for part in (0.5, 0.95, 0.99)),
        f"{result.deliveries / result.seconds:,.0f}",
        f"{result.cpu_per_100k:.1f}",
        f"{result.cpu_per_100k / bare.cpu_per_100k:.2f}",
        f"{result.per_socket * 1000 / 1024:.0f}",
        f"{result.memory:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


async def measure(shape: Shape, folder: Path) -> tuple[list[str], list[str]]:
    server = servers.kinboard(folder)
    try:
        ours = await run(server, servers.token(server), shape)
    finally:
        server.stop()
    size = max(20, ours.bytes // max(1, ours.deliveries))
    server = servers.bare()
    try:
        bare = await run_bare(server, shape, size)
    finally:
        server.stop()
    rows = [row(shape, "Kinboard", ours, bare), row(shape, f"bare, {size} bytes", bare, bare)]
    wrong = [f"{shape.name}: {text}" for text in [*ours.wrong, *bare.wrong][:5]]
    return rows, wrong


def main() -> int:
    wanted = sys.argv[1:]
    shapes = [shape for shape in SHAPES if not wanted or shape.name.replace(" ", "") in wanted]
    rows, wrong = [], []
    for shape in shapes:
        with tempfile.TemporaryDirectory() as folder:
            made, failed = asyncio.run(measure(shape, Path(folder)))
        rows += made
        wrong += failed
        print("\n".join([*made, *failed]), flush=True)
    lines = [_HEAD, *rows]
    if not wanted or "age" in wanted:
        aged = age.measure()
        print(aged)
        lines += ["", aged]
    if not wanted:
        RESULTS.write_text(_intro() + "\n".join(lines) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def _intro() -> str:
    day = datetime.date.today().isoformat()
    return (
        "# Measured\n\n"
        f"By `make bench` on {day}: {os.cpu_count()} cores, Python {platform.python_version()}, "
        "one worker on one core, SQLite in WAL with synchronous=FULL, the load on the other core.\n"
        "Latency is from an edit to the moment when the last of its people has it. The bare server "
        "(benchmarks/bare.py) sends texts of the same length in the same rooms and stores, checks "
        "and renders nothing.\n\n"
        "How to read it: one edit costs about a millisecond of CPU before anybody is told: its "
        "rules, the merged text, a durable commit, the fragments of each audience. Telling one "
        "person costs a little less than on the bare server. So a room of 500 comes close to the "
        "bare server, and many small rooms, where few are told of each edit, do not.\n\n"
    )


if __name__ == "__main__":
    sys.exit(main())
