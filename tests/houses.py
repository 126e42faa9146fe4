"""A house on a database of its own, and a meeting in it, for tests without a web server."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from app.desk import hosting
from app.live.board import LiveBoard
from app.live.house import House
from app.settings import ROOT, Settings


def migrated(url: str) -> str:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
    return url


async def new_house(url: str) -> House:
    house = House(Settings(database_url=migrated(url)))
    await house.start()
    return house


async def meeting_in(house: House) -> tuple[LiveBoard, str]:
    """An open meeting of its own, and its facilitator's person id."""
    sam, _ = await hosting.add_facilitator(house, "Sam")
    family = await hosting.add_family(house, sam, "Rivera")
    live = await hosting.create_meeting(house, sam, family, title="First meeting")
    await hosting.open_meeting(house, live)
    row = await house.families.board(live.board.id)
    assert row
    return live, row.facilitator_person
