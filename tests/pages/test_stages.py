"""Stages in the browser: everyone is told where the meeting is, and nobody is dragged there."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests import program
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


async def test_the_wall_shows_thirty_cards_without_scrolling(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await program.sit_down(meeting, meeting.facilitator)
    text = "In March the children were alone at home on three nights while Rosa worked."
    for number in range(30):
        column = ("worries", "working", "needs")[number % 3]
        await sam.ask("card.add", column=column, text=text[: 25 + number % 3 * 25])
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await expect(wall("li.card")).to_have_count(30)
    await wall.page.wait_for_function(
        "[...document.querySelectorAll('li.card')].every("
        "card => card.getBoundingClientRect().bottom <= innerHeight)"
    )
    before = await wall.page.evaluate("parseFloat(document.documentElement.style.fontSize)")
    assert before >= 15  # large enough for the last row
    # One card less moves nothing.
    last = await wall("li.card").last.get_attribute("id")
    assert last
    await sam.ask("card.withdraw", id=last.removeprefix("card-"))
    await expect(wall("li.card")).to_have_count(29)
    await wall.page.wait_for_timeout(100)
    assert await wall.page.evaluate("parseFloat(document.documentElement.style.fontSize)") == before
