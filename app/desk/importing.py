"""Bringing an exported meeting back in, with its whole history."""

from __future__ import annotations

from typing import Any

from app.desk import hosting
from app.export.record import read_record
from app.live.board import LiveBoard
from app.live.house import House
from app.people.person import Person
from app.store.account_tables import AccountRow
from app.store.store import Entry

# Events in one transaction: few enough that live meetings need not wait for long.
_AT_ONCE = 500


async def import_record(house: House, account: AccountRow, data: Any) -> LiveBoard:
    """A new meeting with the record's events and so the same board. Raises Refused."""
    events = read_record(data)
    name = str(data.get("family") or "")[:80] or account.name
    family = await hosting.add_family(house, account, name)
    persons = {
        change.set["role"]: change.id for change in events[0].changes if change.kind == Person.kind
    }
    live = await hosting.new_board(house, family, persons["facilitator"], persons["projector"])
    async with live.lock:
        board = live.board
        while board.seq < len(events):
            entry = Entry(board)
            for event in events[board.seq : board.seq + _AT_ONCE]:
                board.apply(event)
                entry.add(event)
            await house.store.append([entry])
    house.audit.note(account.id, "record.imported", live.board.id, seq=live.board.seq)
    house.audit.anchor(live.board.id)
    return live
