"""The connection to the database that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from app.settings import ROOT, Settings
from app.store.patient import Patient


class Patience(NamedTuple):
    """Seconds: for a connection, for what somebody else has locked, and for one statement.

    `lock` is None for what suits the database, `statement` for no limit.
    """

    connect: float = 5
    lock: float | None = None
    statement: float | None = None


# The long patience of SQLite is for the seconds in which a deletion writes the whole file anew.
_SQLITE_LOCK, _POSTGRES_LOCK = 30.0, 2.0


def patience_of(settings: Settings) -> Patience:
    return Patience(
        settings.database_connect_seconds,
        settings.database_lock_seconds,
        settings.database_statement_seconds,
    )


def database_url(url: str) -> str:
    """The URL with a relative SQLite path taken from the project's root, its folder made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return url
    path = Path(parsed.database)
    path = path if path.is_absolute() else ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    return parsed.set(database=str(path)).render_as_string(hide_password=False)


def make_engine(url: str, patience: Patience | None = None) -> Engine:
    """`patience`: for a server, whose people wait. Without it, statements may take hours."""
    patience = patience or Patience()
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    # What people wrote must not stand in an error's text: parameters are hidden.
    # A connection that died while nobody used it is noticed when it is taken out (pre_ping).
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={} if is_sqlite else _asked_of_postgres(url, patience),
    )
    if is_sqlite:
        event.listen(engine, "connect", partial(_prepare_sqlite, patience))
    elif patience.statement:
        event.listen(engine, "do_connect", partial(_connect_patiently, patience))
    return engine


def _asked_of_postgres(url: str, patience: Patience) -> dict[str, Any]:
    """How connections notice that the other side is gone; what the URL says comes first."""
    asked = {
        "connect_timeout": max(2, round(patience.connect)),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": round(1000 * (patience.statement or 60)),
    }
    said = make_url(url).query
    return {name: value for name, value in asked.items() if name not in said}


def _connect_patiently(
    patience: Patience, _dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]
) -> Any:
    assert patience.statement
    return Patient.open(patience.statement, patience.lock or _POSTGRES_LOCK, *arguments, **named)


def _prepare_sqlite(patience: Patience, connection: Any, _record: Any) -> None:
    busy = round(1000 * (patience.lock or _SQLITE_LOCK))
    cursor = connection.cursor()
    # FULL: what was acknowledged survives a power cut, not only a crash.
    for pragma in (
        *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"),
        f"busy_timeout={busy}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """For several questions about one moment: a board is its rows, and what its log holds beyond
    them, while other workers write both."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
