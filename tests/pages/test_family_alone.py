"""Private family time on real pages: a quiet screen for those outside, the family's own words."""

from __future__ import annotations

import os

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, WALL, Someone, sit_down
from tests.server import Meeting

SECRET = "Grandpa drinks less since May"


async def look(someone: Someone, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        await someone.page.wait_for_timeout(300)
        await someone.page.screenshot(path=f"{folder}/{name}.png")


async def is_quiet(someone: Someone) -> None:
    await expect(someone("h1")).to_have_text("The family is talking alone")
    assert SECRET not in await someone.page.content()


async def test_the_family_talks_alone_and_calls_the_others_back(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), PHONE)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    elena = await sit_down(browser, meeting, meeting.join("Elena", "network"), PHONE)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    mia = await sit_down(browser, meeting, meeting.join("Mia", "child"), PHONE)
    heard: list[str] = []
    for one in (sam, dana, wall):
        one.page.on(
            "websocket", lambda ws: ws.on("framereceived", lambda frame: heard.append(str(frame)))
        )

    await sam("#agenda [data-open='#lead-stages']").click()
    await sam("#lead-stages [data-stage=family-alone]").click()
    await look(sam, "offer-facilitator")
    await sam("#alone button", has_text="Offer it").click()
    await expect(rosa("#alone h2")).to_have_text("Time for the family alone")
    await rosa("#alone li", has_text="Elena").locator("button").click()
    await expect(elena("#alone")).to_have_attribute("data-mine", "Only the family")
    await look(rosa, "offer-family")
    await rosa("#alone button", has_text="The list is right").click()

    for one in (sam, dana, wall):
        await is_quiet(one)
    await rosa.add_card("needs", SECRET)
    for one in (rosa, mia, elena):
        await expect(one.card(SECRET)).to_be_attached()
    await expect(mia.card(SECRET).locator(".veil")).to_contain_text("Only the family sees this")
    await rosa.add_card("needs", "We want Sundays at Elena's")
    await look(rosa, "alone-family")
    for one, name in ((sam, "facilitator"), (dana, "worker"), (wall, "wall")):
        await one.page.reload()
        await is_quiet(one)
        await look(one, f"quiet-{name}")
    await sam("button", has_text="Ask to come back").click()
    await expect(sam("#alone")).to_contain_text("has seen")
    await expect(rosa("#alone .notice")).to_contain_text("Sam would like to come back")
    await look(rosa, "asked-family")
    await rosa("#alone .notice button").click()
    await expect(sam("#alone")).to_contain_text("a little more time")
    await look(sam, "asked-facilitator")

    await mia("#alone button", has_text="Call the others back").click()
    await mia("#confirm [value=yes]").click()
    for one in (sam, dana):
        await expect(one("#tab-map")).to_be_visible()
        assert SECRET not in await one.page.content()
    await expect(wall("#tab-steps")).to_be_attached()
    await look(rosa, "after-family")
    # Folded: those who sit beside her now are not to read it.
    await rosa("#alone .to-share summary").click()
    own = rosa("#alone .to-share li", has_text="Sundays")
    await own.locator("button").click()
    for one in (sam, dana, wall):
        await expect(one.card("We want Sundays at Elena's")).to_be_attached()
        assert SECRET not in await one.page.content()
    assert SECRET not in "".join(heard)
    assert "Sundays" in "".join(heard)
    for one in (sam, dana, wall, elena, rosa, mia):
        assert not one.errors
