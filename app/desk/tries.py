"""Wrong passwords and codes are counted, and slowed down (app/access/throttle.py)."""

from __future__ import annotations

from functools import partial

from app.access import throttle
from app.access.tokens import digest
from app.clock import from_now
from app.live.house import House


class Tries:
    """The tries for one account, named by its e-mail or id, from one network address."""

    def __init__(self, house: House, account: str, address: str) -> None:
        self._accounts = house.accounts
        self._account = digest(f"account {account}")
        self._address = digest(f"address {address}")

    async def begin(self) -> bool:
        """Whether one may try now. It is counted before it is looked at."""
        # An account's wrong tries add up until a right one; an address's are of the last hour.
        last_hour = from_now(-throttle.LONGEST)
        return await self._accounts.count_try(
            self._address, partial(throttle.wait, "address"), last_hour
        ) and await self._accounts.count_try(self._account, partial(throttle.wait, "account"), "")

    async def was_right(self) -> None:
        """This factor was right: its try does not count. Those before still do."""
        await self._accounts.give_back(self._address)
        await self._accounts.give_back(self._account)

    async def all_right(self) -> None:
        """Signed in with both factors: the account starts afresh."""
        await self._accounts.give_back(self._address)
        await self.forget()

    async def forget(self) -> None:
        await self._accounts.forget_tries(self._account)
