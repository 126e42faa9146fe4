"""An older database becomes a new one, and nothing on its boards is another."""

from __future__ import annotations

import ast
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from app.board.board import replay
from app.export.record import board_as_dict
from app.live.house import House
from app.map.cards import AddCard
from app.settings import ROOT, Settings
from app.store.engine import make_engine
from tests.services import Postgres

_HERE = Path(__file__).parent
# The demo as the last release before migration 0006 wrote it, its words sealed with this key,
# which seals nothing else; and its board, as that release exported it.
_DATABASE = gzip.decompress((_HERE / "kinboard-0005.sqlite.gz").read_bytes())
_KEYS = _HERE / "demo-0005.keys"
_BOARD = json.loads((_HERE / "board-0005.json").read_text())


def upgrade(url: str, to: str = "head") -> None:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, to)


def old_file(folder: Path) -> str:
    (folder / "old.db").write_bytes(_DATABASE)
    return f"sqlite:///{folder}/old.db"


@pytest.fixture
def old(database: str, tmp_path: Path) -> str:
    """The URL of the older database, of either kind."""
    source = old_file(tmp_path)
    if database.startswith("sqlite"):
        return source
    upgrade(database, "0005_door")
    there, here = make_engine(source), make_engine(database)
    tables = sa.MetaData()
    tables.reflect(here)
    with there.connect() as reading, here.begin() as writing:
        writing.execute(sa.delete(tables.tables["key"]))  # one that a new database begins with
        for table in tables.sorted_tables:
            rows = list(reading.execute(sa.select(table)).mappings())
            if rows and table.name != "alembic_version":
                writing.execute(sa.insert(table), [dict(row) for row in rows])
    here.dispose()
    there.dispose()
    return database


async def test_boards_of_an_older_schema_are_what_they_were(old: str) -> None:
    upgrade(old)
    house = House(Settings(database_url=old, key_file=str(_KEYS)))
    await house.start()
    try:
        live = await house.open(_BOARD["id"])
        assert live
        told = json.loads(json.dumps(board_as_dict(live.board)))
        for kind, items in _BOARD["board"]["items"].items():
            for was, now in zip(items, told["items"][kind], strict=True):
                assert was.items() <= now.items()  # newer fields have their defaults
        assert {k: v for k, v in told.items() if k != "items"} == {
            k: v for k, v in _BOARD["board"].items() if k != "items"
        }
        log = await house.store.events(live.board.id)
        assert board_as_dict(replay(live.board.id, log)) == board_as_dict(live.board)
        row = await house.families.board(live.board.id)
        assert row
        card = AddCard(column="worries", text="and it goes on")
        seq = await house.ask(live, row.facilitator_person, card)
        assert seq == _BOARD["board"]["seq"] + 1
    finally:
        await house.stop()


def kinboard(url: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"KINBOARD_DATABASE_URL": url, "KINBOARD_KEY_FILE": str(_KEYS)}
    run = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.Popen(run, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def test_machines_that_start_in_the_same_moment_migrate_once(postgres: Postgres) -> None:
    url = postgres.new_database()
    running = [kinboard(url, "migrate") for _ in range(2)]
    for one in running:
        _, errors = one.communicate(timeout=60)
        assert one.returncode == 0, errors
    assert [row[0] for row in read(url, "SELECT version_num FROM alembic_version")] == [newest()]


def test_an_older_release_starts_beside_a_newer_one(tmp_path: Path) -> None:
    url = old_file(tmp_path)
    upgrade(url)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999_newer'"))
    engine.dispose()
    older = kinboard(url, "migrate")
    _, errors = older.communicate(timeout=60)
    assert older.returncode == 0, errors
    assert [row[0] for row in read(url, "SELECT version_num FROM alembic_version")] == [
        "9999_newer"
    ]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_older_workers_would_not_understand_waits_until_they_have_stopped(old: str) -> None:
    url = old
    older = make_engine(url)
    with older.connect():
        new = kinboard(url, "migrate")
        _, errors = new.communicate(timeout=60)
        assert new.returncode == 1
        assert "needs all workers stopped" in errors and "Traceback" not in errors
    older.dispose()
    new = kinboard(url, "migrate")
    _, errors = new.communicate(timeout=60)
    assert new.returncode == 0, errors


def read(url: str, question: str) -> list[sa.Row]:
    engine = make_engine(url)
    with engine.connect() as connection:
        rows = list(connection.execute(sa.text(question)))
    engine.dispose()
    return rows


def migrations() -> list[Path]:
    return sorted((ROOT / "alembic" / "versions").glob("[0-9]*.py"))


def newest() -> str:
    return migrations()[-1].stem


# What a worker of the release before does not notice.
_EXPANDS = {"create_table", "create_index", "add_column", "execute", "f", "get_bind"}


@pytest.mark.parametrize("path", migrations()[5:], ids=lambda path: path.stem)
def test_a_migration_only_adds_or_needs_all_stopped(path: Path) -> None:
    """docs/upgrade.md, the rule. A column that is added may be left out by who does not know it."""
    tree = ast.parse(path.read_text())
    (up,) = (one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade")
    calls = [node for node in ast.walk(up) if isinstance(node, ast.Call)]
    if any(
        isinstance(call.func, ast.Name) and call.func.id == "need_all_stopped" for call in calls
    ):
        return
    for call in calls:
        if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
            continue
        if call.func.value.id == "op":
            assert call.func.attr in _EXPANDS, f"op.{call.func.attr} is not for a rolling update"
        if call.func.attr == "add_column":
            column = call.args[1]
            assert isinstance(column, ast.Call)
            given = {word.arg: word.value for word in column.keywords}
            nullable = given.get("nullable")
            may_be_left_out = nullable is None or ast.unparse(nullable) == "True"
            assert "server_default" in given or may_be_left_out
