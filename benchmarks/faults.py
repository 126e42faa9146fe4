"""`make soak`, second part: one meeting on three workers, in which something breaks 200 times.

Workers and Redis are killed with SIGKILL; the lines between people and workers, and between
workers and Redis or PostgreSQL, are cut, held and delayed. FAULTS=1000 make soak for more.
Prints what docs/faults.md shows: faults made, edits acknowledged, edits lost, edits seen twice.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from tests.lines import Line
from tests.server import Meeting, Server, new_meeting
from tests.services import Postgres, Redis
from tests.workers.members import Member, all_settle, lost_edits, record_of, what_is_wrong

FAULTS = int(os.environ.get("FAULTS", "200"))
WORKERS, PEOPLE = 3, 12
# Seconds between two faults, and how long a line is broken.
BETWEEN, BROKEN = (0.3, 1.5), (0.1, 2.5)


class Scene:
    """Three workers on one PostgreSQL and one Redis; each line of each worker can be broken."""

    def __init__(self, folder: Path) -> None:
        (folder / "redis").mkdir()
        self.redis = Redis(folder / "redis")
        self.redis.start()
        self.postgres = Postgres()
        self.postgres.start()
        database = self.postgres.new_database()
        self.servers: list[Server] = []
        self.to_people, self.to_redis, self.to_postgres = [], [], []
        for number in range(WORKERS):
            news, store = Line(self.redis.port), Line(self.postgres.port)
            own = folder / f"worker-{number}"
            own.mkdir()
            server = Server(
                own,
                KINBOARD_DATABASE_URL=database.replace(
                    f":{self.postgres.port}/", f":{store.port}/"
                ),
                KINBOARD_REDIS_URL=f"redis://127.0.0.1:{news.port}/0",
                KINBOARD_KEY_FILE=str(folder / "kinboard.keys"),
            )
            self.servers.append(server.start())
            self.to_redis.append(news)
            self.to_postgres.append(store)
            self.to_people.append(Line(server.port))
        self.urls = [f"http://127.0.0.1:{line.port}" for line in self.to_people]
        self.busy: set[int] = set()

    def stop(self) -> None:
        for line in [*self.to_people, *self.to_redis, *self.to_postgres]:
            line.mend()
        for server in self.servers:
            server.stop()
        self.redis.stop()
        self.postgres.remove()

    # -- what breaks -----------------------------------------------------------------------

    async def kill_worker(self) -> None:
        free = [number for number in range(WORKERS) if number not in self.busy]
        if len(free) < 2:  # one of them stays
            await self.break_line("people", self.to_people)
            return
        number = random.choice(free)
        self.busy.add(number)
        self.servers[number].kill()
        while True:
            try:
                await asyncio.to_thread(self.servers[number].start)
                break
            except RuntimeError:  # its line to PostgreSQL was broken just then
                await asyncio.sleep(0.3)
        self.busy.discard(number)

    async def kill_redis(self) -> None:
        if self.redis.process:
            await asyncio.to_thread(self.redis.stop, signal.SIGKILL)
            await asyncio.sleep(random.uniform(*BROKEN))
            await asyncio.to_thread(self.redis.start)

    async def break_line(self, _name: str, lines: list[Line]) -> None:
        line = random.choice(lines)
        how: Callable[[], None] = random.choice(
            [line.cut, line.hold, lambda: line.delay(random.uniform(0.02, 0.3))]
        )
        how()
        await asyncio.sleep(random.uniform(*BROKEN))
        line.mend()

    @property
    def faults(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "worker killed (SIGKILL)": self.kill_worker,
            "Redis killed (SIGKILL)": self.kill_redis,
            "line to people broken": lambda: self.break_line("people", self.to_people),
            "line to Redis broken": lambda: self.break_line("Redis", self.to_redis),
            "line to PostgreSQL broken": lambda: self.break_line("PostgreSQL", self.to_postgres),
        }


async def write_on(member: Member, scene: Scene, over: asyncio.Event) -> None:
    chance = random.Random()
    while not over.is_set():
        if not member.is_live or chance.random() < 0.01:
            await member.connect(random.choice(scene.urls), within=2)
        if len(member.pending) < 20:
            await member.do(chance)
        else:  # as a page does that hears no answer
            await member.connect(random.choice(scene.urls), within=2)
        if chance.random() < 0.05:
            await member.ask_again(chance)
        await asyncio.sleep(chance.uniform(0.05, 0.5))


async def break_things(scene: Scene, made: Counter[str]) -> None:
    running = set()
    kinds = list(scene.faults)
    # Half of them kill.
    weights = [3, 2, 2, 2, 1]
    for _ in range(FAULTS):
        await asyncio.sleep(random.uniform(*BETWEEN))
        kind = random.choices(kinds, weights)[0]
        made[kind] += 1
        running.add(asyncio.ensure_future(scene.faults[kind]()))
    await asyncio.gather(*running)


async def play(scene: Scene, meeting: Meeting, made: Counter[str]) -> list[Member]:
    seats = [meeting.join(f"Person {number}") for number in range(PEOPLE - 1)]
    members = [Member(meeting, seat) for seat in [meeting.facilitator, *seats]]
    over = asyncio.Event()
    writing = [asyncio.ensure_future(write_on(member, scene, over)) for member in members]
    await break_things(scene, made)
    over.set()
    await asyncio.gather(*writing)
    for line in [*scene.to_people, *scene.to_redis, *scene.to_postgres]:
        line.mend()
    await all_settle(members, scene.urls, within=60)
    for member in members:
        await member.leave()
    return members


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        started = time.monotonic()
        made: Counter[str] = Counter()
        try:
            meeting = new_meeting(scene.servers[0])
            members = asyncio.run(play(scene, meeting, made))
            record = record_of(replace(meeting, server=scene.servers[0]), scene.servers[0].url)
        finally:
            scene.stop()
    wrong = what_is_wrong(members, record)
    rows = [(f"faults: {kind}", count) for kind, count in made.items()]
    rows += [
        ("faults made, in all", made.total()),
        ("events in the log", len(record["events"])),
        ("edits acknowledged", sum(len(member.confirmed) for member in members)),
        ("events heard by people", sum(len(member.heard) for member in members)),
        ("edits lost", lost_edits(members, record)),
        ("events seen twice", sum(member.twice for member in members)),
    ]
    print(
        f"| {WORKERS} workers, {PEOPLE} people, {time.monotonic() - started:.0f} s | |\n|---|---|"
    )
    for name, count in rows:
        print(f"| {name} | {count} |")
    for said in wrong:
        print("WRONG:", said)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
