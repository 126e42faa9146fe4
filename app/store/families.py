"""Families, their meetings, and who sits where: what lies around the boards."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import Connection, Select, select

from app.clock import now
from app.meetings.meeting import MEETING
from app.store.account_tables import SessionRow
from app.store.rows import Rows, table_of
from app.store.store import read_item
from app.store.tables import BoardRow, FamilyRow, ItemRow, SeatRow

_TOLD = ("title", "date", "state", "workers_only")
# Values in one question: databases have a limit.
_AT_ONCE = 1000


def _scalars(query: Select, connection: Connection) -> set[str]:
    return set(connection.scalars(query))


class Families(Rows):
    """Plain look-ups and additions; who may do them is asked in app/desk/hosting.py."""

    async def families(self, team_ids: Collection[str]) -> list[FamilyRow]:
        """The families of some teams, the newest first."""
        family = table_of(FamilyRow)
        query = (
            select(family)
            .where(family.c.team_id.in_(team_ids))
            .order_by(family.c.made_at.desc(), family.c.id.desc())
        )
        rows = await self.store.read(lambda connection: list(connection.execute(query).mappings()))
        return [self.opened(FamilyRow, row) for row in rows]

    async def family(self, family_id: str) -> FamilyRow | None:
        return await self.one(FamilyRow, id=family_id)

    async def boards(self, family_id: str) -> list[BoardRow]:
        return await self.all(BoardRow, family_id=family_id)

    async def meetings(self, family_id: str) -> list[dict]:
        """id, title, date, state, workers_only and seq of a family's meetings, the newest first."""
        board, item = table_of(BoardRow), table_of(ItemRow)
        query = (
            select(item, board.c.seq)
            .join(board, item.c.board_id == board.c.id)
            .where(board.c.family_id == family_id, item.c.id == MEETING)
            .order_by(board.c.made_at.desc(), board.c.id.desc())
        )

        def ask(connection: Connection) -> list[dict]:
            told = []
            for row in connection.execute(query):
                meeting = read_item(self.store.seal, row)
                line = {name: getattr(meeting, name) for name in _TOLD}
                told.append({"id": row.board_id, "seq": row.seq, **line})
            return told

        return await self.store.read(ask)

    async def board(self, board_id: str) -> BoardRow | None:
        return await self.one(BoardRow, id=board_id)

    async def seats(self, tokens: Collection[str]) -> set[str]:
        """Those of some seats that there are."""
        seat = table_of(SeatRow)
        wanted, found = list(tokens), set()
        for start in range(0, len(wanted), _AT_ONCE):
            query = select(seat.c.token).where(seat.c.token.in_(wanted[start : start + _AT_ONCE]))
            found |= await self.store.read(partial(_scalars, query))
        return found

    async def seat(self, token: str) -> SeatRow | None:
        """The seat, unless it was taken by a signed-in browser that no longer is."""
        seat = await self.one(SeatRow, token=token)
        if seat and seat.session_id:
            session = await self.one(SessionRow, id=seat.session_id)
            if session is None or session.ends_at < now():
                return None
        return seat
