"""One at a time, at whatever worker: for what takes several commands and must not cross itself."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, func, select

from app.store.store import Store

# Seconds between two looks whether another worker is done.
_PAUSE = 0.05


class OneAtATime:
    """PostgreSQL holds the lock for the workers, on a connection of its own: it ends with that
    connection, and so with a worker that is killed. SQLite serves one worker."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here = asyncio.Lock()

    @asynccontextmanager
    async def only(self, what: str) -> AsyncIterator[None]:
        """`what` names the thing that nobody else does meanwhile, such as a family's id."""
        async with self._here:
            if self._store.engine.dialect.name == "sqlite":
                yield
                return
            connection = await asyncio.to_thread(self._store.engine.connect)
            try:
                while not await asyncio.to_thread(_locked, connection, _number(what)):  # noqa: ASYNC110
                    await asyncio.sleep(_PAUSE)
                yield
            finally:
                # With the transaction the lock is given back.
                await asyncio.to_thread(connection.close)


def _locked(connection: Connection, number: int) -> bool:
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(number))))


def _number(what: str) -> int:
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
