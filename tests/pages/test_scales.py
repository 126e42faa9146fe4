"""A further question on the scale, in the browser: what one is typing stays when others answer."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, sit_down
from tests.server import Meeting


async def test_a_further_question(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    await sam("[data-open='#compose-scale']").click()
    await sam("#compose-scale [name=question]").fill("How well do we sleep?")
    await sam("#compose-scale button.main").last.click()
    await rosa.column("scale")
    asked = rosa("#scales .further", has_text="How well do we sleep?")
    await expect(asked).to_be_visible()
    await expect(asked.locator(".for-leads")).to_be_hidden()
    await asked.locator("label:has([value='7'])").click()
    await asked.locator("[name=reason]").fill("Most nights")
    mine = sam("#scales .further")
    await expect(mine.locator(".for-leads")).to_be_visible()
    await mine.locator("label:has([value='5'])").click()
    await mine.locator("button.main", has_text="Give my number").click()
    await expect(asked.locator(".names li")).to_have_count(1)
    await expect(asked.locator("[name=reason]")).to_have_value("Most nights")
    await asked.locator("button.main", has_text="Give my number").click()
    await expect(mine.locator(".names li")).to_have_count(2)
    await rosa.page.reload()
    await rosa.is_live()
    await rosa.column("scale")
    await expect(asked.locator("[name=reason]")).to_have_value("Most nights")
    await expect(asked.locator("[value='7']")).to_be_checked()
    await mine.locator("button", has_text="Show all numbers").click()
    await sam("#confirm [value=yes]").click()
    await expect(asked.locator(".reasons q")).to_have_text("Most nights")
    assert sam.errors == rosa.errors == []
