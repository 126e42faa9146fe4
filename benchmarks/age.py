"""Whether an old board is slower: an edit at 100 events and at 10,000, and opening it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks import servers
from benchmarks.load import Board, Shape, edit, prepare, sit_down

_EVENTS = 10_000
_SAMPLE = 500


async def _edits(
    server: servers.Process, board: Board, first: int, count: int
) -> tuple[float, float]:
    """(CPU ms, wall ms) for each of so many edits, one after the other."""
    cpu, started = server.cpu, time.perf_counter()
    for number in range(first, first + count):
        acked = len(board.acked)
        edit(board, number)
        while len(board.acked) == acked and not board.refused:  # noqa: ASYNC110
            await asyncio.sleep(0.0005)
        assert not board.refused, board.refused[0]
    return (server.cpu - cpu) * 1000 / count, (time.perf_counter() - started) * 1000 / count


async def _measure(folder: Path) -> str:
    server = servers.kinboard(folder)
    try:
        token = servers.token(server)
        ((meeting, seats),) = await prepare(server, token, Shape(1, 5, 0))
        board = await sit_down(server, meeting, seats)
        await _edits(server, board, 0, 100)
        young = await _edits(server, board, 100, _SAMPLE)
        await _edits(server, board, 100 + _SAMPLE, _EVENTS - _SAMPLE - 100)
        old = await _edits(server, board, _EVENTS, _SAMPLE)
        server.stop()
        server.start()
        address = f"{server.url}/m/{meeting}/{seats[0]['person']}"
        cookies = {f"kb_{seats[0]['person']}": seats[0]["token"]}
        async with httpx.AsyncClient(cookies=cookies, timeout=60) as client:
            await client.get(f"{server.url}/join")
            started = time.perf_counter()
            page = await client.get(address)
            cold = (time.perf_counter() - started) * 1000
            started = time.perf_counter()
            await client.get(address)
            warm = (time.perf_counter() - started) * 1000
        assert page.status_code == 200, page.status_code
    finally:
        server.stop()
    return (
        f"One edit on a board of 100 events: {young[0]:.2f} ms of CPU, {young[1]:.2f} ms until "
        f"saved; of {_EVENTS:,} events: {old[0]:.2f} ms and {old[1]:.2f} ms.\n"
        f"A board of {_EVENTS:,} events opens in {cold:.0f} ms right after the server started, "
        f"in {warm:.0f} ms later."
    )


def measure() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))
