"""The database for commands that an administrator gives, also while a server runs."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.keeping.chain import Note, append
from app.settings import ROOT, Settings, read_settings
from app.store.engine import database_url, make_engine
from app.store.keys import keyring_of
from app.store.seal import Seal
from app.store.unlock import unlock

log = logging.getLogger("kinboard.migrate")

# Who acts in the audit log where somebody with access to the machine gives a command.
ADMIN = "admin"


@dataclass(slots=True)
class Database:
    settings: Settings
    engine: Engine
    seal: Seal

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, committed at the end."""
        with self.engine.begin() as connection:
            yield connection

    def note(self, kind: str, board: str = "", item: str = "", **more: Any) -> None:
        """Notes in the audit log what an administrator did."""
        with self.begin() as connection:
            append(connection, [Note(ADMIN, kind, board, item, more)])


def migrate(_: argparse.Namespace | None = None) -> None:
    """Brings the database up to date. Raises KeyTrouble where the keys do not fit it, and
    StillRunning where older workers have to be stopped first.

    A database that a newer release has brought up to date is left as it is: during an update the
    workers of both run beside each other.
    """
    config = Config(str(ROOT / "alembic.ini"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    newer = _revisions() - known
    if newer:
        log.warning("the database is of a newer release (%s): left as it is", ", ".join(newer))
    else:
        command.upgrade(config, "head")
    with database():
        pass


def _revisions() -> set[str]:
    """The newest migrations that the database has seen."""
    engine = make_engine(database_url(read_settings().database_url))
    with engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    engine.dispose()
    return found


@contextmanager
def database() -> Iterator[Database]:
    """The database of the settings, unlocked. Raises KeyTrouble."""
    settings = read_settings()
    engine = make_engine(database_url(settings.database_url))
    seal = Seal(keyring_of(settings))
    try:
        with engine.begin() as connection:
            unlock(connection, seal)
        yield Database(settings, engine, seal)
    finally:
        engine.dispose()
