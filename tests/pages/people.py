"""The people of a meeting, each with a browser of their own."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}


@dataclass
class Someone:
    """One person: a browser that shares nothing with the others'."""

    context: BrowserContext
    page: Page

    @property
    def board(self) -> str:
        return self.page.url.rstrip("/").split("/")[-2]

    @property
    def id(self) -> str:
        return self.page.url.rstrip("/").split("/")[-1]

    async def live(self) -> None:
        """Until the page says that it is live and everything is saved."""
        await expect(self.page.locator("#status")).to_have_attribute("data-state", "live")

    async def tab(self, name: str) -> None:
        button = self.page.locator(f"[data-tab={name}]:visible").first
        if await button.count():
            await button.click()

    def column(self, name: str) -> Locator:
        return self.page.locator(f"#column-{name}")

    def composer(self, column: str) -> Locator:
        return self.page.locator(f"form[data-composer][data-column={column}]")

    async def show_column(self, column: str) -> None:
        switch = self.page.locator(f"[data-column-tab={column}]:visible").first
        if await switch.count():
            await switch.click()

    async def add_card(self, column: str, text: str) -> None:
        await self.show_column(column)
        composer = self.composer(column)
        await composer.locator("textarea[name=text]").fill(text)
        await composer.locator("button[type=submit]").click()

    def card(self, text: str) -> Locator:
        return self.page.locator("li.card", has=self.page.get_by_text(text, exact=True)).last

    async def close(self) -> None:
        await self.context.close()


async def newcomer(browser: Browser, size: dict[str, int] = PHONE, **options) -> Someone:
    phone = size["width"] < 600
    context = await browser.new_context(
        viewport=size, has_touch=phone, is_mobile=phone, locale="en-US", **options
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda message: (
            page.errors.append(message.text)  # type: ignore[attr-defined]
            if message.type == "error" and "Content Security Policy" in message.text
            else None
        ),
    )
    return Someone(context, page)


async def facilitate(browser: Browser, base: str, token: str, board: str) -> Someone:
    sam = await newcomer(browser, LAPTOP)
    await sam.page.goto(f"{base}/enter/{token}?meeting={board}")
    await sam.live()
    return sam


async def knock(
    browser: Browser, base: str, code: str, name: str, relation: str = "", size=PHONE, lang=""
) -> Someone:
    """Somebody opens the link and gives a name; they wait at the door."""
    person = await newcomer(browser, size)
    await person.page.goto(f"{base}/j/{code}")
    await person.page.locator("input[name=called]").fill(name)
    if relation:
        await person.page.locator("input[name=relation]").fill(relation)
    if lang:
        await person.page.locator("select[name=lang]").select_option(lang)
    await person.page.locator("form button[type=submit]").last.click()
    await person.page.wait_for_url("**/m/**")
    return person


async def let_in(sam: Someone, name: str, role: str = "family") -> None:
    await sam.tab("people")
    row = sam.page.locator("#waiting li", has_text=name)
    await row.locator(f'button[data-command="person.admit"][data-data*="{role}"]').click()
    await expect(sam.page.locator("#people li", has_text=name)).to_be_visible()
    await sam.tab("map")


async def join(
    browser: Browser, sam: Someone, base: str, code: str, name: str, role="family", **more
) -> Someone:
    person = await knock(browser, base, code, name, **more)
    await let_in(sam, name, role)
    await person.live()
    return person
