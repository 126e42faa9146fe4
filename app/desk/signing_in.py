"""Signing in: a password and a second factor, or a passkey.

Whatever is wrong, the answer is the same ("no_fit"): it does not tell which part was wrong,
whether there is such an account, or whether it has to wait.
"""

from __future__ import annotations

import json
from typing import Any

from app.access import codes, passkeys, passwords
from app.access.notice import notice
from app.access.tokens import digest, new_token
from app.board.refusal import Refused
from app.clock import from_now
from app.desk import members
from app.desk.tries import Tries
from app.live.house import House
from app.store.account_tables import (
    AccountLinkRow,
    AccountRow,
    CeremonyRow,
    PasskeyRow,
    RecoveryCodeRow,
)

_STEP_HOLDS = 600


async def with_password(house: House, email: str, password: str, address: str) -> AccountRow:
    """The account that e-mail and password fit. Raises Refused "no_fit"."""
    try:
        email = members.read_email(email)
    except Refused:  # no such account, told like any other
        email = ""
    tries = Tries(house, email, address)
    if not await tries.begin():
        notice("sign_in_held")
        raise Refused("no_fit", "password")
    account = await house.accounts.by_email(email) if email else None
    if not await passwords.fits(password, account.password if account else "") or not account:
        notice("sign_in_failed", **({"account": account.id} if account else {}))
        raise Refused("no_fit", "password")
    await tries.was_right()
    return account


async def with_code(house: House, account: AccountRow, typed: str, address: str) -> None:
    """The second factor, typed: from the authenticator app, or a recovery code.

    Raises Refused "no_fit".
    """
    tries = Tries(house, account.email or account.id, address)
    if not await tries.begin():
        notice("sign_in_held", account=account.id)
        raise Refused("no_fit", "code")
    if not await _fits(house, account, typed):
        notice("second_factor_failed", account=account.id)
        raise Refused("no_fit", "code")
    await tries.all_right()


async def _fits(house: House, account: AccountRow, typed: str) -> bool:
    step = codes.step_of(account.totp_secret, typed)
    if step is not None:
        return await house.accounts.use_step(account.id, step)
    if not codes.looks_like_recovery(typed):
        return False
    kept = await codes.kept_recovery_code(typed, account.id)
    used = await house.accounts.remove(RecoveryCodeRow, account_id=account.id, code=kept)
    if used:
        notice("recovery_code_used", account=account.id)
    return bool(used)


async def with_passkey(house: House, site: passkeys.Site, options: Any, answer: str) -> AccountRow:
    """The account whose passkey was shown. Raises Refused "passkey_failed"."""
    row = await house.accounts.one(PasskeyRow, id=passkeys.id_in(answer))
    account = await house.accounts.account(row.account_id) if row else None
    if row is None or account is None or account.standing != "active":
        notice("passkey_failed")
        raise Refused("passkey_failed", "passkey")
    known = passkeys.Known(row.id, row.public_key, row.sign_count)
    try:
        known = passkeys.shown(site, options, answer, known)
    except Refused:
        notice("passkey_failed", account=account.id)
        raise
    await house.accounts.change(PasskeyRow, {"id": row.id}, sign_count=known.sign_count)
    await Tries(house, account.email or account.id, "").forget()
    return account


async def set_password(house: House, account: AccountRow, password: str) -> None:
    """Raises Refused where it will not do."""
    passwords.check(password, [account.name, account.email or ""])
    kept = await passwords.kept(password)
    await house.accounts.change(AccountRow, {"id": account.id}, password=kept)
    notice("password_set", account=account.id)


async def by_link(house: House, token: str) -> AccountRow | None:
    """Whose password a link sets, while it holds."""
    row = await house.accounts.one(AccountLinkRow, token=digest(token))
    account = await house.accounts.account(row.account_id) if row else None
    if row is None or account is None or row.ends_at < from_now(0):
        return None
    return account if account.standing == "active" else None


async def use_link(house: House, token: str, password: str) -> AccountRow:
    """Sets the password of a link's account, once. Raises Refused."""
    account = await by_link(house, token)
    if account is None:
        raise Refused("old_link", "password")
    passwords.check(password, [account.name, account.email or ""])
    if await house.accounts.take(AccountLinkRow, digest(token)) is None:
        raise Refused("old_link", "password")
    await set_password(house, account, password)
    return account


async def remember(house: House, kind: str, data: Any) -> str:
    """Keeps something until the next step of signing in; the token to ask for it with."""
    token = new_token()
    row = CeremonyRow(
        token=digest(token), kind=kind, data=json.dumps(data), ends_at=from_now(_STEP_HOLDS)
    )
    await house.accounts.forget_old_steps()
    await house.accounts.add(row)
    return token


async def recall(house: House, kind: str, token: str) -> Any:
    """What was kept, which is then forgotten; None where there is nothing."""
    row = await house.accounts.take(CeremonyRow, digest(token)) if token else None
    return json.loads(row.data) if row and row.kind == kind else None
