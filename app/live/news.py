"""News between workers: said once, to whoever listens, and no harm where it is lost.

Alone, a worker needs none. Several tell each other through Redis, on one sharded channel for each
board, so that a cluster spreads the boards over its machines. Redis holds nothing, and what people
wrote goes through it sealed. While it is away, app/live/watch.py finds out the same a little later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisError

log = logging.getLogger("kinboard.news")

# Called with a board's id and what was said of it; and once news of a board will be heard.
Heard = Callable[[str, bytes], None]
Followed = Callable[[str], None]

_CHANNEL = "kinboard:"
# What waits to be said; older news is left out first.
_MOST_WAITING = 10_000
_AT_ONCE = 200
_PAUSE = 0.5


class News(Protocol):
    @property
    def is_away(self) -> bool: ...

    def tell(self, board_id: str, said: bytes) -> None: ...

    def follow(self, board_id: str) -> None: ...

    def leave(self, board_id: str) -> None: ...

    def start(self, heard: Heard, followed: Followed) -> None: ...

    async def stop(self) -> None: ...


class Alone:
    """There is nobody to tell."""

    is_away = False

    def tell(self, board_id: str, said: bytes) -> None:
        pass

    def follow(self, board_id: str) -> None:
        pass

    def leave(self, board_id: str) -> None:
        pass

    def start(self, heard: Heard, followed: Followed) -> None:
        pass

    async def stop(self) -> None:
        pass


class RedisNews:
    """`url`: redis:// or rediss:// (TLS); redis+cluster:// or rediss+cluster:// for a cluster."""

    def __init__(self, url: str) -> None:
        self._is_cluster = "+cluster" in url
        plain = url.replace("+cluster", "", 1)
        made: Any = RedisCluster if self._is_cluster else Redis
        self._client = made.from_url(plain, socket_connect_timeout=2, socket_keepalive=True)
        self._pubsub = self._client.pubsub()
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=_MOST_WAITING)
        self._something = asyncio.Event()
        # Boards to follow, and those that Redis has been told of.
        self._wanted: set[str] = set()
        self._followed: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_away = False

    @property
    def is_away(self) -> bool:
        return self._is_away

    def tell(self, board_id: str, said: bytes) -> None:
        if not self._is_away:
            self._waiting.append((board_id, said))
            self._something.set()

    def follow(self, board_id: str) -> None:
        self._wanted.add(board_id)

    def leave(self, board_id: str) -> None:
        self._wanted.discard(board_id)

    def start(self, heard: Heard, followed: Followed) -> None:
        self._tasks = [
            asyncio.create_task(self._say(), name="news-out"),
            asyncio.create_task(self._listen(heard, followed), name="news-in"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in (self._pubsub, self._client):
            with contextlib.suppress(RedisError, OSError):
                await one.aclose()

    async def _say(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                while self._waiting:
                    count = min(len(self._waiting), _AT_ONCE)
                    await self._publish([self._waiting.popleft() for _ in range(count)])
                self._back()
            except (RedisError, OSError) as failure:
                await self._away(failure)

    async def _publish(self, some: list[tuple[str, bytes]]) -> None:
        if self._is_cluster:
            await asyncio.gather(
                *(self._client.spublish(_CHANNEL + board, said) for board, said in some)
            )
            return
        pipeline = self._client.pipeline(transaction=False)
        for board_id, said in some:
            pipeline.spublish(_CHANNEL + board_id, said)
        await pipeline.execute()

    async def _listen(self, heard: Heard, followed: Followed) -> None:
        while True:
            try:
                await self._follow_all(followed)
                if not self._followed:
                    await asyncio.sleep(_PAUSE / 10)
                    continue
                message = await self._next()
                self._back()
                if message and message["type"] == "smessage":
                    board_id = message["channel"].decode().removeprefix(_CHANNEL)
                    heard(board_id, message["data"])
            except (RedisError, OSError) as failure:
                await self._away(failure)
                self._followed.clear()

    async def _follow_all(self, followed: Followed) -> None:
        for board_id in self._wanted - self._followed:
            await self._pubsub.ssubscribe(_CHANNEL + board_id)
            self._followed.add(board_id)
            followed(board_id)
        for board_id in self._followed - self._wanted:
            await self._pubsub.sunsubscribe(_CHANNEL + board_id)
            self._followed.discard(board_id)

    async def _next(self) -> dict[str, Any] | None:
        if self._is_cluster:
            return await self._pubsub.get_sharded_message(True, timeout=_PAUSE / 10)
        return await self._pubsub.get_message(True, timeout=_PAUSE / 10)

    async def _away(self, failure: Exception) -> None:
        if not self._is_away:
            log.warning("Redis is away (%s): others hear of edits a second later", failure)
        self._is_away = True
        self._waiting.clear()
        await asyncio.sleep(_PAUSE)

    def _back(self) -> None:
        if self._is_away:
            log.warning("Redis is back")
        self._is_away = False
