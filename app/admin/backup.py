"""`kinboard backup` and `kinboard restore` (docs/data.md)."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url

from app.admin.database import ADMIN, Database, database, migrate
from app.admin.delete import carry_out
from app.keeping import backup, deletion
from app.keeping.anchors import RESTORED
from app.keeping.backup import NoBackup
from app.keeping.chain import Entry, Note, append, entries, head, keep
from app.keeping.tidying import tidy
from app.settings import Settings, read_settings
from app.store.engine import database_url, make_engine
from app.store.keys import keyring_of
from app.store.seal import Seal
from app.store.unlock import unlock

WHY = "again after a restore"


def add_to(commands: Any) -> None:
    take = commands.add_parser("backup", help="copy everything into one file, also while it runs")
    take.add_argument("file", type=Path)
    take.set_defaults(run=_take)

    restore = commands.add_parser("restore", help="go back to a backup; the server has to be off")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="in the place of what is there now")
    restore.add_argument("--deletions", type=Path, help="what `kinboard delete list` printed")
    restore.set_defaults(run=_restore)


def _take(chosen: argparse.Namespace) -> int:
    migrate()
    try:
        with database() as opened:
            manifest = backup.take(opened.engine, chosen.file.absolute())
            opened.note("backup.taken", events=manifest["events"])
    except NoBackup as trouble:
        return _say(trouble)
    print(f"{manifest['boards']} meetings, {manifest['events']} events: {chosen.file}")
    print("The keys are not in it: keep them apart from it, and as long as it.")
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    settings = read_settings()
    if _is_running(settings):
        return _say(f"Kinboard runs on port {settings.port}: stop it first.")
    url = make_url(database_url(settings.database_url))
    beside = Path(url.database or "").parent if settings.is_sqlite else Path.cwd()
    try:
        lost = _read_deletions(chosen.deletions) if chosen.deletions else []
        with backup.unpacked(chosen.file, beside) as (manifest, copy):
            if manifest["database"] != url.get_backend_name():
                raise NoBackup(f"This is a backup of {manifest['database']}.")
            chain = _chain_there(settings, chosen.force)
            if settings.is_sqlite:
                _check_keys(settings, copy)
                for suffix in ("-wal", "-shm"):
                    Path(f"{url.database}{suffix}").unlink(missing_ok=True)
                copy.replace(str(url.database))
            else:
                backup.load_into(url, copy)
        migrate()
        with database() as opened:
            _go_on(opened, chain, lost)
    except NoBackup as trouble:
        return _say(trouble)
    print(f"Everything is as it was at {manifest['made_at']}.")
    return 0


def _say(trouble: object) -> int:
    print(trouble, file=sys.stderr)
    return 1


def _is_running(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
        return probe.connect_ex((host, settings.port)) == 0


def _chain_there(settings: Settings, force: bool) -> list[Entry]:
    """The audit log of the database that is to be replaced. Raises NoBackup without `force`."""
    engine = make_engine(database_url(settings.database_url))
    try:
        with engine.connect() as connection:
            if not backup.is_empty(connection) and not force:
                raise NoBackup("There is a database with meetings in it: --force replaces it.")
            has_log = inspect(connection).has_table("audit")
            return list(entries(connection)) if has_log else []
    finally:
        engine.dispose()


def _check_keys(settings: Settings, copy: Path) -> None:
    """Before anything is replaced. Raises KeyTrouble."""
    engine = make_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        if inspect(connection).has_table("key"):
            unlock(connection, Seal(keyring_of(settings)))
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{copy}{suffix}").unlink(missing_ok=True)


def _go_on(opened: Database, chain: list[Entry], lost: list[dict[str, Any]]) -> None:
    """Goes on with the audit log that was there, and deletes again what was deleted since."""
    with opened.begin() as connection:
        seq, last = head(connection)
        is_same = seq == 0 or any((one.seq, one.hash) == (seq, last) for one in chain)
        later = [one for one in chain if one.seq > seq] if is_same else []
        keep(connection, later)
        append(connection, [Note(ADMIN, RESTORED, more={"audit": seq})])
    known = [_as_deletion(one.note) for one in later if one.note.kind in deletion.DELETIONS]
    for one in [*known, *lost]:
        try:
            carry_out(opened, partial(_again, one))
        except deletion.Kept:
            continue  # it is not in this backup
    if known or lost:
        tidy(opened.engine)


def _as_deletion(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "board": note.board, "item": note.item}


def _again(one: dict[str, Any], opened: Database, connection: Connection) -> None:
    if one["kind"] == "meeting.deleted":
        deletion.delete_meeting(connection, one["board"], ADMIN, WHY)
    elif one["kind"] == "family.deleted":
        deletion.delete_family(connection, one["item"], ADMIN, WHY)
    else:
        deletion.delete_person(connection, opened.seal, one["board"], one["item"], ADMIN, WHY)


def _read_deletions(path: Path) -> list[dict[str, Any]]:
    try:
        found = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        return [{name: str(one[name]) for name in ("kind", "board", "item")} for one in found]
    except (OSError, ValueError, KeyError, TypeError):
        raise NoBackup(f"{path} is not what `kinboard delete list` prints.") from None
