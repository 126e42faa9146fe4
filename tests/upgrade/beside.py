"""`make upgrade-check OLD=<commit>`: workers of an older release beside those of this checkout.

The older one starts first; then a newer one on the same PostgreSQL and Redis, which migrates.
Programs write to both, in the same cards; the older one is killed and started again on the newer
schema; at last it goes, as in a real update. Everybody must have heard the same, and nothing may
be lost or there twice.
"""

from __future__ import annotations

import asyncio
import io
import random
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

import httpx

from app.board.board import replay
from app.board.events import Event
from app.export.record import board_as_dict
from app.ids import new_id
from app.settings import ROOT
from tests.program import sit_down
from tests.server import Meeting, Server, new_meeting
from tests.services import Postgres, Redis

_SECONDS = 8.0


async def write(meeting: Meeting, called: str, cards: list[str]) -> dict[str, int]:
    """Writes for a while, also in cards of people at the other release; what was confirmed."""
    confirmed: dict[str, int] = {}
    seat = await asyncio.to_thread(meeting.join, called)
    after: int | None = None
    loop = asyncio.get_running_loop()
    until = loop.time() + _SECONDS
    while loop.time() < until:
        try:
            program = await sit_down(meeting, seat, after)
            while loop.time() < until:
                command_id = new_id()
                if random.random() < 0.4 or not cards:
                    cards.append(new_id())
                    data = {"id": cards[-1], "column": "worries", "text": called}
                    answer = await program.ask("card.add", command_id, **data)
                else:
                    data = {"id": random.choice(cards), "field": "text", "text": new_id()}
                    answer = await program.ask("words.write", command_id, **data)
                if answer["type"] == "ack":
                    confirmed[command_id] = answer["seq"]
                await asyncio.sleep(0.05)
        except Exception:  # it was killed: that is part of it
            await asyncio.sleep(0.3)
        else:
            await program.close()
    return confirmed


async def record(meeting: Meeting) -> dict:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{meeting.server.url}/api/meetings/{meeting.id}/record"
    answer = await asyncio.to_thread(httpx.get, address, headers=headers, timeout=30)
    return answer.raise_for_status().json()


async def check(older: Server, newer: Server) -> str:
    """Raises AssertionError where they do not get on with each other."""
    meeting = new_meeting(older)
    newer.start()
    there = replace(meeting, server=newer)
    newer.token = older.token
    cards: list[str] = []
    writing = [
        asyncio.create_task(write(one, f"Person {number}", cards))
        for number, one in enumerate([meeting, there] * 3)
    ]
    await asyncio.sleep(_SECONDS / 3)
    older.kill()
    await asyncio.to_thread(older.start)
    confirmed: dict[str, int] = {}
    for some in await asyncio.gather(*writing):
        confirmed |= some
    # Read by both, each as it has the board in memory; and after the older one is gone.
    await asyncio.sleep(2)
    told = [await record(meeting), await record(there)]
    older.stop()
    newer.stop()
    newer.start()
    told.append(await record(there))
    log = told[0]["events"]
    by_command = {event["command"]: event["seq"] for event in log}
    assert confirmed.items() <= by_command.items(), "something confirmed is not in the log"
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1)), "the log has gaps"
    assert len(by_command) == len(log), "something is in the log twice"
    events = [Event.from_dict(event) for event in log]
    board = board_as_dict(replay(meeting.id, events))
    for one in told:
        assert one["events"] == log
        assert one["board"] == board, "a board is not what its log leads to"
    return f"{len(confirmed)} edits confirmed by both releases, all there, none twice"


def unpacked(commit: str, folder: Path) -> Path:
    run = ["git", "archive", commit]
    packed = subprocess.run(run, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main(commit: str) -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in ("old", "older", "newer", "redis"):
            (folder / name).mkdir()
        postgres, redis = Postgres(), Redis(folder / "redis")
        postgres.start()
        redis.start()
        shared = {
            "KINBOARD_DATABASE_URL": postgres.new_database(),
            "KINBOARD_REDIS_URL": redis.url,
            "KINBOARD_KEY_FILE": f"{folder}/kinboard.keys",
        }
        older = Server(folder / "older", **shared)
        older.checkout = unpacked(commit, folder / "old")
        newer = Server(folder / "newer", **shared)
        try:
            older.start()
            print(f"{commit}: {asyncio.run(check(older, newer))}")
        finally:
            for server in (older, newer):
                server.stop()
            redis.stop()
            postgres.remove()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Which release runs already? OLD=<commit> make upgrade-check")
    sys.exit(main(sys.argv[1]))
