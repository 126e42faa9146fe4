"""After the end: the board is locked, corrections reach everyone, and deleted words leave."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, WALL, sit_down
from tests.server import Meeting


async def test_a_closed_meeting_takes_corrections_alone(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await rosa.add_card("worries", "It was in June")
    await expect(sam.card("It was in June")).to_have_count(1)
    await expect(sam(".corrections")).to_be_hidden()
    await sam.tab("more")
    await sam("button", has_text="Close the meeting").click()
    await sam("#confirm [value=yes]").click()
    await expect(rosa(".notice", has_text="This meeting is closed")).to_be_visible()
    await expect(rosa.composer("worries")).to_be_hidden()
    await expect(sam("button", has_text="Open the meeting").first).to_be_hidden()

    await sam.tab("map")
    await expect(rosa(".corrections")).to_be_visible()
    await expect(rosa(".corrections form")).to_have_count(0)
    await sam(".corrections summary").click()
    await sam(".corrections textarea").fill("It was in May")
    await sam(".corrections select").select_option(label="It was in June")
    await sam(".corrections button.main").click()
    for someone in (sam, rosa, wall):
        told = someone(".corrections li")
        await expect(told).to_contain_text("It was in May")
        await expect(told).to_contain_text("It was in June")
        await expect(told.locator("button")).to_have_count(0)
    await expect(sam(".corrections textarea")).to_have_value("")
    await rosa.page.reload()
    await expect(rosa(".corrections li")).to_contain_text("It was in May")
    assert sam.errors == rosa.errors == wall.errors == []


async def test_open_pages_lose_what_is_deleted(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    seat = meeting.join("Rosa")
    rosa = await sit_down(browser, meeting, seat)
    await rosa.add_card("worries", "Quetzal words")
    await expect(sam.card("Quetzal words")).to_have_count(1)
    server = meeting.server
    await asyncio.to_thread(server.kinboard, "delete", "person", meeting.id, seat.person)
    await expect(sam.card("[…]")).to_have_count(1)
    await expect(rosa("#column-worries")).to_have_count(0)
    assert "Quetzal" not in await sam.page.content()
    assert "Quetzal" not in await rosa.page.content()
    await asyncio.to_thread(server.kinboard, "delete", "meeting", meeting.id)
    await expect(sam("#column-worries")).to_have_count(0)
