"""Reading and writing the log and its tables, in SQLite or PostgreSQL.

Everything here is plain blocking SQL that runs in a thread: one hop for a whole transaction is
cheaper than one for each statement, and a group of commands from many people is one transaction.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.board.board import Board
from app.board.events import Event
from app.board.items import KINDS, Item
from app.store.engine import database_url, make_engine
from app.store.tables import ITEM_TABLES, BoardRow, EventRow, TextRow
from app.store.writer import Prepared, Writer

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
            item = self.items[change.id] = board.items[change.id]
            if change.was is not None and "since" in change.set:
                for key in ((item.id, name) for name in item.words):
                    if key in board.texts:
                        self.texts[key] = board.texts[key]
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


class Store:
    """The database. `url` is a SQLAlchemy URL; SQLite files are made where they are missing."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.engine = make_engine(self.url)
        self._driver: Any = self.engine.dialect.dbapi
        self._writer = Writer(self.engine)
        self._readers = ThreadPoolExecutor(4, "store-read")
        self._advance = Prepared(self.engine, _advance)
        self._insert_event = Prepared(self.engine, _insert_event)
        self._upserts = {
            table.name: Prepared(self.engine, _upsert(self.engine, table))
            for table in (*ITEM_TABLES.values(), _text)
        }

    async def read(self, ask: Callable[[Connection], R]) -> R:
        def run() -> R:
            with self.engine.connect() as connection:
                return ask(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(self, ask: Callable[[Connection], R]) -> R:
        """Runs `ask` in a transaction, committed when it returns."""
        return await self._writer.write(ask)

    async def close(self) -> None:
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()

    # -- the log ---------------------------------------------------------------------------

    async def append(self, entries: Iterable[Entry]) -> None:
        """Writes a group of boards' events in one transaction; when it returns, they are safe.

        Raises Behind or Repeated, and whatever the database raises; then nothing was written.
        """
        rows = [entry.rows() for entry in entries]
        try:
            await self._writer.write(lambda connection: self._append(connection, rows))
        except self._driver.IntegrityError as repeated:
            raise Repeated from repeated

    def _append(self, connection: Connection, rows: list[_Rows]) -> None:
        with closing(connection.connection.cursor()) as cursor:
            behind = [row.board_id for row in rows if not self._is_next(cursor, row)]
            if behind:
                raise Behind(behind)
            for row in rows:
                self._insert_event.run(cursor, row.events)
                for kind, items in row.items.items():
                    self._upserts[f"item_{kind}"].run(cursor, items)
                if row.texts:
                    self._upserts["text"].run(cursor, row.texts)

    def _is_next(self, cursor: Any, row: _Rows) -> bool:
        step = {"b_id": row.board_id, "b_expected": row.expected, "b_seq": row.seq}
        return self._advance.run(cursor, [step]) == 1

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
