"""What other workers did, looked up in the database every second.

News (app/live/news.py) comes sooner, but may be lost or not be there at all; this is what is
always true. One round is two small questions, however many people are here.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.live.board import LiveBoard
from app.store.faults import Away
from app.store.store import Head

if TYPE_CHECKING:
    from app.live.house import House

log = logging.getLogger("kinboard.watch")

# Seconds until something that another worker did has reached the people here at the latest;
# `kinboard delete` waits for it.
HEED = 1.0


async def watch(house: House) -> None:
    while True:
        await asyncio.sleep(HEED)
        try:
            await look(house, list(house.boards.values()))
            house.workers.say_again()
        except Away:
            log.debug("the database is away: it is asked again")
        except Exception:
            log.exception("could not ask what other workers did")


async def look(house: House, lives: list[LiveBoard]) -> None:
    if not lives:
        return
    # What is on a board while nobody writes is in the database.
    safe = {live.board.id: live.board.seq for live in lives if not live.lock.locked()}
    heads = await house.store.heads([live.board.id for live in lives])
    for live in lives:
        try:
            await _heed(house, live, heads.get(live.board.id), safe.get(live.board.id, 0))
        except Away:
            raise
        except Exception:  # the others are looked after all the same
            log.exception("board %s could not be brought up to date", live.board.id)
    await _seats(house, lives)


async def _heed(house: House, live: LiveBoard, head: Head | None, safe: int) -> None:
    if head is None or head.epoch != live.board.epoch or head.seq < safe:
        await _renew(house, live)
        return
    if head.seq > live.board.seq:
        await house.commits.catch_up(live)
    live.board.was_folded(head.folded)
    live.code_is(head.code)


async def _seats(house: House, lives: list[LiveBoard]) -> None:
    """Sockets whose seat was ended elsewhere come back, and show again that they may."""
    sitting = {seat for live in lives for seat in live.seats.values()}
    if not sitting:
        return
    gone = sitting - await house.families.seats(sitting)
    for live in lives:
        ended = [wire for wire, seat in live.seats.items() if seat in gone]
        if ended:
            await _renew(house, live)  # deleted in between, it says so itself
        for wire in ended:
            live.seats.pop(wire, None)
            wire.close(1012, "come back")


async def _renew(house: House, live: LiveBoard) -> None:
    async with live.settled():
        await house.commits.renew(live)
