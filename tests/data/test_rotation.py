"""A new key while people write: everything is sealed anew, and nothing is lost."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from app.export.record import board_as_dict
from app.keeping.rotation import SEALED
from app.live.house import House
from app.map.cards import AddCard
from app.settings import Settings
from app.writing.write import Write
from tests.commands import kinboard
from tests.houses import meeting_in, new_house


def test_every_sealed_column_is_known() -> None:
    """A table that gets a sealed column has to be sealed anew with the others."""
    from app.store.tables import metadata

    binary = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    open_ones = {("key", "word"), ("passkey", "public_key")}
    assert binary == {(one.table.name, one.column) for one in SEALED} | open_ones


async def test_rotation_while_people_write(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path}/data/board.db"
    house = await new_house(url)
    live, sam = await meeting_in(house)
    first = house.store.seal.keyring.newest

    async def write() -> int:
        number = 0
        while not done.is_set():
            card = f"card-{number:05}"
            await house.ask(live, sam, AddCard(id=card, column="worries", text=f"w {number}"))
            await house.ask(live, sam, Write(id=card, field="text", text=f"word {number}"))
            number += 1
            await asyncio.sleep(0.002)
        return number

    done = asyncio.Event()
    writing = asyncio.create_task(write())
    await asyncio.sleep(0.3)
    run = await asyncio.to_thread(kinboard, url, "key", "rotate")
    done.set()
    written = await writing
    assert run.returncode == 0, run.stderr
    newest = house.store.seal.keyring.newest
    assert newest != first and newest in run.stdout
    before = board_as_dict(live.board)
    assert len(before["items"]["card"]) == written > 1
    await house.stop()

    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for sealed in SEALED:
            column = sealed.table.c[sealed.column]
            for value in connection.scalars(sa.select(column)):
                assert value[:4].hex() == newest, sealed.table.name
    engine.dispose()
    # The older key can go now, but for older backups.
    keys = tmp_path / "data.keys"
    keys.write_text(keys.read_text().splitlines()[-1])
    again = House(Settings(database_url=url))
    await again.start()
    opened = await again.open(live.board.id)
    assert opened and board_as_dict(opened.board) == before
    assert len(await again.store.events(opened.board.id)) == opened.board.seq
    await again.stop()
    assert kinboard(url, "audit", "verify").returncode == 0
