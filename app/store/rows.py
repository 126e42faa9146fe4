"""Plain rows: look up, add, change, remove. Who may do it is asked before, in app/desk."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlmodel import SQLModel

from app.store.store import Store

T = TypeVar("T", bound=SQLModel)


class Rows:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def add(self, *rows: SQLModel) -> None:
        """Adds rows in one transaction. Raises sqlalchemy.exc.IntegrityError for a taken key."""

        def ask(connection: Connection) -> None:
            for row in rows:
                connection.execute(insert(table_of(type(row))), row.model_dump())

        await self.store.write(ask)

    async def all(self, cls: type[T], **where: Any) -> list[T]:
        """The rows with these values, the newest first where they know when they were made."""
        table = table_of(cls)
        query = select(table).filter_by(**where)
        if "made_at" in table.c:
            query = query.order_by(*(key.desc() for key in (table.c.made_at, *table.primary_key)))
        rows = await self.store.read(lambda connection: list(connection.execute(query).mappings()))
        return [cls(**row) for row in rows]

    async def one(self, cls: type[T], **where: Any) -> T | None:
        rows = await self.all(cls, **where)
        return rows[0] if rows else None

    async def change(self, cls: type[SQLModel], where: dict[str, Any], **values: Any) -> int:
        """How many rows were changed."""
        query = update(table_of(cls)).filter_by(**where).values(**values)
        return await self.store.write(lambda connection: connection.execute(query).rowcount)

    async def remove(self, cls: type[SQLModel], **where: Any) -> int:
        """How many rows were removed."""
        query = delete(table_of(cls)).filter_by(**where)
        return await self.store.write(lambda connection: connection.execute(query).rowcount)


def table_of(cls: type[SQLModel]) -> Table:
    return cls.__table__  # type: ignore[attr-defined]
