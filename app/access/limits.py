"""How much one address, one person and one board may ask for, in this process's memory. What is
counted against guessing, other workers are told of (`SHARED`); the rest holds for each worker.

Every limit is a bucket of tokens that fills up again steadily: a burst is fine, a flood is not.
What a limit counts and why it is as it is stands in docs/joining.md.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from app.settings import Settings

# Keys that are remembered for one limit; the ones not seen for longest are forgotten first.
_MOST_KEYS = 50_000


class Limit:
    """`amount` tokens in `seconds`, and no more than `burst` at once, for each key."""

    def __init__(self, amount: float, seconds: float, burst: float | None = None) -> None:
        self._rate = amount / seconds
        self._burst = burst or amount
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        # Told of each key for which something was spent here.
        self.tell: Callable[[str], None] | None = None

    def wait(self, key: str, cost: float = 1) -> float:
        """Seconds until `cost` tokens are there; 0.0 if they are. Takes none."""
        return self._lacks(self._at(key, time.monotonic()), cost)

    def take(self, key: str, cost: float = 1) -> float:
        """Takes `cost` tokens and returns 0.0; or takes none, and returns the seconds to wait."""
        return take_all((self, key, cost))

    def spend(self, key: str, cost: float = 1) -> None:
        """Takes `cost` tokens, be they there or not."""
        self.was_spent(key, cost)
        if self.tell:
            self.tell(key)

    def was_spent(self, key: str, cost: float = 1) -> None:
        """As `spend`, where it happened at another worker."""
        now = time.monotonic()
        self._leave(key, self._at(key, now) - cost, now)

    def _at(self, key: str, now: float) -> float:
        known = self._left.get(key)
        if known is None:
            return self._burst
        left = known[0] + (now - known[1]) * self._rate
        return left if left < self._burst else self._burst

    def _lacks(self, left: float, cost: float) -> float:
        # What is larger than the whole bucket waits for a full one.
        missing = (cost if cost < self._burst else self._burst) - left
        return missing / self._rate if missing > 0 else 0.0

    def _leave(self, key: str, left: float, now: float) -> None:
        self._left[key] = (left if left > 0 else 0.0, now)
        self._left.move_to_end(key)
        if len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)


def take_all(*asked: tuple[Limit, str, float]) -> float:
    """Takes what is asked of several limits (limit, key, cost) and returns 0.0; or takes nothing
    at all, and returns the seconds to wait. For what comes with every edit."""
    now = time.monotonic()
    lefts = [limit._at(key, now) for limit, key, _ in asked]
    wait = 0.0
    for (limit, _, cost), left in zip(asked, lefts, strict=True):
        lacks = limit._lacks(left, cost)
        if lacks > wait:
            wait = lacks
    if not wait:
        for (limit, key, cost), left in zip(asked, lefts, strict=True):
            limit._leave(key, left - cost, now)
    return wait


class Held:
    """How many of something there are at once, for each key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count: dict[str, int] = {}

    def is_full(self, key: str) -> bool:
        return self._count.get(key, 0) >= self._most

    def enter(self, key: str) -> None:
        self._count[key] = self._count.get(key, 0) + 1

    def leave(self, key: str) -> None:
        self._count[key] -= 1
        if not self._count[key]:
            del self._count[key]


EVERYONE = ""
# Limits that all workers count together, by their names in `Limits`.
SHARED = ("codes", "codes_of_all", "guesses", "joins_of_address", "joins_of_board", "floods")
# A person at full speed may send so many seconds' worth at once, as after a time without network.
_BURST = 10


class Limits:
    """All limits of one house. Addresses are keys as `network` makes them."""

    def __init__(self, settings: Settings) -> None:
        minutes, hour = 600, 3600
        self.codes = Limit(settings.limit_codes, minutes)
        self.codes_of_all = Limit(settings.limit_codes_of_all, hour)
        self.guesses = Limit(settings.limit_guesses, minutes)
        # An agency's meetings may all share one address.
        self.joins_of_address = Limit(4 * settings.limit_joins, hour)
        self.joins_of_board = Limit(settings.limit_joins, hour)
        per_person, per_board = settings.limit_commands, settings.limit_commands_of_board
        self.commands_of_person = Limit(per_person, 1, per_person * _BURST)
        self.commands_of_board = Limit(per_board, 1, per_board * _BURST)
        self.commands_of_address = Limit(per_board, 1, per_board * _BURST)
        # What is not a command: signs of life, typing, and frames that are none.
        self.frames_of_person = Limit(2 * per_person, 1, 2 * per_person * _BURST)
        self.bytes_of_person = Limit(settings.limit_bytes, 1, settings.limit_bytes * _BURST)
        self.sockets_of_person = Held(settings.limit_sockets)
        self.sockets_of_board = Held(settings.limit_sockets_of_board)
        self.sockets_of_address = Held(settings.limit_sockets_of_board)
        # Pages of a meeting; and those that keep the machine busy: the PDF, the record.
        self.pages_of_person = Limit(per_person, 1, per_person * _BURST)
        self.exports_of_person = Limit(10, 60)
        # Who flooded on has to stay away for half a minute.
        self.floods = Limit(1, 30)


def network(address: str | None) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one household has alone."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(ip)


def seconds(wait: float) -> int:
    """A wait as people and programs are told it: whole seconds, at least one."""
    return max(1, math.ceil(wait))
