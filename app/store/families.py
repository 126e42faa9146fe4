"""Facilitators, families, their meetings, and who sits where: what lies around the boards."""

from __future__ import annotations

from sqlalchemy import Table, insert, select
from sqlmodel import SQLModel

from app.meetings.meeting import MEETING
from app.store.store import Store, read_item
from app.store.tables import BoardRow, FacilitatorRow, FamilyRow, ItemRow, SeatRow

# Columns that hold a name in their row's `id`: sealed here, so that all others see plain text.
NAMES: dict[type[SQLModel], tuple[str, ...]] = {FacilitatorRow: ("name",), FamilyRow: ("name",)}


class Families:
    """Plain look-ups and additions; who may do them is asked in app/desk/hosting.py."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, *rows: SQLModel) -> None:
        """Adds rows in one transaction. Raises sqlalchemy.exc.IntegrityError for a taken code."""

        def ask(connection) -> None:
            for row in rows:
                values = row.model_dump()
                for name in NAMES.get(type(row), ()):
                    place = (_table(type(row)).name, values["id"], name)
                    values[name] = self._store.seal.close_text(values[name], *place)
                connection.execute(insert(_table(type(row))), values)

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
        board, item = _table(BoardRow), _table(ItemRow)
        query = (
            select(item, board.c.seq)
            .join(board, item.c.board_id == board.c.id)
            .where(board.c.family_id == family_id, item.c.id == MEETING)
            .order_by(board.c.made_at.desc(), board.c.id.desc())
        )

        def ask(connection) -> list[dict]:
            told = []
            for row in connection.execute(query):
                meeting = read_item(self._store.seal, row)
                line = {name: getattr(meeting, name) for name in ("title", "date", "state")}
                told.append({"id": row.board_id, "seq": row.seq, **line})
            return told

        return await self._store.read(ask)

    async def board(self, board_id: str) -> BoardRow | None:
        return await self._one(BoardRow, id=board_id)

    async def board_by_code(self, code: str) -> BoardRow | None:
        return await self._one(BoardRow, code=code)

    async def seat(self, token: str) -> SeatRow | None:
        return await self._one(SeatRow, token=token)

    async def _all(self, cls: type, **where: str) -> list:
        table = _table(cls)
        query = select(table).filter_by(**where)
        if "made_at" in table.c:
            query = query.order_by(table.c.made_at.desc(), table.c.id.desc())
        rows = await self._store.read(lambda connection: list(connection.execute(query).mappings()))
        return [cls(**self._opened(cls, dict(row))) for row in rows]

    def _opened(self, cls: type, row: dict) -> dict:
        for name in NAMES.get(cls, ()):
            row[name] = self._store.seal.open_text(row[name], _table(cls).name, row["id"], name)
        return row

    async def _one(self, cls: type, **where: str):
        rows = await self._all(cls, **where)
        return rows[0] if rows else None


def _table(cls: type) -> Table:
    return cls.__table__  # type: ignore[attr-defined]
