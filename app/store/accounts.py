"""Accounts and what belongs to them; who may do what with them is asked in app/desk."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, delete, exists, insert, select, update

from app.clock import from_now, now
from app.store.account_tables import (
    AccountLinkRow,
    AccountRow,
    ApiTokenRow,
    CeremonyRow,
    FailureRow,
    MembershipRow,
    OrganisationRow,
    SessionRow,
    TeamRow,
)
from app.store.rows import Rows, table_of
from app.store.tables import BoardRow, FamilyRow, SeatRow

_account = table_of(AccountRow)
_failure = table_of(FailureRow)


class Accounts(Rows):
    async def account(self, account_id: str) -> AccountRow | None:
        return await self.one(AccountRow, id=account_id)

    async def by_email(self, email: str) -> AccountRow | None:
        return await self.one(AccountRow, email=email)

    async def by_token(self, token: str) -> AccountRow | None:
        """The account of a program's token, by its digest, while both are in use."""
        row = await self.one(ApiTokenRow, token=token)
        account = await self.account(row.account_id) if row and row.ends_at > now() else None
        return account if account and account.standing == "active" else None

    async def first_organisation(self) -> OrganisationRow | None:
        rows = await self.all(OrganisationRow)
        return rows[-1] if rows else None

    async def people(self, organisation_id: str) -> list[AccountRow]:
        """Everyone who can sign in, by name; programs are left out."""
        rows = await self.all(AccountRow, organisation_id=organisation_id, standing="active")
        return sorted((row for row in rows if row.email), key=lambda row: row.name.casefold())

    async def teams(self, organisation_id: str) -> list[TeamRow]:
        """By name, with those that programs made for themselves."""
        rows = await self.all(TeamRow, organisation_id=organisation_id)
        return sorted(rows, key=lambda row: row.name.casefold())

    async def teams_of(self, account_id: str) -> list[str]:
        return [row.team_id for row in await self.all(MembershipRow, account_id=account_id)]

    async def use_step(self, account_id: str, step: int) -> bool:
        """Notes a TOTP code as used; False where it, or one after it, was used before."""
        query = (
            update(_account)
            .where(_account.c.id == account_id, _account.c.totp_step < step)
            .values(totp_step=step)
        )
        return await self.store.write(lambda connection: connection.execute(query).rowcount == 1)

    async def take(self, cls: type[CeremonyRow | AccountLinkRow], token: str):
        """The row of a digest if it still holds, which it then does no more."""
        row = await self.one(cls, token=token)
        if row is None or not await self.remove(cls, token=token):
            return None
        return row if row.ends_at > now() else None

    async def forget_old_steps(self) -> None:
        old = delete(table_of(CeremonyRow)).where(table_of(CeremonyRow).c.ends_at < now())
        await self.store.write(lambda connection: connection.execute(old))

    async def tidy(self) -> None:
        """Forgets what has run out."""
        time = now()

        def ask(connection: Connection) -> None:
            for cls in (AccountLinkRow, SessionRow, ApiTokenRow):
                table = table_of(cls)
                connection.execute(delete(table).where(table.c.ends_at < time))
            seat, session = table_of(SeatRow), table_of(SessionRow)
            alive = exists().where(session.c.id == seat.c.session_id)
            connection.execute(delete(seat).where(seat.c.session_id != "", ~alive))
            old = _failure.c.last_at < from_now(-86_400), _failure.c.until < time
            connection.execute(delete(_failure).where(*old))

        await self.store.write(ask)

    async def unseat(self, session_ids: Collection[str], team_id: str = "") -> set[tuple[str, str]]:
        """Ends the seats that these sessions took, with `team_id` only at this team's meetings.

        Returns them as (board, person).
        """
        seat, board, family = table_of(SeatRow), table_of(BoardRow), table_of(FamilyRow)
        chosen = [seat.c.session_id.in_(session_ids)]
        if team_id:
            boards = (
                select(board.c.id)
                .join(family, family.c.id == board.c.family_id)
                .where(family.c.team_id == team_id)
            )
            chosen.append(seat.c.board_id.in_(boards))

        def ask(connection: Connection) -> set[tuple[str, str]]:
            found = connection.execute(select(seat.c.board_id, seat.c.person_id).where(*chosen))
            seats = {(row.board_id, row.person_id) for row in found}
            connection.execute(delete(seat).where(*chosen))
            return seats

        return await self.store.write(ask)

    async def count_try(self, key: str, wait: Callable[[int], int], restart_before: str) -> bool:
        """Counts a try under a key; False, and nothing is counted, while it has to wait.

        `wait` says how many seconds follow after so many tries. The count begins anew where the
        last one was before the time `restart_before`. All in one transaction: of many tries at
        the same moment no more slip through than of one after the other.
        """

        def ask(connection: Connection) -> bool:
            time = now()
            mine = _failure.c.key == key
            connection.execute(
                delete(_failure).where(
                    mine, _failure.c.last_at < restart_before, _failure.c.until < time
                )
            )
            count = connection.scalar(
                update(_failure)
                .where(mine, _failure.c.until < time)
                .values(count=_failure.c.count + 1, last_at=time)
                .returning(_failure.c.count)
            )
            if count is None:
                if connection.execute(select(_failure.c.key).where(mine)).first():
                    return False
                count = 1
                row = {"key": key, "count": 1, "last_at": time, "until": ""}
                connection.execute(insert(_failure), row)
            if seconds := wait(count):
                connection.execute(update(_failure).where(mine).values(until=from_now(seconds)))
            return True

        return await self.store.write(ask)

    async def give_back(self, key: str) -> None:
        """A counted try was right after all."""
        query = (
            update(_failure)
            .where(_failure.c.key == key)
            .values(count=_failure.c.count - 1, until="")
        )
        await self.store.write(lambda connection: connection.execute(query))

    async def forget_tries(self, key: str) -> None:
        await self.remove(FailureRow, key=key)
