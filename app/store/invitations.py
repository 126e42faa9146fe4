"""Invitations, meeting codes and seats as rows: who may come to the door, and who is known."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Table, delete, insert, select, update

from app.store.store import Store
from app.store.tables import ITEM_TABLES, BoardRow, InvitationRow, SeatRow

_invitation: Table = InvitationRow.__table__  # type: ignore[attr-defined]
_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_seat: Table = SeatRow.__table__  # type: ignore[attr-defined]
_meeting: Table = ITEM_TABLES["meeting"]


class Door(NamedTuple):
    """A board, and what its meeting says of itself."""

    board: BoardRow
    state: str
    date: str


class Invitations:
    """Plain look-ups and changes; what they mean is asked in app/desk/inviting.py."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def door(self, **where: str) -> Door | None:
        """The door that a board's `id` or `code` belongs to, in one look-up whatever its state."""
        query = (
            select(_board, _meeting.c.state, _meeting.c.date)
            .join(_meeting, _meeting.c.board_id == _board.c.id)
            .where(*(_board.c[name] == value for name, value in where.items()))
        )
        row = await self._store.read(
            lambda connection: connection.execute(query).mappings().first()
        )
        if row is None:
            return None
        values = dict(row)
        state, date = values.pop("state"), values.pop("date")
        return Door(BoardRow(**values), state, date)

    async def set_code(self, board_id: str, **values: Any) -> None:
        """Raises sqlalchemy.exc.IntegrityError where a new code is taken."""
        await self._write(update(_board).where(_board.c.id == board_id).values(**values))

    async def invitations(self, **where: str) -> list[InvitationRow]:
        """The newest first."""
        query = select(_invitation).filter_by(**where).order_by(_invitation.c.made_at.desc())
        rows = await self._store.read(lambda connection: list(connection.execute(query).mappings()))
        return [InvitationRow(**row) for row in rows]

    async def add(self, row: InvitationRow) -> None:
        await self._write(insert(_invitation).values(**row.model_dump()))

    async def change(self, invitation_id: str, **values: Any) -> None:
        matching = update(_invitation).where(_invitation.c.id == invitation_id)
        await self._write(matching.values(**values))

    async def use(self, row: InvitationRow, now: str) -> bool:
        """Takes one use of it; False where none is left by now, however many come at once."""
        one_more = (
            update(_invitation)
            .where(
                _invitation.c.id == row.id,
                _invitation.c.token == row.token,
                _invitation.c.used < _invitation.c.most,
                _invitation.c.revoked_at == "",
                _invitation.c.ends_at > now,
            )
            .values(used=_invitation.c.used + 1)
        )
        return await self._write(one_more) == 1

    async def give_back(self, invitation_id: str) -> None:
        matching = update(_invitation).where(_invitation.c.id == invitation_id)
        await self._write(matching.values(used=_invitation.c.used - 1))

    # -- seats -----------------------------------------------------------------------------

    async def forget_seat(self, token: str) -> None:
        await self._write(delete(_seat).where(_seat.c.token == token))

    async def settle_seat(self, seat: SeatRow) -> None:
        """The seat is in use: the one that it replaces opens nothing any more."""

        def ask(connection) -> None:
            connection.execute(delete(_seat).where(_seat.c.token == seat.replaces))
            connection.execute(update(_seat).where(_seat.c.token == seat.token).values(replaces=""))

        await self._store.write(ask)

    async def _write(self, statement: Any) -> int:
        return await self._store.write(lambda connection: connection.execute(statement).rowcount)
