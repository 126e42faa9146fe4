"""Migrations beside running workers: one program migrates at a time, and what cannot be done
beside older workers is not (docs/upgrade.md).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

# By this name PostgreSQL knows a program that migrates, or waits for its turn.
_NAME = "kinboard migrate"
# Any number that no other program of the database takes: the letters of "kinboard".
_LOCK = int.from_bytes(b"kinboard", "big")


class StillRunning(Exception):
    """A migration needs all workers stopped, and some are not."""


def take_turn(connection: Connection) -> None:
    """Waits until nobody else migrates; until the end of the transaction nobody else will.

    A SQLite file is one machine's, and its workers are started together.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET application_name = '{_NAME}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def need_all_stopped(connection: Connection) -> None:
    """For a migration after which older workers would not see all that newer ones write.

    Raises StillRunning where other programs have the database open. A new database has none.
    """
    if connection.dialect.name != "postgresql":
        return
    if connection.execute(text("SELECT 1 FROM board LIMIT 1")).first() is None:
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name <> :name"
    )
    count = connection.scalar(others, {"name": _NAME})
    if count:
        raise StillRunning(
            f"This update needs all workers stopped, and {count} connections to the database are"
            " open: stop every worker and other program that uses it, then start the new ones"
            " (docs/upgrade.md)."
        )
