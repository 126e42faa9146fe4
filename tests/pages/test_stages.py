"""Stages in the browser: everyone is told where the meeting is, and nobody is dragged there."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, WALL, sit_down
from tests.server import Meeting


async def test_pages_go_along_but_for_who_is_writing(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    elena = await sit_down(browser, meeting, meeting.join("Elena", lang="es"), PHONE)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await sam("#agenda button.main").click()
    for someone, name in ((rosa, "Welcome"), (elena, "Bienvenida"), (wall, "Welcome")):
        await expect(someone("#agenda .stage b")).to_have_text(name)
    await expect(rosa("#tab-people")).to_be_visible()
    await rosa("#agenda [data-unfold]").click()
    await expect(rosa("#stage-about li").first).to_be_visible()
    await expect(wall("#stage-about li").first).to_be_visible()
    await expect(wall("#tab-map")).to_be_hidden()

    await rosa.tab("map")
    words = rosa.composer("worries").locator("textarea")
    await words.fill("Nobody sleeps")
    await sam("#agenda [data-open='#lead-stages']").click()
    await sam("#lead-stages ol button", has_text="around the family").click()
    await expect(elena("#tab-circles")).to_be_visible()
    await expect(wall("#tab-circles")).to_be_visible()
    await expect(rosa("#follow")).to_be_visible()
    await expect(words).to_have_value("Nobody sleeps")
    await expect(words).to_be_focused()
    await rosa("#follow [data-go]").click()
    await expect(rosa("#tab-circles")).to_be_visible()
    await expect(words).to_have_value("Nobody sleeps")

    await sam("#agenda [data-open='#lead-stages']").click()
    await sam("#lead-stages button", has_text="5 minutes").first.click()
    for someone in (rosa, wall):
        await expect(someone("#agenda .timer .left")).to_have_text("4:58", timeout=6000)
    for someone in (sam, rosa, elena, wall):
        assert someone.errors == []
