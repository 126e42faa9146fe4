"""Invitations, meeting codes and seats as rows: who may come to the door, and who is known."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select, update

from app.meetings.meeting import MEETING, Meeting
from app.store.rows import Rows, table_of
from app.store.store import read_item
from app.store.tables import BoardRow, InvitationRow, ItemRow, SeatRow

_invitation, _seat = table_of(InvitationRow), table_of(SeatRow)


class Door(NamedTuple):
    """A board, and what its meeting says of itself."""

    board: BoardRow
    state: str
    date: str


class Invitations(Rows):
    """Plain look-ups and changes; what they mean is asked in app/desk/inviting.py."""

    async def door(self, **where: str) -> Door | None:
        """The door that a board's `id` or `code` belongs to, in one look-up whatever its state."""
        board, item = table_of(BoardRow), table_of(ItemRow)
        boards = select(board).where(*(board.c[name] == value for name, value in where.items()))

        def ask(connection: Connection) -> Door | None:
            row = connection.execute(boards).mappings().first()
            # Looked up in any case: a code that is known takes as long as one that is not.
            board_id = row["id"] if row else ""
            items = select(item).where(item.c.board_id == board_id, item.c.id == MEETING)
            found = connection.execute(items).one_or_none()
            if row is None or found is None:
                return None
            meeting = read_item(self.store.seal, found)
            assert isinstance(meeting, Meeting)
            return Door(BoardRow(**row), meeting.state, meeting.date)

        return await self.store.read(ask)

    async def set_code(self, board_id: str, **values: Any) -> None:
        """Raises sqlalchemy.exc.IntegrityError where a new code is taken."""
        await self.change(BoardRow, {"id": board_id}, **values)

    async def invitations(self, **where: str) -> list[InvitationRow]:
        """The newest first."""
        return await self.all(InvitationRow, **where)

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

        def ask(connection: Connection) -> None:
            connection.execute(delete(_seat).where(_seat.c.token == seat.replaces))
            connection.execute(update(_seat).where(_seat.c.token == seat.token).values(replaces=""))

        await self.store.write(ask)

    async def _write(self, statement: Any) -> int:
        return await self.store.write(lambda connection: connection.execute(statement).rowcount)
