"""How fast the frames of one socket are taken (the numbers are in app/access/limits.py).

Over the limit a frame is refused as "slow_down" and the next is read a little later, so that a
flood waits in its sender's own network and costs the others nothing. Once a command was refused,
later ones of this socket are refused too until that one has come again: what was sent in order
is carried out in order.
"""

from __future__ import annotations

import asyncio

from app.access.limits import Limits, seconds, take_all
from app.board.refusal import Refused

# After a refusal the next frame is read so much later, in seconds.
_LATER = 0.02
# After so many refusals, less ten a second, the facilitator is told; and the socket is closed.
_LOUD, _FLOOD = 60, 250
_FORGIVEN = 10.0
# How much longer than told a refused command is waited for before others may pass it.
_PATIENCE = 5.0


class Flood(Exception):
    """So much was sent for so long that the socket is closed."""


class Pace:
    def __init__(self, limits: Limits, board_id: str, address: str) -> None:
        self._limits = limits
        self._board = board_id
        self._address = address
        self._person = address  # until the hello says who this is
        self._refusals = 0.0
        self._at = 0.0
        self._first = ""
        self._until = 0.0

    def of(self, person_id: str) -> None:
        self._person = f"{self._board}/{person_id}"

    def command(self, command_id: str, size: int) -> None:
        """Counts a command of so many bytes. Raises Refused "slow_down"."""
        now = asyncio.get_running_loop().time()
        if self._first and command_id != self._first and now < self._until:
            raise Refused("slow_down", wait=seconds(self._until - now - _PATIENCE))
        limits = self._limits
        wait = take_all(
            (limits.commands_of_person, self._person, 1),
            (limits.bytes_of_person, self._person, size),
            (limits.commands_of_board, self._board, 1),
            (limits.commands_of_address, self._address, 1),
        )
        if wait:
            self._first, self._until = command_id, now + wait + _PATIENCE
            raise Refused("slow_down", wait=seconds(wait))
        self._first = ""

    def other(self, size: int) -> None:
        """Counts any other frame. Raises Refused "slow_down"."""
        limits = self._limits
        wait = max(
            limits.frames_of_person.take(self._person), limits.bytes_of_person.wait(self._person)
        )
        if wait:
            raise Refused("slow_down", wait=seconds(wait))
        limits.bytes_of_person.spend(self._person, size)

    async def refused(self) -> bool:
        """After a refusal: waits a little. Returns whether this has become loud; raises Flood."""
        now = asyncio.get_running_loop().time()
        self._refusals = max(0.0, self._refusals - (now - self._at) * _FORGIVEN) + 1
        self._at = now
        if self._refusals > _FLOOD:
            self._limits.floods.spend(self._person)
            raise Flood
        await asyncio.sleep(_LATER)
        return self._refusals > _LOUD

    @property
    def is_shut_out(self) -> bool:
        """Whether this person's flood is too short ago to come back."""
        return self._limits.floods.wait(self._person) > 0
