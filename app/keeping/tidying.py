"""After a deletion: SQLite's files are written anew, so that nothing of it is left in them."""

from __future__ import annotations

import time

from sqlalchemy import Engine

# Seconds for which the last reader of the old state is waited for.
_PATIENCE = 20.0


def tidy(engine: Engine) -> bool:
    """Whether the files hold no old pages any more; PostgreSQL does this by itself (VACUUM)."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            if not busy:
                return True
            time.sleep(0.1)
    return False
