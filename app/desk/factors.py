"""Second factors of an account: set up, listed, taken away."""

from __future__ import annotations

from typing import Any

from app.access import codes, passkeys
from app.access.notice import notice
from app.board.refusal import Refused
from app.clock import now
from app.desk.members import read_name
from app.live.house import House
from app.store.account_tables import AccountRow, PasskeyRow, RecoveryCodeRow


async def set_up_authenticator(
    house: House, account: AccountRow, secret: str, typed: str
) -> list[str]:
    """Takes an authenticator app's secret, once a code shows that the app has it.

    Returns new recovery codes. Raises Refused "code_wrong".
    """
    step = codes.step_of(secret, typed)
    if step is None:
        raise Refused("code_wrong", "code")
    await house.accounts.change(AccountRow, {"id": account.id}, totp_secret=secret, totp_step=step)
    notice("authenticator_added", account=account.id)
    return await new_recovery_codes(house, account)


async def remove_authenticator(house: House, account: AccountRow) -> None:
    """Raises Refused "last_factor" where no second factor would be left."""
    if not await passkeys_of(house, account):
        raise Refused("last_factor", "authenticator")
    await house.accounts.change(AccountRow, {"id": account.id}, totp_secret="")  # nosec B106  # taken away
    notice("authenticator_removed", account=account.id)


async def new_recovery_codes(house: House, account: AccountRow) -> list[str]:
    """Ten new ones, to be shown once; those before hold no more."""
    shown = codes.new_recovery_codes()
    kept = [await codes.kept_recovery_code(code, account.id) for code in shown]
    await house.accounts.remove(RecoveryCodeRow, account_id=account.id)
    await house.accounts.add(*(RecoveryCodeRow(account_id=account.id, code=code) for code in kept))
    notice("recovery_codes_made", account=account.id)
    return shown


async def recovery_codes_left(house: House, account: AccountRow) -> int:
    return len(await house.accounts.all(RecoveryCodeRow, account_id=account.id))


async def passkeys_of(house: House, account: AccountRow) -> list[PasskeyRow]:
    return await house.accounts.all(PasskeyRow, account_id=account.id)


async def add_passkey(
    house: House, account: AccountRow, site: passkeys.Site, options: Any, answer: str, name: str
) -> None:
    """Raises Refused "passkey_failed"."""
    known = passkeys.made(site, options, answer)
    if await house.accounts.one(PasskeyRow, id=known.id):
        raise Refused("passkey_failed", "passkey")
    row = PasskeyRow(
        id=known.id,
        account_id=account.id,
        name=read_name(name),
        public_key=known.public_key,
        sign_count=known.sign_count,
        made_at=now(),
    )
    await house.accounts.add(row)
    notice("passkey_added", account=account.id)


async def remove_passkey(house: House, account: AccountRow, passkey_id: str) -> None:
    """Raises Refused "last_factor", or "not_found"."""
    mine = await passkeys_of(house, account)
    if passkey_id not in [row.id for row in mine]:
        raise Refused("not_found", "passkey")
    if len(mine) == 1 and not account.totp_secret:
        raise Refused("last_factor", "passkey")
    await house.accounts.remove(PasskeyRow, id=passkey_id)
    notice("passkey_removed", account=account.id)
