"""Noting who saw, changed, exported and shared what, without holding anybody up.

A note waits in memory for as long as it takes to write it, which begins at once; a clean stop
waits for the last one. What a person writes on a board stands in the board's own log: the audit
log keeps anchors of it (app/keeping/anchors.py) instead of saying it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from app.board.events import Event
from app.keeping.anchors import first_broken, new_anchor, standing
from app.keeping.chain import (
    Entry,
    Note,
    append,
    audit_table,
    entries,
    first_break,
    head,
    latest,
)
from app.store.account_tables import AccountRow, TeamRow
from app.store.faults import Away
from app.store.seal import Seal
from app.store.store import Store
from app.store.tables import BoardRow, FamilyRow

log = logging.getLogger("kinboard.audit")

_team: Table = TeamRow.__table__  # type: ignore[attr-defined]
_account: Table = AccountRow.__table__  # type: ignore[attr-defined]
_family: Table = FamilyRow.__table__  # type: ignore[attr-defined]
_board: Table = BoardRow.__table__  # type: ignore[attr-defined]

# Events of a board that an auditor looks for: who was let in, and what became of the meeting.
_NOTED = frozenset(
    {
        "meeting.created",
        "meeting.opened",
        "meeting.closed",
        "correction.added",
        "person.asked",
        "person.admitted",
        "person.role_changed",
        "person.removed",
        "person.left",
        "scale.revealed",
    }
)
# After how many events of a board its log is anchored, beside each closing and each day. Rare, so
# that it costs an ordinary meeting nothing while people write.
ANCHOR_EVERY = 2000
# Seconds until what could not be written is tried again.
_PAUSE = 1.0
_TRIES_AT_END = 5


class Audit:
    def __init__(self, store: Store) -> None:
        self._store = store
        # A board's id stands for: anchor its log.
        self._waiting: list[Note | str] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="audit")

    async def stop(self) -> None:
        """Writes what was noted before now, then ends."""
        self._stopping = True
        self._wake.set()
        if self._task:
            await self._task

    def note(self, actor: str, kind: str, board: str = "", item: str = "", **more: Any) -> None:
        """Notes that `actor` did something. Ids, kinds and numbers only: no names, no words."""
        self._add(Note(actor, kind, board, item, more))

    def happened(self, board_id: str, events: Sequence[Event]) -> None:
        """Notes what an auditor looks for among events that were committed."""
        for event in events:
            if event.type in _NOTED:
                item = event.changes[0].id if event.changes else ""
                self._add(Note(event.by, event.type, board_id, item, {"seq": event.seq}, event.at))
                if event.type == "meeting.closed":
                    self._add(board_id)
        if events[-1].seq // ANCHOR_EVERY > (events[0].seq - 1) // ANCHOR_EVERY:
            self._add(board_id)

    def anchor(self, board_id: str) -> None:
        self._add(board_id)

    async def of_board(self, board_id: str) -> list[Entry]:
        """What is noted of one board so far."""
        of_it = audit_table.c.board == board_id
        return await self._store.read(lambda connection: list(entries(connection, of_it)))

    async def of_organisation(
        self, organisation_id: str, before: int | None, limit: int
    ) -> list[Entry]:
        """What is noted of an organisation's meetings, families and people, the newest first."""
        teams = select(_team.c.id).where(_team.c.organisation_id == organisation_id)
        families = select(_family.c.id).where(_family.c.team_id.in_(teams))
        boards = select(_board.c.id).where(_board.c.family_id.in_(families))
        people = select(_account.c.id).where(_account.c.organisation_id == organisation_id)
        theirs = or_(
            audit_table.c.board.in_(boards),
            audit_table.c.item.in_(families),
            audit_table.c.actor.in_(people),
        )
        if before is not None:
            theirs = and_(theirs, audit_table.c.seq < before)
        return await self._store.read(lambda connection: latest(connection, theirs, limit))

    def _add(self, what: Note | str) -> None:
        self._waiting.append(what)
        self._wake.set()

    async def _run(self) -> None:
        tries = 0
        while self._waiting or not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            try:
                await self._write(batch)
                tries = 0
            except Exception as failure:
                if not isinstance(failure, Away):  # which is logged once, not every second
                    log.exception("%d notes of the audit log could not be written yet", len(batch))
                self._waiting = batch + self._waiting
                tries += 1
                if self._stopping and tries >= _TRIES_AT_END:
                    log.error("%d notes of the audit log were not written", len(self._waiting))
                    return
                await asyncio.sleep(_PAUSE)
                self._wake.set()

    async def _write(self, batch: Sequence[Note | str]) -> None:
        notes = [what for what in batch if isinstance(what, Note)]
        for board_id in dict.fromkeys(what for what in batch if isinstance(what, str)):
            found = await self._store.read(
                lambda connection, board_id=board_id: new_anchor(  # type: ignore[misc]
                    connection, self._store.seal, board_id
                )
            )
            notes += [found] if found else []
        if notes:
            await self._store.write(lambda connection: append(connection, notes))


def verify(connection: Connection, seal: Seal) -> tuple[int, str, str]:
    """(number of entries, last hash, what is wrong first or "")."""
    chain = list(entries(connection))
    seq, last = head(connection)
    wrong = first_break(chain)
    if wrong:
        return seq, last, f"entry {wrong[0]} {wrong[1]}"
    held = [anchor for anchors in standing(chain).values() for anchor in anchors]
    broken = first_broken(connection, seal, held)
    if broken:
        stretch = f"{broken.after + 1} to {broken.to}"
        said = f"entry {broken.entry} does not fit: events {stretch} of {broken.board} were changed"
        return seq, last, said
    return seq, last, ""
