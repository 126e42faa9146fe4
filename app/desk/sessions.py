"""Browsers that are signed in.

A session has a cookie's token, which is new after each sign-in and each change of level, and an
id, which stays: the seats that were taken at meetings hang on it and end with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.access.notice import notice
from app.access.tokens import digest, new_token
from app.clock import from_now, now
from app.ids import new_id
from app.live.house import House
from app.store.account_tables import AccountRow, PasskeyRow, SessionRow

# How long somebody may take between the first factor and the second, in seconds.
_HALF_HOLDS = 900
_NOTE_EVERY = 60


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in, with one factor or with both."""

    account: AccountRow
    session: SessionRow

    @property
    def is_full(self) -> bool:
        return self.session.level == "full"


async def begin(
    house: House, account: AccountRow, level: str, browser: str, old_token: str = ""
) -> str:
    """Signs a browser in at level half or full; the new token for its cookie.

    A session that this browser had is taken over where it is the same person's, so that an open
    board goes on, and ended where it is somebody else's.
    """
    accounts = house.accounts
    await accounts.tidy()
    old = await accounts.one(SessionRow, token=digest(old_token)) if old_token else None
    if old and old.account_id != account.id:
        await end(house, old)
        old = None
    token = new_token()
    settings = house.settings
    values = {
        "token": digest(token),
        "level": level,
        "label": browser_name(browser),
        "seen_at": now(),
        "proved_at": now() if level == "full" else "",
        "ends_at": from_now(settings.session_hours * 3600 if level == "full" else _HALF_HOLDS),
    }
    if old:
        # Signing in again with one factor takes nothing from the board that is open.
        ends_at = max(old.ends_at, str(values["ends_at"]))
        await accounts.change(SessionRow, {"id": old.id}, **values | {"ends_at": ends_at})
    else:
        row = SessionRow(id=new_id(), account_id=account.id, made_at=now(), **values)
        await accounts.add(row)
    if level == "full":
        notice("signed_in", account=account.id)
    return token


async def raise_level(house: House, signed: Signed) -> str:
    """The second factor was shown: the session is full, with a new token, which is returned."""
    hours = house.settings.session_hours
    ends_at = signed.session.ends_at if signed.is_full else from_now(hours * 3600)
    notice("proved" if signed.is_full else "signed_in", account=signed.account.id)
    return await renew(house, signed, level="full", proved_at=now(), ends_at=ends_at)


async def renew(house: House, signed: Signed, **values: str) -> str:
    """A new token for the session, which the old one opens no more."""
    token = new_token()
    await house.accounts.change(
        SessionRow, {"id": signed.session.id}, token=digest(token), seen_at=now(), **values
    )
    return token


async def signed_in(house: House, token: str) -> Signed | None:
    """Who a cookie's token belongs to, while the session holds; and notes that it was used."""
    if not token:
        return None
    session = await house.accounts.one(SessionRow, token=digest(token))
    idle = house.settings.session_idle_minutes * 60 if session and session.level == "full" else 0
    if (
        session is None
        or session.ends_at < now()
        or session.seen_at < from_now(-(idle or _HALF_HOLDS))
    ):
        return None
    account = await house.accounts.account(session.account_id)
    if account is None or account.standing != "active":
        return None
    if session.seen_at < from_now(-_NOTE_EVERY):
        await house.accounts.change(SessionRow, {"id": session.id}, seen_at=now())
    return Signed(account, session)


async def has_factor(house: House, account: AccountRow) -> bool:
    """Whether somebody has set up a second factor."""
    return bool(account.totp_secret) or bool(
        await house.accounts.one(PasskeyRow, account_id=account.id)
    )


async def end(house: House, session: SessionRow) -> None:
    """Signs a browser out; it leaves the boards that it had open as this account."""
    await _end(house, [session])


async def end_all(house: House, account_id: str, but: str = "") -> None:
    """Signs somebody out everywhere, `but` in the session with this id."""
    rows = await house.accounts.all(SessionRow, account_id=account_id)
    await _end(house, [row for row in rows if row.id != but])


async def leave_team(house: House, account_id: str, team_id: str) -> None:
    """Ends what somebody has open of a team's meetings."""
    rows = await house.accounts.all(SessionRow, account_id=account_id)
    seats = await house.accounts.unseat([row.id for row in rows], team_id)
    for board_id, person_id in seats:
        house.ask_again_who(board_id, person_id)


async def _end(house: House, rows: list[SessionRow]) -> None:
    seats = await house.accounts.unseat([row.id for row in rows])
    for row in rows:
        await house.accounts.remove(SessionRow, id=row.id)
        notice("signed_out", account=row.account_id, session=row.id)
    for board_id, person_id in seats:
        house.ask_again_who(board_id, person_id)


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_MACHINES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
             ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


def browser_name(agent: str) -> str:
    """ "Firefox, Windows", out of a User-Agent header: enough to know one's own browsers by."""
    found = []
    for names in (_BROWSERS, _MACHINES):
        found += [name for part, name in names if re.search(part, agent)][:1]
    return ", ".join(found)
