"""Whether the keys fit the database, asked once at the start: one clear line, never garbage."""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.store.keys import KeyTrouble
from app.store.seal import NotSealed, Seal
from app.store.tables import KeyRow

_key: Table = KeyRow.__table__  # type: ignore[attr-defined]
_WORD = b"kinboard"


def unlock(connection: Connection, seal: Seal) -> None:
    """Reads the keys and tries each that was used here. Makes the first one for a new database.

    Raises KeyTrouble.
    """
    ring = seal.keyring
    where = ring.path or "KINBOARD_KEYS"
    ring.refresh()
    used = connection.execute(select(_key)).all()
    missing = [row.id for row in used if row.id not in ring.keys]
    if missing:
        raise KeyTrouble(
            f"The database is sealed with the key {missing[0]}, which is not in {where}:"
            " bring the key file back (docs/data.md)."
        )
    if not ring.keys:
        ring.add()
    seal.refresh()
    for row in used:
        try:
            seal.open(row.word, "key", row.id)
        except NotSealed:
            raise KeyTrouble(
                f"The key {row.id} in {where} is not the one that sealed the database:"
                " bring the right key file back (docs/data.md)."
            ) from None
    note_key(connection, seal)


def forget_older(connection: Connection, seal: Seal) -> None:
    """Once the newest key seals everything, the database asks for no other."""
    connection.execute(delete(_key).where(_key.c.id != seal.keyring.newest))


def note_key(connection: Connection, seal: Seal) -> None:
    """Keeps the newest key's id and word, if it has not sealed anything here before."""
    newest = seal.keyring.newest
    if connection.scalar(select(_key.c.id).where(_key.c.id == newest)) is None:
        word = seal.close(_WORD, "key", newest)
        # Another machine may start in the same moment.
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"id": newest, "made_at": now(), "word": word}
        connection.execute(insert(_key).values(row).on_conflict_do_nothing())
