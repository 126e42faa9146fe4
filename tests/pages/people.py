"""The people of a meeting, each with a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.server import Meeting, Seat

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}


@dataclass
class Someone:
    """One person: a browser that shares nothing with the others'."""

    context: BrowserContext
    page: Page
    # What went wrong in the page: errors of scripts, and what its content policy forbade.
    errors: list[str] = field(default_factory=list)

    def __call__(self, selector: str, **options: Any) -> Locator:
        return self.page.locator(selector, **options)

    async def is_live(self) -> None:
        """Until the page says that it is live and everything is saved."""
        await expect(self("#status")).to_have_attribute("data-state", "live")
        await expect(self("#status")).to_have_attribute("data-waiting", "0")

    async def tab(self, name: str) -> None:
        await self(f"#to-{name}").click()

    async def column(self, name: str) -> None:
        """Brings a column into view; only phones have to."""
        switch = self(f".switcher label.c-{name}")
        if await switch.is_visible():
            await switch.click()

    def composer(self, column: str) -> Locator:
        return self(f"form[data-composer][data-column={column}]")

    async def add_card(self, column: str, text: str) -> None:
        await self.column(column)
        composer = self.composer(column)
        await composer.locator("textarea[name=text]").fill(text)
        await composer.locator("button.main").click()

    def card(self, text: str) -> Locator:
        return self("li.card[data-item]", has_text=text).last

    async def open_card(self, text: str) -> Locator:
        """Opens a card's sheet; its field for the words."""
        await self.card(text).locator("button.open").first.click()
        words = self("#sheet textarea[data-write=text]")
        await expect(words).to_be_visible()
        return words

    async def close_sheet(self) -> None:
        await self("#sheet [data-close-dialog]").first.click()

    async def board(self) -> str:
        """All that the board shows, for comparing pages with each other."""
        return await self.page.evaluate(_BOARD)


# Without what only tells how one came here: marks of newness, one's own form, empty attributes.
_BOARD = """() => {
  const all = document.querySelector("main").cloneNode(true);
  for (const gone of all.querySelectorAll(".ghosts, form, #tray")) gone.remove();
  for (const one of all.querySelectorAll("*")) {
    one.classList.remove("typing", "dragging");
    if (!one.getAttribute("class")) one.removeAttribute("class");
    for (const name of ["data-typing", "style", "data-htmx-powered"]) one.removeAttribute(name);
  }
  return all.innerHTML.replace(/>\\s+/g, ">").replace(/\\s+</g, "<").replace(/\\s+/g, " ");
}"""


async def newcomer(browser: Browser, size: dict[str, int] = PHONE, **options: Any) -> Someone:
    phone = size["width"] < 600
    options = {"locale": "en-US"} | options
    context = await browser.new_context(viewport=size, has_touch=phone, is_mobile=phone, **options)
    context.set_default_timeout(10_000)
    someone = Someone(context, await context.new_page())
    page, errors = someone.page, someone.errors
    page.on("pageerror", lambda error: errors.append(f"{error} {error.stack}"))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if re.search("Content Security Policy|Trusted(HTML|Script)", message.text)
            else None
        ),
    )
    return someone


async def sit_down(
    browser: Browser, meeting: Meeting, seat: Seat, size: dict[str, int] = PHONE
) -> Someone:
    """Somebody whom this browser knows already opens the meeting's page."""
    someone = await newcomer(browser, size)
    cookie = {"name": f"kb_{seat.person}", "value": seat.token, "url": meeting.server.url}
    await someone.context.add_cookies([cookie])  # type: ignore[list-item]
    await someone.page.goto(f"{meeting.server.url}/m/{meeting.id}/{seat.person}")
    await someone.is_live()
    return someone
