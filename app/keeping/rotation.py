"""Sealing everything anew with the newest key, in small transactions while the server runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Table, select, tuple_, update

from app.store.rows import NAMES
from app.store.seal import Seal
from app.store.tables import EventRow, ItemRow, TextRow

_AT_ONCE = 200


class Sealed(NamedTuple):
    """A column that is sealed, and where its place comes from: the key's columns, and the name
    of the column where a table has several."""

    table: Table
    column: str
    named: bool

    @property
    def key(self) -> list[Any]:
        return list(self.table.primary_key)

    def place(self, row: Any) -> tuple[object, ...]:
        ids = (getattr(row, column.name) for column in self.key)
        return (self.table.name, *ids, *((self.column,) if self.named else ()))


SEALED = [
    Sealed(EventRow.__table__, "body", False),  # type: ignore[attr-defined]
    Sealed(ItemRow.__table__, "body", False),  # type: ignore[attr-defined]
    Sealed(TextRow.__table__, "state", False),  # type: ignore[attr-defined]
    *(
        Sealed(cls.__table__, column, True)  # type: ignore[attr-defined]
        for cls, columns in NAMES.items()
        for column in columns
    ),
]


class Begins(Protocol):
    def __call__(self) -> AbstractContextManager[Connection]: ...


def reseal(begin: Begins, seal: Seal) -> int:
    """Seals anew what an older key sealed; how many values that were."""
    return sum(count for sealed in SEALED for count in _reseal(begin, seal, sealed))


def _reseal(begin: Begins, seal: Seal, sealed: Sealed) -> Iterator[int]:
    last: tuple[Any, ...] | None = None
    key = sealed.key
    while True:
        query = select(*key, sealed.table.c[sealed.column]).order_by(*key).limit(_AT_ONCE)
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last))
        with begin() as connection:
            rows = connection.execute(query).all()
            yield sum(_renew(connection, seal, sealed, row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        last = tuple(rows[-1][:-1])


def _renew(connection: Connection, seal: Seal, sealed: Sealed, row: Any) -> bool:
    value = row[-1]
    if seal.is_newest(value):
        return False
    place = sealed.place(row)
    anew = seal.close(seal.open(value, *place), *place)
    # Only where it is still what was read: the server may have written something newer.
    column = sealed.table.c[sealed.column]
    where = [column == value, *(one == getattr(row, one.name) for one in sealed.key)]
    done = connection.execute(update(sealed.table).where(*where).values({column: anew}))
    return done.rowcount == 1
