"""Facilitators, families, their meetings, and who sits where: what lies around the boards."""

from __future__ import annotations

from sqlalchemy import Table, insert, select
from sqlmodel import SQLModel

from app.store.store import Store
from app.store.tables import ITEM_TABLES, BoardRow, FacilitatorRow, FamilyRow, SeatRow


class Families:
    """Plain look-ups and additions; who may do them is asked in app/desk/hosting.py."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, *rows: SQLModel) -> None:
        """Adds rows in one transaction. Raises sqlalchemy.exc.IntegrityError for a taken code."""

        def ask(connection) -> None:
            for row in rows:
                connection.execute(insert(_table(type(row))), row.model_dump())

        await self._store.write(ask)

    async def facilitator(self, token: str) -> FacilitatorRow | None:
        return await self._one(FacilitatorRow, token=token)

    async def first_facilitator(self) -> FacilitatorRow | None:
        return await self._one(FacilitatorRow)

    async def families(self, facilitator_id: str) -> list[FamilyRow]:
        return await self._all(FamilyRow, facilitator_id=facilitator_id)

    async def family(self, family_id: str) -> FamilyRow | None:
        return await self._one(FamilyRow, id=family_id)

    async def boards(self, family_id: str) -> list[BoardRow]:
        return await self._all(BoardRow, family_id=family_id)

    async def meetings(self, family_id: str) -> list[dict]:
        """id, title, date, state and seq of a family's meetings, the newest first."""
        board, item = _table(BoardRow), ITEM_TABLES["meeting"]
        query = (
            select(board.c.id, item.c.title, item.c.date, item.c.state, board.c.seq)
            .join(item, item.c.board_id == board.c.id)
            .where(board.c.family_id == family_id)
            .order_by(board.c.made_at.desc(), board.c.id.desc())
        )
        return await self._store.read(
            lambda connection: [dict(row) for row in connection.execute(query).mappings()]
        )

    async def board(self, board_id: str) -> BoardRow | None:
        return await self._one(BoardRow, id=board_id)

    async def seat(self, token: str) -> SeatRow | None:
        return await self._one(SeatRow, token=token)

    async def _all(self, cls: type, **where: str) -> list:
        table = _table(cls)
        query = select(table).filter_by(**where)
        if "made_at" in table.c:
            query = query.order_by(table.c.made_at.desc(), table.c.id.desc())
        rows = await self._store.read(lambda connection: list(connection.execute(query).mappings()))
        return [cls(**row) for row in rows]

    async def _one(self, cls: type, **where: str):
        rows = await self._all(cls, **where)
        return rows[0] if rows else None


def _table(cls: type) -> Table:
    return cls.__table__  # type: ignore[attr-defined]
