"""What lies on the disk tells nothing without the key, and a wrong key is found out at once."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from app.live.house import House
from app.map.cards import AddCard
from app.settings import ROOT, Settings
from app.store.keys import Keyring, KeyTrouble
from app.store.seal import NotSealed, Seal
from app.writing.write import Write
from tests.houses import meeting_in, migrated, new_house

WORDS = "Xylophone-worry"


@pytest.fixture
def url(tmp_path) -> str:
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path}/data/kinboard.db"


def seal_in(folder: Path) -> Seal:
    ring = Keyring(folder / "some.keys")
    ring.add()
    return Seal(ring)


def test_what_is_sealed_opens_in_its_own_place_only(tmp_path) -> None:
    seal = seal_in(tmp_path)
    sealed = seal.close_text(WORDS, "item", "board-1", "card-1")
    assert WORDS.encode() not in sealed
    assert seal.open_text(sealed, "item", "board-1", "card-1") == WORDS
    for place in (("item", "board-2", "card-1"), ("text", "board-1", "card-1"), ("item",)):
        with pytest.raises(NotSealed):
            seal.open(sealed, *place)
    with pytest.raises(NotSealed):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "item", "board-1", "card-1")


def test_the_key_file_is_for_its_owner_alone_and_the_newest_key_seals(tmp_path) -> None:
    seal = seal_in(tmp_path)
    path = tmp_path / "some.keys"
    assert path.stat().st_mode & 0o777 == 0o600
    old = seal.close_text(WORDS, "place")
    Keyring(path).add()  # by another process
    seal.refresh()
    new = seal.close_text(WORDS, "place")
    assert (seal.is_newest(old), seal.is_newest(new)) == (False, True)
    assert seal.open_text(old, "place") == seal.open_text(new, "place") == WORDS
    assert path.stat().st_mode & 0o777 == 0o600


async def test_no_word_and_no_name_lies_open_on_the_disk(url, tmp_path) -> None:
    house = await new_house(url)
    live, sam = await meeting_in(house)
    await house.ask(live, sam, AddCard(id="card-0001", column="worries", text=WORDS))
    write = Write(id="card-0001", field="text", text=f"{WORDS} Quetzal")
    await house.ask(live, sam, write)
    for path in (tmp_path / "data").iterdir():
        content = path.read_bytes()
        for word in (WORDS, "Quetzal", "Rivera", "First meeting"):
            assert word.encode() not in content, (path.name, word)
    await house.stop()
    assert not list((tmp_path / "data").glob("*key*"))

    again = House(Settings(database_url=url))
    await again.start()
    board = await again.open(live.board.id)
    assert board and board.board.items["card-0001"].text == f"{WORDS} Quetzal"
    assert (await again.families.family(live.family_id)).name == "Rivera"
    await again.stop()


def test_a_missing_or_wrong_key_is_one_clear_line(url, tmp_path) -> None:
    migrated(url)
    keys = tmp_path / "data.keys"
    key_id, day, _ = keys.read_text().split()
    wrong = base64.b64encode(b"w" * 32).decode()
    for text, says in (
        (None, "which is not in"),
        (f"{key_id} {day} {wrong}\n", "is not the one"),
        (f"{key_id} {day}\n", "line 1: this is not a key"),
    ):
        keys.unlink(missing_ok=True)
        if text:
            keys.write_text(text)
        environment = os.environ | {"KINBOARD_DATABASE_URL": url, "PORT": "0"}
        run = subprocess.run(
            [sys.executable, "-m", "app.cli", "serve"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 1
        assert says in run.stderr and run.stderr.count("\n") == 1, run.stderr
    assert not keys.exists() or "w" not in keys.read_text()


async def test_keys_can_come_from_the_environment(url, tmp_path) -> None:
    line = f"0a1b2c3d 2026-11-24 {base64.b64encode(b'k' * 32).decode()}"
    migrated(url)
    (tmp_path / "data.keys").unlink()
    house = House(Settings(database_url=url, keys=line))
    with pytest.raises(KeyTrouble):  # the migration used the file's key
        await house.start()
    await house.store.close()


def test_what_was_written_before_sealing_is_kept(url) -> None:
    """The migration takes a database of the first version along, word for word."""
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, "0001")
    engine = sa.create_engine(url)
    event = '{"seq":1,"type":"card.added","by":"p","at":"t","command":"c","changes":[],' + (
        '"merge":null,"undoes":[]}'
    )
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO facilitator VALUES ('fac-1', 'Sam', 'en', 'digest', 'now')")
        run("INSERT INTO family VALUES ('fam-1', 'fac-1', 'Rivera', 'now')")
        run("INSERT INTO board VALUES ('board-1', 'fam-1', 'CODE', 'p', 'w', 1, 'now')")
        run(f"INSERT INTO event VALUES ('board-1', 1, 'p', 'c', 'card.added', 't', '{event}')")
        run(
            'INSERT INTO item_card (board_id, id, by, pos, born, rev, withdrawn, "column", text,'
            " sort, said_by, under) VALUES ('board-1', 'card-1', 'p', 'a0', 1, 1, 0, 'worries',"
            f" '{WORDS}', '', 'p', '')"
        )
        run("INSERT INTO text VALUES ('board-1', 'card-1', 'text', x'0102')")
    engine.dispose()
    command.upgrade(config, "head")

    async def check() -> None:
        house = House(Settings(database_url=url))
        await house.start()
        board = await house.store.load("board-1")
        assert board
        card = board.items["card-1"]
        assert (card.text, card.withdrawn, card.born) == (WORDS, False, 1)
        assert board.texts["card-1", "text"] == b"\x01\x02"
        assert (await house.store.events("board-1"))[0].type == "card.added"
        assert (await house.families.family("fam-1")).name == "Rivera"
        await house.stop()

    asyncio.run(check())
