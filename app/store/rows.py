"""Plain rows: look up, add, change, remove. Who may do it is asked before, in app/desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlmodel import SQLModel

from app.store.account_tables import AccountRow
from app.store.store import Store
from app.store.tables import FamilyRow, InvitationRow

T = TypeVar("T", bound=SQLModel)

# Columns that are sealed, in rows with an `id`: all others read and write plain text.
NAMES: dict[type[SQLModel], tuple[str, ...]] = {
    FamilyRow: ("name",),
    AccountRow: ("name", "totp_secret"),
    InvitationRow: ("called", "relation"),
}


class Rows:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def add(self, *rows: SQLModel) -> None:
        """Adds rows in one transaction. Raises sqlalchemy.exc.IntegrityError for a taken key."""

        def ask(connection: Connection) -> None:
            for row in rows:
                values = row.model_dump()
                values = self._closed(type(row), values["id"], values) if _seals(row) else values
                connection.execute(insert(table_of(type(row))), values)

        await self.store.write(ask)

    async def all(self, cls: type[T], **where: Any) -> list[T]:
        """The rows with these values, the newest first where they know when they were made."""
        table = table_of(cls)
        query = select(table).filter_by(**where)
        if "made_at" in table.c:
            query = query.order_by(*(key.desc() for key in (table.c.made_at, *table.primary_key)))
        rows = await self.store.read(lambda connection: list(connection.execute(query).mappings()))
        return [self.opened(cls, row) for row in rows]

    async def one(self, cls: type[T], **where: Any) -> T | None:
        rows = await self.all(cls, **where)
        return rows[0] if rows else None

    async def change(self, cls: type[SQLModel], where: dict[str, Any], **values: Any) -> int:
        """How many rows were changed. What is sealed can only be changed by `id`."""
        if cls in NAMES:
            values = self._closed(cls, where.get("id", ""), values)
        query = update(table_of(cls)).filter_by(**where).values(**values)
        return await self.store.write(lambda connection: connection.execute(query).rowcount)

    async def remove(self, cls: type[SQLModel], **where: Any) -> int:
        """How many rows were removed."""
        query = delete(table_of(cls)).filter_by(**where)
        return await self.store.write(lambda connection: connection.execute(query).rowcount)

    def opened(self, cls: type[T], row: Mapping[Any, Any]) -> T:
        """A row as the others see it, of one as it lies in its table."""
        values = dict(row)
        for name in NAMES.get(cls, ()):
            place = (table_of(cls).name, values["id"], name)
            values[name] = self.store.seal.open_text(values[name], *place)
        return cls(**values)

    def _closed(self, cls: type[SQLModel], row_id: str, values: dict[str, Any]) -> dict[str, Any]:
        sealed = {
            name: self.store.seal.close_text(values[name], table_of(cls).name, row_id, name)
            for name in NAMES[cls]
            if name in values
        }
        assert row_id or not sealed
        return values | sealed


def _seals(row: SQLModel) -> bool:
    return type(row) in NAMES


def table_of(cls: type[SQLModel]) -> Table:
    return cls.__table__  # type: ignore[attr-defined]
