"""Reading and writing the log and its tables, in SQLite or PostgreSQL.

Everything here is plain blocking SQL that runs in a thread: one hop for a whole transaction is
cheaper than one for each statement, and a group of commands from many people is one transaction.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from app.board.board import Board
from app.board.events import Event
from app.board.items import KINDS, Item
from app.settings import ROOT
from app.store.tables import ITEM_TABLES, BoardRow, EventRow, TextRow

R = TypeVar("R")

_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_event: Table = EventRow.__table__  # type: ignore[attr-defined]
_text: Table = TextRow.__table__  # type: ignore[attr-defined]


_advance = (
    update(_board)
    .where(_board.c.id == bindparam("b_id"), _board.c.seq == bindparam("b_expected"))
    .values(seq=bindparam("b_seq"))
)
_insert_event = insert(_event)


class Behind(Exception):
    """Another worker wrote to these boards: catch up, decide again. Nothing was written."""

    def __init__(self, board_ids: list[str]) -> None:
        super().__init__(", ".join(board_ids))
        self.board_ids = board_ids


class Repeated(Exception):
    """Some command in the group was carried out before. Nothing was written."""


@dataclass(slots=True)
class Entry:
    """What one board adds in one transaction: its events, and the rows that they come to."""

    board_id: str
    expected: int
    events: list[Event] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    texts: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def add(self, board: Board, happened: Event) -> None:
        self.events.append(happened)
        for change in happened.changes:
            self.items[change.id] = board.items[change.id]
        if happened.merge:
            key = (happened.merge.item, happened.merge.field)
            self.texts[key] = board.texts[key]

    def rows(self) -> _Rows:
        """The entry as rows, read now: the board may move on while they are written."""
        items: dict[str, list[dict[str, Any]]] = {}
        for item in self.items.values():
            row = item.as_dict()
            row |= {"rev": item.rev, "born": item.born, "board_id": self.board_id}
            items.setdefault(item.kind, []).append(row)
        return _Rows(
            board_id=self.board_id,
            expected=self.expected,
            seq=self.events[-1].seq,
            events=[_event_row(self.board_id, happened) for happened in self.events],
            items=items,
            texts=[
                {"board_id": self.board_id, "item_id": item_id, "field": name, "state": state}
                for (item_id, name), state in self.texts.items()
            ],
        )


@dataclass(slots=True)
class _Rows:
    board_id: str
    expected: int
    seq: int
    events: list[dict[str, Any]]
    items: dict[str, list[dict[str, Any]]]
    texts: list[dict[str, Any]]


class _Prepared:
    """A statement that is compiled once; it runs for every edit, which makes that worth it."""

    def __init__(self, engine: Engine, statement: Any) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self._sql = str(compiled)
        self._order = compiled.positiontup or []
        self._is_named = compiled.positiontup is None
        self._change = {}
        for name, bind in compiled.binds.items():
            change = bind.type.dialect_impl(engine.dialect).bind_processor(engine.dialect)
            if change:
                self._change[name] = change

    def run(self, connection: Connection, rows: list[dict[str, Any]]) -> int:
        """Runs it for each row; how many rows of the table it met."""
        changed = [self._changed(row) for row in rows] if self._change else rows
        if self._is_named:
            return connection.exec_driver_sql(self._sql, changed).rowcount
        ordered = [tuple(row[name] for name in self._order) for row in changed]
        return connection.exec_driver_sql(self._sql, ordered).rowcount

    def _changed(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {name: change(row[name]) for name, change in self._change.items()}


class Store:
    """The database. `url` is a SQLAlchemy URL; SQLite files are made where they are missing."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.engine = make_engine(self.url)
        # One writer: SQLite has one anyway, and the group commit keeps it busy on PostgreSQL.
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(4, "store-read")
        self._writing: Connection | None = None
        self._advance = _Prepared(self.engine, _advance)
        self._insert_event = _Prepared(self.engine, _insert_event)
        self._upserts = {
            table.name: _Prepared(self.engine, _upsert(self.engine, table))
            for table in (*ITEM_TABLES.values(), _text)
        }

    async def read(self, ask: Callable[[Connection], R]) -> R:
        return await self._in_thread(self._readers, self.engine.connect, ask)

    async def write(self, ask: Callable[[Connection], R]) -> R:
        """Runs `ask` in a transaction, committed when it returns."""
        return await self._in_thread(self._writer, self._begin, ask)

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        """A transaction on the writer's own connection; after a failure on a fresh one."""
        if self._writing is None:
            self._writing = self.engine.connect()
        try:
            with self._writing.begin():
                yield self._writing
        except BaseException:
            self._writing.close()
            self._writing = None
            raise

    async def _in_thread(self, pool: ThreadPoolExecutor, connect: Any, ask: Any) -> Any:
        def run() -> Any:
            with connect() as connection:
                return ask(connection)

        return await asyncio.get_running_loop().run_in_executor(pool, run)

    async def close(self) -> None:
        self._writer.submit(self._hang_up)
        self._writer.shutdown()
        self._readers.shutdown()
        self.engine.dispose()

    def _hang_up(self) -> None:
        if self._writing:
            self._writing.close()

    # -- the log ---------------------------------------------------------------------------

    async def append(self, entries: Iterable[Entry]) -> None:
        """Writes a group of boards' events in one transaction; when it returns, they are safe.

        Raises Behind or Repeated, and whatever the database raises; then nothing was written.
        """
        rows = [entry.rows() for entry in entries]
        try:
            await self.write(lambda connection: self._append(connection, rows))
        except IntegrityError as repeated:
            raise Repeated from repeated

    def _append(self, connection: Connection, rows: list[_Rows]) -> None:
        behind = []
        for row in rows:
            step = {"b_id": row.board_id, "b_expected": row.expected, "b_seq": row.seq}
            if self._advance.run(connection, [step]) != 1:
                behind.append(row.board_id)
        if behind:
            raise Behind(behind)
        for row in rows:
            self._insert_event.run(connection, row.events)
            for kind, items in row.items.items():
                self._upserts[f"item_{kind}"].run(connection, items)
            if row.texts:
                self._upserts["text"].run(connection, row.texts)

    async def load(self, board_id: str) -> Board | None:
        """The board as its tables hold it; None where there is no such board."""

        def ask(connection: Connection) -> Board | None:
            seq = connection.scalar(select(_board.c.seq).where(_board.c.id == board_id))
            if seq is None:
                return None
            board = Board(board_id)
            for kind, table in ITEM_TABLES.items():
                query = select(table).where(table.c.board_id == board_id)
                query = query.order_by(table.c.born, table.c.id)
                for row in connection.execute(query).mappings():
                    values = dict(row)
                    del values["board_id"]
                    board.put(KINDS[kind](**values))
            query = select(_text).where(_text.c.board_id == board_id)
            for row in connection.execute(query).mappings():
                board.texts[row["item_id"], row["field"]] = row["state"]
            board.seq = seq
            return board

        return await self.read(ask)

    async def events(
        self, board_id: str, after: int = 0, before: int | None = None, limit: int | None = None
    ) -> list[Event]:
        """Events with after < seq < before, oldest first; with `limit`, the newest of them."""
        query = select(_event.c.body).where(_event.c.board_id == board_id, _event.c.seq > after)
        if before is not None:
            query = query.where(_event.c.seq < before)
        query = query.order_by(_event.c.seq.desc() if limit else _event.c.seq).limit(limit)
        bodies = await self.read(lambda connection: list(connection.scalars(query)))
        return [read_event(body) for body in (reversed(bodies) if limit else bodies)]

    async def own_events(self, board_id: str, person_id: str, limit: int) -> list[Event]:
        """The last events that a person made, newest first."""
        query = (
            select(_event.c.body)
            .where(_event.c.board_id == board_id, _event.c.person_id == person_id)
            .order_by(_event.c.seq.desc())
            .limit(limit)
        )
        return [
            read_event(body)
            for body in await self.read(lambda connection: list(connection.scalars(query)))
        ]

    async def done(self, board_id: str, person_id: str, command_id: str) -> int | None:
        """The sequence number under which a command was carried out, or None."""
        query = select(_event.c.seq).where(
            _event.c.board_id == board_id,
            _event.c.person_id == person_id,
            _event.c.command_id == command_id,
        )
        return await self.read(lambda connection: connection.scalar(query))


def _event_row(board_id: str, happened: Event) -> dict[str, Any]:
    return {
        "board_id": board_id,
        "seq": happened.seq,
        "person_id": happened.by,
        "command_id": happened.command,
        "type": happened.type,
        "at": happened.at,
        "body": json.dumps(happened.as_dict(), ensure_ascii=False, separators=(",", ":")),
    }


def read_event(body: str) -> Event:
    return Event.from_dict(json.loads(body))


def _upsert(engine: Engine, table: Table) -> Any:
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def database_url(url: str) -> str:
    """The URL with a relative SQLite path taken from the project's root, its folder made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return url
    path = Path(parsed.database)
    path = path if path.is_absolute() else ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    return parsed.set(database=str(path)).render_as_string(hide_password=False)


def make_engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # FULL: what was acknowledged survives a power cut, not only a crash.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
