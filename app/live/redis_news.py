"""News through Redis (app/live/news.py says what it is)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from typing import Any

from redis.asyncio import Redis, RedisCluster

from app.live.news import Followed, Heard

log = logging.getLogger("kinboard.news")

_CHANNEL = "kinboard:"
# What waits to be said; older news is left out first.
_MOST_WAITING = 10_000
_AT_ONCE = 200
_PAUSE = 0.5
# Seconds after which a line is taken for cut: no answer; nothing heard of what was said here.
_PATIENCE, _SILENCE = 2.0, 3.0


class RedisNews:
    """`url`: redis:// or rediss:// (TLS); redis+cluster:// or rediss+cluster:// for a cluster."""

    def __init__(self, url: str) -> None:
        self._is_cluster = "+cluster" in url
        self._url = url.replace("+cluster", "", 1)
        self._client: Any = self._new_client()
        self._pubsub: Any = None
        self._listens_since = 0.0
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=_MOST_WAITING)
        self._something = asyncio.Event()
        # Boards to follow, those that Redis was asked for, and those that it has confirmed.
        self._wanted: set[str] = set()
        self._asked: set[str] = set()
        self._followed: set[str] = set()
        # Since when nothing is heard though something was said, which comes back here too.
        self._unheard_since: float | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._is_away = False

    @property
    def is_away(self) -> bool:
        return self._is_away

    def _new_client(self) -> Any:
        made: Any = RedisCluster if self._is_cluster else Redis
        return made.from_url(
            self._url,
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            socket_keepalive=True,
        )

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
        await _end(self._pubsub, self._client)

    # Whatever goes wrong in one of these two, it goes on: the client raises more than its own
    # errors while a connection breaks.

    async def _say(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                while self._waiting:
                    count = min(len(self._waiting), _AT_ONCE)
                    await self._publish([self._waiting.popleft() for _ in range(count)])
                self._back()
            except Exception as failure:
                await self._away(failure)

    async def _listen(self, heard: Heard, followed: Followed) -> None:
        while True:
            try:
                await self._follow_all()
                if not self._asked:
                    await asyncio.sleep(_PAUSE / 10)
                    continue
                message = await self._next()
            except Exception as failure:
                await self._away(failure)
                await self._hang_up()
                continue
            if message:
                self._back()
                try:
                    self._take(message, heard, followed)
                except Exception:
                    log.exception("news was not understood")

    async def _publish(self, some: list[tuple[str, bytes]]) -> None:
        if self._is_cluster:
            by_board: dict[str, list[bytes]] = {}
            for board_id, said in some:
                by_board.setdefault(board_id, []).append(said)
            await asyncio.gather(*(self._publish_in_order(*one) for one in by_board.items()))
        else:
            pipeline = self._client.pipeline(transaction=False)
            for board_id, said in some:
                pipeline.spublish(_CHANNEL + board_id, said)
            await pipeline.execute()
        if self._unheard_since is None and any(board in self._followed for board, _ in some):
            self._unheard_since = time.monotonic()

    async def _publish_in_order(self, board_id: str, said: list[bytes]) -> None:
        for one in said:
            await self._client.spublish(_CHANNEL + board_id, one)

    async def _follow_all(self) -> None:
        if self._pubsub is None:
            await self._client.initialize()  # a cluster has to know its nodes
            self._pubsub = self._client.pubsub()
            self._listens_since = time.monotonic()
        for board_id in self._wanted - self._asked:
            await self._pubsub.ssubscribe(_CHANNEL + board_id)
            self._asked.add(board_id)
        for board_id in self._asked - self._wanted:
            await self._pubsub.sunsubscribe(_CHANNEL + board_id)
            self._asked.discard(board_id)
            self._followed.discard(board_id)

    async def _next(self) -> dict[str, Any] | None:
        now, since = time.monotonic(), self._unheard_since
        if since is not None and now - since > _SILENCE:
            raise ConnectionError("nothing is heard")
        if self._is_away and now - self._listens_since > _PATIENCE:
            raise ConnectionError("nothing can be said")
        if not self._is_cluster:
            return await self._pubsub.get_message(timeout=_PAUSE / 10)
        # It asks one node after the other: with patience, a silent one would hold up the rest.
        message = await self._pubsub.get_sharded_message(timeout=0.0)
        await asyncio.sleep(0 if message else _PAUSE / 25)
        return message

    def _take(self, message: dict[str, Any], heard: Heard, followed: Followed) -> None:
        if message["type"] not in ("smessage", "ssubscribe"):
            return
        board_id = message["channel"].decode().removeprefix(_CHANNEL)
        if message["type"] == "smessage":
            self._unheard_since = None
            heard(board_id, message["data"])
        elif board_id in self._asked:
            self._followed.add(board_id)
            followed(board_id)

    async def _hang_up(self) -> None:
        """What is followed is asked for anew, on new lines; a cluster may be another one by now."""
        gone = self._pubsub, self._client
        self._pubsub, self._client = None, self._new_client()
        self._asked.clear()
        self._followed.clear()
        self._unheard_since = None
        await _end(*gone)

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


async def _end(*some: Any) -> None:
    for one in some:
        if one is not None:
            with contextlib.suppress(Exception):
                await one.aclose()
