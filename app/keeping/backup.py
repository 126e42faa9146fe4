"""A copy of the whole database as one file, taken while people write.

The file is a tar with `manifest.json` and the database as it is: what is sealed stays sealed, and
the keys are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.engine import URL

from app.clock import now
from app.keeping.chain import head
from app.store.engine import make_engine

FORMAT, VERSION = "kinboard.backup", 1
_MANIFEST, _DATABASE = "manifest.json", "database"


class NoBackup(Exception):
    """A backup cannot be made or used. The message is one line for an administrator."""


def take(engine: Engine, target: Path) -> dict[str, Any]:
    """Writes a backup that only its owner can read; its manifest."""
    with _private_folder(target.parent) as folder:
        copy = folder / _DATABASE
        copy.touch(0o600)
        if engine.dialect.name == "sqlite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM INTO :copy"), {"copy": str(copy)})
            copied = make_engine(f"sqlite:///{copy}")
        else:
            _run("pg_dump", engine.url, "--format=custom", f"--file={copy}")
            copied = engine
        with copied.connect() as connection:
            manifest = _manifest(connection, engine.dialect.name)
        if copied is not engine:
            copied.dispose()
        manifest |= {"bytes": copy.stat().st_size, "sha256": _digest(copy)}
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1))
        whole = folder / "whole"
        whole.touch(0o600)
        with tarfile.open(whole, "w") as archive:
            for name in (_MANIFEST, _DATABASE):
                archive.add(folder / name, name, filter=_plain)
        with whole.open("rb") as written:
            os.fsync(written.fileno())
        whole.replace(target)
    return manifest


@contextmanager
def unpacked(source: Path, beside: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The manifest and the database of a backup, checked, in a folder of its own that goes away.

    Raises NoBackup.
    """
    with _private_folder(beside) as folder:
        try:
            with tarfile.open(source) as archive:
                manifest = json.loads(_member(archive, _MANIFEST).read())
                copy = folder / _DATABASE
                copy.touch(0o600)
                with copy.open("wb") as out, _member(archive, _DATABASE) as content:
                    while piece := content.read(1 << 20):
                        out.write(piece)
        except (OSError, KeyError, ValueError, tarfile.TarError):
            raise NoBackup(f"{source} cannot be read as a backup of Kinboard.") from None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise NoBackup(f"{source} is not a backup of Kinboard.")
        if manifest.get("version", 0) > VERSION:
            raise NoBackup(f"{source} was made by a newer Kinboard: update first.")
        if _digest(copy) != manifest.get("sha256"):
            raise NoBackup(f"{source} is damaged: its checksum is another one.")
        yield manifest, copy


def load_into(url: URL, copy: Path) -> None:
    """Puts an unpacked PostgreSQL backup in the place of a database, all or nothing."""
    _run("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", copy)


def _manifest(connection: Connection, dialect: str) -> dict[str, Any]:
    seq, last = head(connection)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now(),
        "database": dialect,
        "revision": connection.scalar(text("SELECT version_num FROM alembic_version")),
        "keys": sorted(connection.scalars(text("SELECT id FROM key"))),
        "boards": _count(connection, "board"),
        "events": _count(connection, "event"),
        "audit": {"seq": seq, "hash": last},
    }


def is_empty(connection: Connection) -> bool:
    """Whether nobody has made anything in a database yet."""
    if not inspect(connection).has_table("account"):
        return True
    return not any(_count(connection, table) for table in ("account", "family", "board"))


def _count(connection: Connection, table: str) -> int:
    return connection.scalar(select(func.count()).select_from(sql_table(table))) or 0


@contextmanager
def _private_folder(beside: Path) -> Iterator[Path]:
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".kinboard-", dir=beside) as folder:
            yield Path(folder)
    except OSError as fault:
        raise NoBackup(f"{beside} cannot be written: {fault.strerror}.") from None


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine it was made on."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _member(archive: tarfile.TarFile, name: str):
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _run(program: str, url: URL, *arguments: object) -> None:
    # The password goes by the environment: arguments are for everyone on the machine to read.
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}
    try:
        done = subprocess.run(
            [program, f"--dbname={plain}", *map(str, arguments)],
            env=os.environ | secret,
            capture_output=True,
        )
    except FileNotFoundError:
        raise NoBackup(f"{program} is not there: install PostgreSQL's client programs.") from None
    if done.returncode:
        raise NoBackup(f"{program} failed with {done.returncode}.")
