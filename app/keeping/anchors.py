"""Anchors: hashes of a board's events in the audit log, so that changed events are found out.

An anchor covers the events after the anchor before it. A deletion writes a board's log anew, so it
ends what was anchored of this board, and is itself followed by a new anchor. A restore goes back
to an earlier state: what was anchored after that state holds no longer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, or_, select

from app.keeping.chain import Entry, Note, entries
from app.store.seal import NotSealed, Seal
from app.store.tables import AuditRow, BoardRow, EventRow

ANCHORED, RESTORED = "log.anchored", "restored"
# Kinds of entries after which a board's log is another one.
REWRITTEN = ("words.deleted", "meeting.deleted")

_audit: Table = AuditRow.__table__  # type: ignore[attr-defined]
_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_event: Table = EventRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Anchor:
    """`digest` is over the events with after < seq <= to. `entry` is its number in the log."""

    entry: int
    board: str
    after: int
    to: int
    digest: str


def standing(chain: Iterable[Entry]) -> dict[str, list[Anchor]]:
    """The anchors that hold, by board, from entries of the log in their order."""
    held: dict[str, list[Anchor]] = {}
    for entry in chain:
        note = entry.note
        if note.kind == ANCHORED:
            more = note.more
            anchor = Anchor(entry.seq, note.board, more["after"], more["to"], more["sha256"])
            held.setdefault(note.board, []).append(anchor)
        elif note.kind in REWRITTEN:
            held.pop(note.board, None)
        elif note.kind == RESTORED:
            for board, anchors in held.items():
                held[board] = [one for one in anchors if one.entry <= note.more["audit"]]
    return held


def new_anchor(connection: Connection, seal: Seal, board_id: str) -> Note | None:
    """An anchor for what has happened on a board since the last one; None where nothing has."""
    kinds = _audit.c.kind.in_((ANCHORED, *REWRITTEN))
    chain = entries(
        connection, or_(_audit.c.kind == RESTORED, (_audit.c.board == board_id) & kinds)
    )
    anchors = standing(chain).get(board_id)
    after = anchors[-1].to if anchors else 0
    to = connection.scalar(select(_board.c.seq).where(_board.c.id == board_id)) or 0
    if to <= after:
        return None
    digest = log_digest(connection, seal, board_id, after, to)
    return Note("", ANCHORED, board_id, more={"after": after, "to": to, "sha256": digest})


def log_digest(connection: Connection, seal: Seal, board_id: str, after: int, to: int) -> str:
    """SHA-256 over a stretch of a board's events, columns and opened contents.

    An event that is missing or does not open makes another digest, like one that was changed.
    """
    digest = hashlib.sha256()
    query = select(_event).where(
        _event.c.board_id == board_id, _event.c.seq > after, _event.c.seq <= to
    )
    for row in connection.execute(query.order_by(_event.c.seq)):
        line = (row.seq, row.person_id, row.command_id, row.type, row.at)
        digest.update("|".join(map(str, line)).encode() + b"|")
        try:
            digest.update(seal.open(row.body, "event", board_id, row.seq) + b"\n")
        except NotSealed:
            digest.update(b"does not open\n")
    return digest.hexdigest()


def first_broken(connection: Connection, seal: Seal, anchors: Iterable[Anchor]) -> Anchor | None:
    """The first anchor, in the order of the audit log, whose events are other ones by now."""
    for anchor in sorted(anchors, key=lambda one: one.entry):
        found = log_digest(connection, seal, anchor.board, anchor.after, anchor.to)
        if found != anchor.digest:
            return anchor
    return None
