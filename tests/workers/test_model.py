"""Whatever happens, in whatever order: one log, and everyone's view is what it says.

Hypothesis makes up what people, workers and Redis do; what it found wrong it makes as short as it
can. EXAMPLES=200 for a long search.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from tests.server import Server, new_meeting
from tests.services import Postgres, Redis
from tests.workers.conftest import Workers
from tests.workers.members import Member, all_settle, record_of, what_is_wrong

R = TypeVar("R")

EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
WORKERS, PEOPLE = 3, 4

worker = st.integers(0, WORKERS - 1)
person = st.integers(0, PEOPLE - 1)
seed = st.integers(0, 1 << 20)


class World:
    """The workers and their Redis, and the loop in which people's sockets are read."""

    def __init__(self, workers: Workers, redis: Redis) -> None:
        self.workers, self.redis = workers, redis
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def do(self, what: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)

    def start_all(self) -> None:
        for server in self.workers.all:
            if not is_up(server):
                server.start()
        if not self.redis.process:
            self.redis.start()


class Meetings(RuleBasedStateMachine):
    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.world.start_all()
        self.meeting = new_meeting(self.servers[0])
        seats = [self.meeting.join(f"Person {number}") for number in range(PEOPLE - 1)]
        # The facilitator hears all that is in the log.
        self.members = [Member(self.meeting, seat) for seat in [self.meeting.facilitator, *seats]]
        for number, member in enumerate(self.members):
            assert self.world.do(member.connect(self.servers[number % WORKERS].url))

    @property
    def servers(self) -> list[Server]:
        return self.world.workers.all

    @rule(who=person, times=st.integers(1, 12), seed=seed)
    def writes(self, who: int, times: int, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(times):
            self.world.do(self.members[who].do(chance))

    @rule(seed=seed)
    def all_write_at_once(self, seed: int) -> None:
        async def write() -> None:
            chance = random.Random(seed)
            await asyncio.gather(*(member.do(chance) for member in self.members * 3))

        self.world.do(write())

    @rule(who=person, seed=seed)
    def asks_again(self, who: int, seed: int) -> None:
        self.world.do(self.members[who].ask_again(random.Random(seed)))

    @rule(who=person, at=worker)
    def comes_back_elsewhere(self, who: int, at: int) -> None:
        if is_up(self.servers[at]):
            assert self.world.do(self.members[who].connect(self.servers[at].url))

    @rule(who=person)
    def is_cut_off(self, who: int) -> None:
        self.world.do(self.members[who].leave())

    @rule(which=worker)
    def is_killed(self, which: int) -> None:
        up = [server for server in self.servers if is_up(server)]
        if len(up) > 1 and self.servers[which] in up:
            self.servers[which].kill()

    @rule()
    def starts_again(self) -> None:
        down = [server for server in self.servers if not is_up(server)]
        if down:
            down[0].start()

    @rule()
    def redis_is_killed(self) -> None:
        if self.world.redis.process:
            self.world.redis.stop(signal.SIGKILL)

    @rule()
    def redis_starts_again(self) -> None:
        if not self.world.redis.process:
            self.world.redis.start()

    @invariant()
    def nobody_hears_anything_wrong(self) -> None:
        for member in getattr(self, "members", ()):
            assert not member.wrong
            assert not member.twice

    def teardown(self) -> None:
        if not hasattr(self, "members"):
            return
        try:
            up = [server.url for server in self.servers if is_up(server)]
            self.world.do(all_settle(self.members, up))
            assert what_is_wrong(self.members, record_of(self.meeting, up[-1])) == []
        finally:
            for member in self.members:
                self.world.do(member.leave())


def is_up(server: Server) -> bool:
    return server.process is not None and server.process.poll() is None


@pytest.fixture
def world(tmp_path: Path, postgres: Postgres, redis: Redis) -> Iterator[World]:
    workers = Workers(tmp_path, postgres.new_database(), redis, WORKERS)
    made = World(workers, redis)
    yield made
    workers.stop()


def test_everyone_sees_what_the_log_says_whatever_happens(world: World) -> None:
    Meetings.world = world
    run(
        Meetings,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            database=None,
            # Real processes take their time: an example is not made shorter a thousand times.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
