"""When the database cannot read or write just now: whose fault it is, and what may help.

SQLite and PostgreSQL say it in many ways; the rest of the house knows these three.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import exc


class Away(Exception):
    """The database cannot do it now, and may later: gone, full, locked, read-only, too slow.

    Whether a commit that ends so was made is not known; the log tells it later.
    """


class Broken(Away):
    """The connection broke, or there is none. A new one may do."""


class Held(Away):
    """Somebody else holds these very rows; others may be free."""


# Busy, locked, out of memory, read-only, input or output, full, cannot be opened, protocol.
_SQLITE = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
# PostgreSQL's codes: connections, and a server that shuts down or starts.
_BROKEN = ("08", "57P")
# Locks that were waited for in vain, and what else may be tried again (deadlocks).
_HELD = ("55P03", "40")
# Resources (a full disk), intervention (statements that took too long), the system, a server that
# only reads (as a standby does), transactions that were left alone for too long.
_AWAY = ("53", "57", "58", "25006", "25P03", "25P04")


@contextmanager
def told_apart() -> Iterator[None]:
    """Raises what the database cannot do just now as Away, and all else as it is."""
    try:
        yield
    except Exception as failure:
        kind = away(failure)
        if kind is None:
            raise
        raise kind from failure


def away(failure: BaseException) -> type[Away] | None:
    """What kind of trouble an error of a driver or of SQLAlchemy is; None for any other error."""
    if isinstance(failure, Away):
        return type(failure)
    if isinstance(failure, exc.TimeoutError):
        return Away
    found = failure.orig if isinstance(failure, exc.DBAPIError) else failure
    if isinstance(found, sqlite3.Error):
        code = getattr(found, "sqlite_errorcode", None)
        return Away if code is not None and code & 0xFF in _SQLITE else None
    if isinstance(found, psycopg.Error):
        return _postgres(found)
    return None


def _postgres(failure: psycopg.Error) -> type[Away] | None:
    code = failure.sqlstate
    if code is None:  # said by the driver itself
        lines = psycopg.OperationalError | psycopg.InterfaceError
        return Broken if isinstance(failure, lines) else None
    for kind, codes in ((Broken, _BROKEN), (Held, _HELD), (Away, _AWAY)):
        if code.startswith(codes):
            return kind
    return None
