"""The database dies in the middle of a meeting: the page says what is so, and keeps the words."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, sit_down
from tests.server import Server, new_meeting
from tests.services import Postgres


@pytest.fixture
def mortal() -> Iterator[Postgres]:
    running = Postgres()
    running.start()
    yield running
    running.remove()


async def test_words_written_while_postgresql_is_down_wait_and_arrive(
    browser: Browser, mortal: Postgres, tmp_path: Path
) -> None:
    server = Server(
        tmp_path,
        KINBOARD_DATABASE_URL=mortal.new_database(),
        KINBOARD_KEY_FILE=str(tmp_path / "kinboard.keys"),
    )
    await asyncio.to_thread(server.start)
    try:
        meeting = await asyncio.to_thread(new_meeting, server)
        rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
        elena = await sit_down(browser, meeting, meeting.join("Elena", lang="es"), LAPTOP)
        await rosa.add_card("worries", "written before")
        await rosa.is_live()
        await asyncio.to_thread(mortal.stop, signal.SIGKILL)

        await rosa.add_card("worries", "the first while it is down")
        await rosa.add_card("worries", "the second while it is down")
        words = await rosa.open_card("written before")
        await words.fill("written before, and more")
        await rosa.close_sheet()
        await elena.add_card("needs", "también en español")
        status = rosa("#status")
        await expect(status).to_have_attribute("data-state", "resting")
        await expect(status).to_have_text("Cannot save now. 3 waiting here, safe")
        await expect(elena("#status")).to_contain_text("no se puede guardar. 1 esperando aquí")
        waiting = ["the first while it is down", "the second while it is down"]
        await expect(rosa(".waits-here .text")).to_have_text(waiting)
        await expect(rosa("#tray")).to_be_empty()

        # A reload finds nothing but that; and what waits is kept.
        await rosa.page.reload()
        await expect(rosa("main")).to_contain_text("Nothing is lost")

        await asyncio.to_thread(mortal.start)
        await rosa.page.reload()
        for someone in (rosa, elena):
            await someone.is_live()
            texts = ["written before, and more", *waiting]
            await expect(someone("#column-worries > .card .text")).to_have_text(texts)
            await expect(someone("#column-needs > .card .text")).to_have_text("también en español")
            await expect(someone(".waits-here")).to_have_count(0)
            assert someone.errors == []
    finally:
        await asyncio.to_thread(server.stop)
