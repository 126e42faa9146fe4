"""The audit log's entries, each bound to all before it by a hash.

An entry's hash is the SHA-256 of the hash before it and of the entry as canonical JSON, so nothing
can be changed, taken out or put in between without every later hash being wrong. Entries hold ids
and kinds of things, never a name or a word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from app.clock import now
from app.store.tables import AuditRow

SCOPE = "kinboard"

audit_table: Table = AuditRow.__table__  # type: ignore[attr-defined]

# So that nobody else adds an entry between reading the last one and writing the next. SQLite takes
# its one lock for writing with any statement that could write, this one without touching a row.
_LOCK = {
    "sqlite": "UPDATE audit SET seq = seq WHERE 0",
    "postgresql": "LOCK TABLE audit IN EXCLUSIVE MODE",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be noted: `actor` did `kind`, on a board, to an item; ids all of them."""

    actor: str
    kind: str
    board: str = ""
    item: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Entry:
    """A note in its place in the chain."""

    seq: int
    note: Note
    hash: str

    def as_dict(self) -> dict[str, Any]:
        note = self.note
        told = {"seq": self.seq, "at": note.at, "actor": note.actor, "kind": note.kind}
        return told | {"board": note.board, "item": note.item, "more": note.more, "hash": self.hash}


def append(connection: Connection, notes: Iterable[Note], scope: str = SCOPE) -> None:
    """Adds notes at the chain's end; other workers wait until the transaction is over."""
    connection.exec_driver_sql(_LOCK[connection.dialect.name])
    seq, last = head(connection, scope)
    rows = []
    for note in notes:
        seq += 1
        last = _hash(last, scope, seq, note)
        rows.append(_row(scope, seq, note, last))
    if rows:
        connection.execute(insert(audit_table), rows)


def keep(connection: Connection, entries: Iterable[Entry], scope: str = SCOPE) -> None:
    """Puts entries of the same chain back as they were, as a restore does."""
    rows = [_row(scope, entry.seq, entry.note, entry.hash) for entry in entries]
    if rows:
        connection.execute(insert(audit_table), rows)


def head(connection: Connection, scope: str = SCOPE) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and "" where there is none."""
    query = select(audit_table.c.seq, audit_table.c.hash).where(audit_table.c.scope == scope)
    last = connection.execute(query.order_by(audit_table.c.seq.desc()).limit(1)).one_or_none()
    return (last.seq, last.hash) if last else (0, "")


def entries(
    connection: Connection, *conditions: Any, after: int = 0, scope: str = SCOPE
) -> Iterator[Entry]:
    """The chain in its order; `conditions` are SQL on the table's columns."""
    query = select(audit_table).where(
        audit_table.c.scope == scope, audit_table.c.seq > after, *conditions
    )
    for row in connection.execute(query.order_by(audit_table.c.seq)):
        yield _entry(row)


def latest(connection: Connection, condition: Any, limit: int, scope: str = SCOPE) -> list[Entry]:
    """The newest entries that a condition fits, the newest first."""
    query = select(audit_table).where(audit_table.c.scope == scope, condition)
    rows = connection.execute(query.order_by(audit_table.c.seq.desc()).limit(limit))
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    try:
        more = json.loads(row.more)
    except ValueError:  # somebody wrote in it; the hash will tell
        more = {"unreadable": row.more}
    return Entry(row.seq, Note(row.actor, row.kind, row.board, row.item, more, row.at), row.hash)


def first_break(chain: Iterable[Entry], scope: str = SCOPE) -> tuple[int, str] | None:
    """The first entry that does not follow from those before it, and what is wrong with it."""
    last = ""
    for expected, entry in enumerate(chain, 1):
        if entry.seq != expected:
            return expected, "is missing"
        last = _hash(last, scope, entry.seq, entry.note)
        if last != entry.hash:
            return expected, "was changed, or one before it was"
    return None


def _row(scope: str, seq: int, note: Note, digest: str) -> dict[str, Any]:
    return {
        "scope": scope,
        "seq": seq,
        "at": note.at,
        "actor": note.actor,
        "kind": note.kind,
        "board": note.board,
        "item": note.item,
        "more": _canonical(note.more),
        "hash": digest,
    }


def _hash(last: str, scope: str, seq: int, note: Note) -> str:
    told = [scope, seq, note.at, note.actor, note.kind, note.board, note.item, note.more]
    return hashlib.sha256(f"{last}\n{_canonical(told)}".encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
