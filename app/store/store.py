"""Reading and writing the log and its tables, in SQLite or PostgreSQL.

Everything here is plain blocking SQL that runs in a thread: one hop for a whole transaction is
cheaper than one for each statement, and a group of commands from many people is one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import orjson
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Table,
    bindparam,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.board.board import Board
from app.board.events import Event
from app.board.items import KINDS, Item
from app.meetings.meeting import Meeting
from app.store.engine import Patience, database_url, make_engine, snapshot
from app.store.faults import Away, told_apart
from app.store.keys import Keyring
from app.store.seal import Seal
from app.store.tables import BoardRow, EventRow, ItemRow, TextRow
from app.store.unlock import unlock
from app.store.writer import Prepared, Writer

R = TypeVar("R")

log = logging.getLogger("kinboard.store")

# The rows of a board's items and texts are at most so many events behind its log.
_FOLD_EVERY = 32
# Seconds in which a database that is well answers.
_READY_WITHIN = 2.0

_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_event: Table = EventRow.__table__  # type: ignore[attr-defined]
_item: Table = ItemRow.__table__  # type: ignore[attr-defined]
_text: Table = TextRow.__table__  # type: ignore[attr-defined]


_advance = (
    update(_board)
    .where(
        _board.c.id == bindparam("b_id"),
        _board.c.seq == bindparam("b_expected"),
        _board.c.epoch == bindparam("b_epoch"),
    )
    .values(seq=bindparam("b_seq"))
)
_fold = update(_board).where(_board.c.id == bindparam("b_id")).values(folded=bindparam("b_seq"))
_insert_event = insert(_event)
_bodies = select(_event.c.seq, _event.c.body)


_head = select(
    *(_board.c.id, _board.c.epoch, _board.c.seq, _board.c.folded),
    *(_board.c.code, _board.c.code_on, _board.c.code_until),
)


class Head(NamedTuple):
    """How a board stands in the database; `code` tells whether its code has changed."""

    epoch: int
    seq: int
    folded: int
    code: tuple[object, ...]


_said = tuple_(_event.c.board_id, _event.c.person_id, _event.c.command_id)
_done = select(_event.c.board_id, _event.c.person_id, _event.c.command_id, _event.c.seq)
# Values in one question: databases have a limit.
_AT_ONCE = 300


class Said(NamedTuple):
    """Which command somebody sent: unique in the log."""

    board_id: str
    person_id: str
    command_id: str


class Behind(Exception):
    """Another worker wrote to these boards: catch up, decide again. Nothing was written."""

    def __init__(self, board_ids: list[str]) -> None:
        super().__init__(", ".join(board_ids))
        self.board_ids = board_ids


class Repeated(Exception):
    """Some command in the group was carried out before. Nothing was written."""


class Entry:
    """What one board adds in one transaction: its events; and now and then the rows of all that
    has changed since it last did, so that a text is not stored whole for each letter of it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.expected = board.seq
        self.events: list[Event] = []

    def add(self, happened: Event) -> None:
        self.events.append(happened)
        self.board.unfolded.append(happened)

    @property
    def folds(self) -> bool:
        """Whether the rows are due; a list of meetings reads the meeting's own without the log."""
        unfolded = self.board.unfolded
        return len(unfolded) >= _FOLD_EVERY or any(
            change.kind == Meeting.kind for event in self.events for change in event.changes
        )

    def rows(self) -> _Rows:
        """The entry as rows, read now: the board may move on while they are written."""
        board, folds = self.board, self.folds
        return _Rows(
            board_id=board.id,
            expected=self.expected,
            epoch=board.epoch,
            seq=board.seq,
            folds=folds,
            events=[event_row(board.id, happened) for happened in self.events],
            items=[item_row(board.id, item) for item in _changed(board)] if folds else [],
            texts=[text_row(board.id, *key, board.texts[key]) for key in _written(board)]
            if folds
            else [],
        )


def _changed(board: Board) -> Iterator[Item]:
    """The items whose rows are older than they are."""
    ids = dict.fromkeys(change.id for event in board.unfolded for change in event.changes)
    return (board.items[item_id] for item_id in ids)


def _written(board: Board) -> Iterator[tuple[str, str]]:
    """The texts whose rows are older than they are: those in which somebody wrote; and all of an
    item that was shown to more people, which begin anew then."""
    keys: dict[tuple[str, str], None] = {}
    for event in board.unfolded:
        if event.merge:
            keys[event.merge.item, event.merge.field] = None
        for change in event.changes:
            if change.was is not None and "since" in change.set:
                keys |= dict.fromkeys((change.id, name) for name in board.items[change.id].words)
    return (key for key in keys if key in board.texts)


@dataclass(slots=True)
class _Rows:
    """Rows as they will stand in the tables, but for what is sealed when they are written."""

    board_id: str
    expected: int
    epoch: int
    seq: int
    folds: bool
    events: list[dict[str, Any]]
    items: list[dict[str, Any]]
    texts: list[dict[str, Any]]
    sealed: list[bytes] = field(default_factory=list)


class Store:
    """The database. `url` is a SQLAlchemy URL; SQLite files are made where they are missing."""

    def __init__(self, url: str, keyring: Keyring, patience: Patience | None = None) -> None:
        self.url = database_url(url)
        self.seal = Seal(keyring)
        self.engine = make_engine(self.url, patience)
        self._failing: set[str] = set()
        self._probe: asyncio.Future[Any] | None = None
        self._driver: Any = self.engine.dialect.dbapi
        self._writer = Writer(self.engine)
        self._readers = ThreadPoolExecutor(4, "store-read")
        self._advance = Prepared(self.engine, _advance)
        self._fold = Prepared(self.engine, _fold)
        self._insert_event = Prepared(self.engine, _insert_event)
        self._put_item = Prepared(self.engine, upsert(self.engine, _item))
        self._put_text = Prepared(self.engine, upsert(self.engine, _text))

    async def unlock(self) -> None:
        """Has to come first. Raises KeyTrouble where the keys do not fit the database."""
        await self.write(lambda connection: unlock(connection, self.seal))

    async def read(self, ask: Callable[[Connection], R]) -> R:
        """Runs `ask` on the database as it is at one moment, whatever is written meanwhile."""

        def run() -> R:
            with snapshot(self.engine) as connection:
                return ask(connection)

        with self._watched("read"):
            return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(self, ask: Callable[[Connection], R]) -> R:
        """Runs `ask` in a transaction, committed when it returns."""
        with self._watched("write"):
            return await self._writer.write(ask)

    @contextmanager
    def _watched(self, what: str) -> Iterator[None]:
        """Raises Away where the database cannot `what` just now; that is logged once, and its end
        too."""
        try:
            with told_apart():
                yield
        except Away as trouble:
            if what not in self._failing:
                log.error("the database cannot %s (%s)", what, _reason(trouble))
            self._failing.add(what)
            raise
        if what in self._failing:
            log.warning("the database can %s again", what)
        self._failing.discard(what)

    async def is_ready(self) -> bool:
        """Whether the database answers within a moment. However many ask, it is asked once."""
        if self._probe is None or self._probe.done():
            asked = self.read(lambda connection: connection.scalar(select(1)))
            self._probe = asyncio.ensure_future(asked)
            self._probe.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait([self._probe], timeout=_READY_WITHIN)
        return self._probe.done() and not self._probe.exception()

    async def close(self) -> None:
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()

    # -- the log ---------------------------------------------------------------------------

    async def append(self, entries: Iterable[Entry]) -> dict[str, list[bytes]]:
        """Writes a group of boards' events in one transaction; when it returns, they are safe.

        Returns the events of each board as they stand in the log. Raises Behind, Repeated or
        whatever the database raises, then nothing was written; and Away, then that is not known.
        """
        # In one order for all workers, so that no two wait for each other.
        entries = sorted(entries, key=lambda entry: entry.board.id)
        rows = [entry.rows() for entry in entries]
        try:
            with self._watched("write"):
                await self._writer.run(lambda cursor: self._append(cursor, rows))
        except self._driver.IntegrityError as repeated:
            raise Repeated from repeated
        for entry, row in zip(entries, rows, strict=True):
            if row.folds:
                entry.board.unfolded.clear()
        return {row.board_id: row.sealed for row in rows}

    def _append(self, cursor: Any, rows: list[_Rows]) -> None:
        behind = [row.board_id for row in rows if not self._is_next(cursor, row)]
        if behind:
            raise Behind(behind)
        self.seal.refresh_now_and_then()
        for row in rows:
            events = [seal_event(self.seal, one) for one in row.events]
            row.sealed = [one["body"] for one in events]
            self._insert_event.run(cursor, events)
            if row.folds:
                self._fold.run(cursor, [{"b_id": row.board_id, "b_seq": row.seq}])
            if row.items:
                self._put_item.run(cursor, [seal_item(self.seal, one) for one in row.items])
            if row.texts:
                self._put_text.run(cursor, [seal_text(self.seal, one) for one in row.texts])

    def _is_next(self, cursor: Any, row: _Rows) -> bool:
        step = {"b_id": row.board_id, "b_expected": row.expected, "b_seq": row.seq}
        step |= {"b_epoch": row.epoch}
        return self._advance.run(cursor, [step]) == 1

    async def load(self, board_id: str) -> Board | None:
        """The board as its tables hold it; None where there is no such board."""
        return await self.read(lambda connection: load_board(connection, self.seal, board_id))

    async def heads(self, board_ids: Iterable[str]) -> dict[str, Head]:
        """How those of the boards stand that are still there."""
        wanted = _head.where(_board.c.id.in_(list(board_ids)))
        return await self.read(
            lambda connection: {
                row[0]: Head(row.epoch, row.seq, row.folded, tuple(row[4:]))
                for row in connection.execute(wanted)
            }
        )

    async def events(
        self, board_id: str, after: int = 0, before: int | None = None, limit: int | None = None
    ) -> list[Event]:
        """Events with after < seq < before, oldest first; with `limit`, the newest of them."""
        query = _bodies.where(_event.c.board_id == board_id, _event.c.seq > after)
        if before is not None:
            query = query.where(_event.c.seq < before)
        query = query.order_by(_event.c.seq.desc() if limit else _event.c.seq).limit(limit)
        found = await self._read_events(board_id, query)
        return found[::-1] if limit else found

    async def own_events(self, board_id: str, person_id: str, limit: int) -> list[Event]:
        """The last events that a person made, newest first."""
        query = (
            _bodies.where(_event.c.board_id == board_id, _event.c.person_id == person_id)
            .order_by(_event.c.seq.desc())
            .limit(limit)
        )
        return await self._read_events(board_id, query)

    async def _read_events(self, board_id: str, query: Select) -> list[Event]:
        def ask(connection: Connection) -> list[Event]:
            rows = connection.execute(query).all()
            return [read_event(self.seal, board_id, seq, body) for seq, body in rows]

        return await self.read(ask)

    async def done(self, said: Collection[Said]) -> dict[Said, int]:
        """Those of some commands that were carried out, and under which sequence number."""
        wanted = list(said)

        def ask(connection: Connection) -> dict[Said, int]:
            found: dict[Said, int] = {}
            for start in range(0, len(wanted), _AT_ONCE):
                some = _done.where(_said.in_(wanted[start : start + _AT_ONCE]))
                found |= {Said(*row[:3]): row[3] for row in connection.execute(some)}
            return found

        return await self.read(ask) if wanted else {}


def event_row(board_id: str, happened: Event) -> dict[str, Any]:
    return {
        "board_id": board_id,
        "seq": happened.seq,
        "person_id": happened.by,
        "command_id": happened.command,
        "type": happened.type,
        "at": happened.at,
        "body": orjson.dumps(happened.as_dict()),
    }


def item_row(board_id: str, item: Item) -> dict[str, Any]:
    return {
        "board_id": board_id,
        "id": item.id,
        "kind": item.kind,
        "born": item.born,
        "rev": item.rev,
        "body": orjson.dumps(item.as_dict()),
    }


def text_row(board_id: str, item_id: str, name: str, state: bytes) -> dict[str, Any]:
    return {"board_id": board_id, "item_id": item_id, "field": name, "state": state}


# -- each of these seals a row in place, and gives it back -------------------------------------


def seal_event(seal: Seal, row: dict[str, Any]) -> dict[str, Any]:
    row["body"] = seal.close(row["body"], "event", row["board_id"], row["seq"])
    return row


def seal_item(seal: Seal, row: dict[str, Any]) -> dict[str, Any]:
    row["body"] = seal.close(row["body"], "item", row["board_id"], row["id"])
    return row


def seal_text(seal: Seal, row: dict[str, Any]) -> dict[str, Any]:
    place = ("text", row["board_id"], row["item_id"], row["field"])
    row["state"] = seal.close(row["state"], *place)
    return row


def read_event(seal: Seal, board_id: str, seq: int, body: bytes) -> Event:
    return Event.from_dict(orjson.loads(seal.open(body, "event", board_id, seq)))


def read_events(connection: Connection, seal: Seal, board_id: str, after: int = 0) -> list[Event]:
    """A board's log from the event behind `after` on, oldest first."""
    query = _bodies.where(_event.c.board_id == board_id, _event.c.seq > after)
    rows = connection.execute(query.order_by(_event.c.seq))
    return [read_event(seal, board_id, seq, body) for seq, body in rows]


def read_item(seal: Seal, row: Any) -> Item:
    """From a row of `item`. Fields that came after it was written have their defaults."""
    values = orjson.loads(seal.open(row.body, "item", row.board_id, row.id))
    return KINDS[row.kind](**values, born=row.born, rev=row.rev)


def load_board(connection: Connection, seal: Seal, board_id: str) -> Board | None:
    """The board from its items and texts, and from what the log holds beyond them."""
    query = select(_board.c.folded, _board.c.epoch).where(_board.c.id == board_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    board = Board(board_id)
    items = select(_item).where(_item.c.board_id == board_id).order_by(_item.c.born, _item.c.id)
    for row in connection.execute(items):
        board.put(read_item(seal, row))
    for row in connection.execute(select(_text).where(_text.c.board_id == board_id)):
        place = ("text", board_id, row.item_id, row.field)
        board.texts[row.item_id, row.field] = seal.open(row.state, *place)
    board.seq, board.epoch = found
    board.unfolded = read_events(connection, seal, board_id, after=board.seq)
    for event in board.unfolded:
        board.apply(event)
    return board


def _reason(trouble: Away) -> str:
    """By the error's name alone: its text may hold what somebody wrote."""
    cause = trouble.__cause__
    return type(getattr(cause, "orig", None) or cause or trouble).__name__


def upsert(engine: Engine, table: Table) -> Any:
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)
