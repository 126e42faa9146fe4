"""The one thread that writes, its connection, and the statements that run for every edit.

SQLite has one writer anyway, and the group commit (app/live/commit.py) keeps it busy on any other
database. What an edit needs is compiled once and handed to the driver itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.store.faults import away

R = TypeVar("R")

Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Writer:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="store-write", daemon=True)
        self._thread.start()

    async def write(self, ask: Callable[[Connection], R]) -> R:
        """Runs `ask` in a transaction, committed when this returns; raises what it raises."""
        return await self._have(lambda: self._write(ask))

    async def run(self, ask: Callable[[Any], R]) -> R:
        """As `write`, with the driver's own cursor: for what runs with every edit."""
        return await self._have(lambda: self._run_past(ask))

    async def _have(self, job: Callable[[], R]) -> R:
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._jobs.put((job, done))
        return await done

    def close(self) -> None:
        """Ends the thread once everything asked before is written."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while asked := self._jobs.get():
            job, done = asked
            result, failure = None, None
            try:
                result = job()
            except BaseException as raised:
                failure = raised
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                done.get_loop().call_soon_threadsafe(_settle, done, result, failure)
        if self._connection:
            self._connection.close()

    def _write(self, ask: Callable[[Connection], R]) -> R:
        with self._connected() as connection:
            self._try_line(connection)
        with self._connected() as connection, connection.begin():
            return ask(connection)

    def _try_line(self, connection: Connection) -> None:
        """Changes the connection where it died while nobody used it.

        What runs with every edit does without: it is decided again when it fails.
        """
        dialect, driver = self._engine.dialect, connection.connection.dbapi_connection
        try:
            alive = bool(driver and dialect.do_ping(driver))
        except dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            connection.invalidate()
            connection.close()
            self._connection = None

    def _run_past(self, ask: Callable[[Any], R]) -> R:
        with self._connected() as connection:
            driver = connection.connection
            cursor = driver.cursor()
            try:
                result = ask(cursor)
            finally:
                cursor.close()
            driver.commit()
            return result

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """The writer's own connection; after a failure, which takes back all, a fresh one."""
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            yield self._connection
        except BaseException as failure:
            if away(failure):
                self._connection.invalidate()  # it may not even take anything back any more
            self._connection.close()
            self._connection = None
            raise


def _settle(done: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(result)
    else:
        done.set_exception(failure)


class Prepared:
    """A statement that is compiled once and goes past SQLAlchemy to the driver."""

    def __init__(self, engine: Engine, statement: Any) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self._sql = str(compiled)
        # The order of a row's values; None where the driver takes them by name.
        self._order: list[str] | None = compiled.positiontup
        self._change = {}
        for name, bind in compiled.binds.items():
            change = bind.type.dialect_impl(engine.dialect).bind_processor(engine.dialect)
            if change:
                self._change[name] = change

    def run(self, cursor: Any, rows: list[dict[str, Any]]) -> int:
        """Runs it for each row; how many rows of the table it met."""
        values = [self._values(row) for row in rows]
        if len(values) == 1:
            cursor.execute(self._sql, values[0])
        else:
            cursor.executemany(self._sql, values)
        return cursor.rowcount

    def _values(self, row: dict[str, Any]) -> Any:
        for name, change in self._change.items():
            row[name] = change(row[name])
        return row if self._order is None else [row[name] for name in self._order]
