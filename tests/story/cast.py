"""Who is in the story, and what each of them does more than once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.colleagues import PASSWORD, Colleague
from tests.pages.people import LAPTOP, PHONE, WALL, Someone, newcomer
from tests.server import Server

# A picture of what somebody sees, under a name.
Camera = Callable[[str, Someone], Awaitable[None]]

# Name, how they belong, the role in which they are let in, their language.
GUESTS = {
    "dana": ("Dana", "social worker", "worker", "en"),
    "rosa": ("Rosa", "mother", "family", "en"),
    "lucia": ("Lucía", "daughter", "child", "en"),
    "elena": ("Elena", "grandmother", "family", "es"),
    "tom": ("Mr. Tom", "teacher", "network", "en"),
    "ines": ("Inés", "interpreter", "network", "es"),
}
# Milliseconds for a page on grandmother's line.
_PATIENCE = 30_000
# Grandmother is far away, on a line that a browser calls slow 3G.
_SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}


async def no_picture(name: str, someone: Someone) -> None:
    pass


@dataclass
class Story:
    browser: Browser
    server: Server
    folder: Path
    picture: Camera = no_picture
    sam: Someone = field(init=False)
    wall: Someone = field(init=False)
    guests: dict[str, Someone] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Someone:
        try:
            return self.__dict__["guests"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def everyone(self) -> list[Someone]:
        return [self.sam, self.wall, *self.guests.values()]

    # -- before and at the door ------------------------------------------------------------

    async def open_the_desk(self) -> None:
        """From an empty database: the first account, with a second step, in a real browser."""
        sam = Colleague(self.server, "sam@agency.example")
        link = await asyncio.to_thread(
            self.server.kinboard, "setup", "--organisation", "Agency", "--team", "North",
            "--email", sam.email, "--name", "Sam",
        )  # fmt: skip
        await asyncio.to_thread(sam.welcome, link)
        assert sam.password == PASSWORD
        self.sam = await newcomer(self.browser, LAPTOP)
        await sam.bring(self.sam.context)
        await self.sam.page.goto(f"{self.server.url}/desk")

    async def make_meeting(self, title: str, purpose: str, date: str, kind: str) -> None:
        """On the family's page; the meeting's page comes up."""
        sam = self.sam
        await sam("[name=title]").fill(title)
        await sam("[name=purpose]").fill(purpose)
        await sam("[name=date]").fill(date)
        await sam("select[name=template]").select_option(kind)
        await sam("form button.main").last.click()
        await sam.is_live()
        await sam("main .when-prepared button").click()
        await expect(sam("#head")).to_have_attribute("data-state", "open")

    async def light_the_wall(self) -> None:
        self.wall = await newcomer(self.browser, WALL)
        await self.wall.context.add_cookies(await self.sam.context.cookies())  # type: ignore[arg-type]
        await self.wall.page.goto(f"{self.server.url}/desk/meetings/{self.board_id}/projector")
        await self.wall.is_live()

    @property
    def board_id(self) -> str:
        return self.sam.page.url.split("/m/")[1].split("/")[0]

    async def come_in(self, key: str) -> Someone:
        """By the code, as the QR code on the wall says; Sam lets them in."""
        name, relation, role, lang = GUESTS[key]
        guest = self.guests[key] = await newcomer(
            self.browser, PHONE, locale="es-ES" if lang == "es" else "en-US"
        )
        if key == "elena":
            tools = await guest.context.new_cdp_session(guest.page)
            await tools.send("Network.enable")
            await tools.send("Network.emulateNetworkConditions", _SLOW)
        await guest.page.goto(f"{self.server.url}/j/{await self.code()}")
        await guest("input[name=called]").fill(name)
        await guest("input[name=relation]").fill(relation)
        if key == "elena":
            await guest("input[name=remote]").check()
        await guest("form button.main").last.click()
        await expect(guest("h1")).to_contain_text(name)
        await self.let_in(key)
        return guest

    async def let_in(self, key: str) -> None:
        name, _, role, _ = GUESTS[key]
        await self.sam.tab("people")
        door = self.sam("#waiting li", has_text=name)
        await door.locator(f'button[data-data*=\'"role":"{role}"\']').click()
        await expect(self.guests[key]("#main")).to_be_attached(timeout=_PATIENCE)
        await self.guests[key].is_live()

    async def code(self) -> str:
        return (await self.sam("#tab-people .code").text_content() or "").strip()

    # -- in the meeting --------------------------------------------------------------------

    async def stage(self, name: str) -> None:
        """Sam goes to a stage; all pages say so."""
        await self.sam("#agenda [data-open='#lead-stages']").click()
        await self.sam("#lead-stages ol button", has_text=name).click()
        await expect(self.wall("#agenda .stage b")).to_have_text(name)

    async def tools(self) -> None:
        await self.sam("#agenda [data-open='#lead-tools']").click()
        await expect(self.sam("#lead-tools")).to_be_visible()

    async def note_for(self, column: str, text: str, called: str) -> None:
        """Sam writes down what somebody says."""
        composer = self.sam.composer(column)
        await composer.locator("textarea").fill(text)
        await composer.locator("[name=said_by]").select_option(label=called)
        await composer.locator("button.main").click()
        await expect(self.sam.card(text)).to_have_count(1)

    async def answer(self, someone: Someone, number: int, reason: str) -> None:
        """A number on the general scale."""
        await someone.tab("map")
        await someone.column("scale")
        await someone(f"#scale-form label:has([value='{number}'])").click()
        await someone("#scale-form [name=reason]").fill(reason)
        await someone("#scale-form button.main").click()
        await someone.is_live()

    async def compose(self, kind: str, parts: dict[str, str], answers: str = "") -> None:
        """A statement from its parts, by Sam; a goal with the danger that it `answers`."""
        await self.sam.tab("map")
        await self.sam(f"[data-open='#compose-{kind}']").click()
        form = self.sam(f"#compose-{kind}")
        if answers:
            await form.locator("[name=danger]").select_option(label=answers)
        for part, words in parts.items():
            await form.locator(f"[name='parts.{part}']").fill(words)
        await form.locator("button.main").click()
        await expect(form).not_to_be_visible()

    async def step(self, what: str, who: str, due: str, goal: str) -> None:
        await self.sam.tab("steps")
        await self.sam("[data-open='#compose-step']").click()
        form = self.sam("#compose-step")
        await form.locator("[name=what]").fill(what)
        await form.locator("[data-people-boxes] label", has_text=who).first.click()
        await form.locator("[name=due]").fill(due)
        await form.locator("[name=goal]").select_option(label=goal)
        await form.locator("button.main").click()
        await expect(self.wall("#steps .step", has_text=what)).to_have_count(1)

    async def close(self) -> None:
        await self.sam.tab("more")
        await self.sam("button", has_text="Close the meeting").click()
        await self.sam("#confirm [value=yes]").click()
        for someone in self.everyone:
            await expect(someone("#head")).to_have_attribute("data-state", "closed")

    async def save(self, kind: str, name: str) -> Path:
        """The PDF or the record, from the meeting's page."""
        file = self.folder / name
        async with self.sam.page.expect_download() as saved:
            await self.sam(f"a[href$='export.{kind}']").click()
        await (await saved.value).save_as(file)
        return file

    async def go_home(self) -> None:
        for guest in [self.wall, *self.guests.values()]:
            await guest.context.close()
        self.guests.clear()
