"""News through each kind of Redis, and over lines that break; without the workers around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.live.redis_news import RedisNews
from tests.lines import Line
from tests.services import Redis, RedisCluster, SafeRedis, Service

# Enough that each node of a cluster has some.
BOARDS = [f"board-{number}" for number in range(9)]


class Listener:
    """What one worker would hear."""

    def __init__(self, url: str) -> None:
        self.news = RedisNews(url)
        self.heard: list[tuple[str, bytes]] = []
        self.followed: list[str] = []
        for board in BOARDS:
            self.news.follow(board)

    def start(self) -> None:
        self.news.start(lambda *said: self.heard.append(said), self.followed.append)

    async def hears(self, teller: RedisNews, what: bytes, within: float = 10) -> None:
        """Until something that is said again and again is heard of each board."""
        async with asyncio.timeout(within):
            while {board for board, said in self.heard if said == what} != set(BOARDS):
                for board in BOARDS:
                    teller.tell(board, what)
                await asyncio.sleep(0.1)


@asynccontextmanager
async def listeners(*urls: str) -> AsyncIterator[list[Listener]]:
    all_of_them = [Listener(url) for url in urls]
    for one in all_of_them:
        one.start()
    try:
        yield all_of_them
    finally:
        for one in all_of_them:
            await one.news.stop()


async def until(is_so: Callable[[], bool], within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.fixture(params=[Redis, SafeRedis, RedisCluster])
def any_redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    running = request.param(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def line(redis: Redis) -> Iterator[Line]:
    made = Line(redis.port)
    yield made
    made.close()


async def test_news_of_each_board_comes_in_order_through_any_redis(any_redis) -> None:
    async with listeners(any_redis.url, any_redis.url) as (one, two):
        await until(lambda: len(one.followed) == len(two.followed) == len(BOARDS))
        for number in range(100):
            for board in BOARDS:
                one.news.tell(board, str(number).encode())
        await until(lambda: len(two.heard) == 100 * len(BOARDS))
        for board in BOARDS:
            said = [int(what) for about, what in two.heard if about == board]
            assert said == list(range(100))


async def test_any_redis_may_be_away_at_the_start_and_later(any_redis) -> None:
    any_redis.stop()
    async with listeners(any_redis.url, any_redis.url) as (one, two):
        await asyncio.sleep(1)
        for node in getattr(any_redis, "nodes", [any_redis]):
            node.start()
        await two.hears(one.news, b"first", within=20)
        for node in getattr(any_redis, "nodes", [any_redis]):
            node.stop()
            node.start()
        await two.hears(one.news, b"second", within=20)


@pytest.mark.parametrize("how", ["cut", "hold"])
async def test_a_broken_line_is_found_and_mended(redis: Redis, line: Line, how: str) -> None:
    """Also one on which nothing says that it is broken."""
    async with listeners(redis.url, f"redis://127.0.0.1:{line.port}") as (one, two):
        await two.hears(one.news, b"before")
        getattr(line, how)()
        two.news.tell(BOARDS[0], b"lost")
        await until(lambda: two.news._is_away)
        line.mend()
        await two.hears(one.news, b"after")
        await one.hears(two.news, b"after that")


async def test_a_listener_that_fails_hears_the_next_news(redis: Redis) -> None:
    async with listeners(redis.url) as (one,):
        await until(lambda: len(one.followed) == len(BOARDS))
        one.heard = None  # type: ignore[assignment]
        one.news.tell(BOARDS[0], b"breaks it")
        await asyncio.sleep(0.3)
        one.heard = []
        await one.hears(one.news, b"again", within=3)
