"""Colleagues with accounts, each with a browser of their own, without a window (httpx)."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass, field
from itertools import count

import httpx
import pyotp
from playwright.async_api import BrowserContext

from tests.server import Server

PASSWORD = "purple kettle under nine stairs"
_number = count(1)


@dataclass
class Colleague:
    """Somebody who signs in at the desk. `secret` is in their authenticator app."""

    server: Server
    email: str
    password: str = PASSWORD
    secret: str = ""
    recovery: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = new_browser(self.server)
        self._used = 0

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path)

    def post(self, path: str, page: str = "/desk", **fields: str) -> httpx.Response:
        """Sends a form with the token that a page of ours holds."""
        return self.browser.post(path, data={"csrf": csrf(self.browser.get(page))} | fields)

    def code(self) -> str:
        """A code that was not used before: each one works once."""
        step = max(int(time.time()) // 30 - 1, self._used + 1)
        self._used = step
        return pyotp.TOTP(self.secret).generate_otp(step)

    def welcome(self, link: str) -> None:
        """From the first link to the desk, with an authenticator app."""
        path = link.removeprefix(self.server.url)
        fields = {"password": self.password, "again": self.password}
        page = self.post(path, page=path, **fields)
        assert page.url.path == "/desk/account/second", page.text
        self.set_up_app(page)

    def set_up_app(self, page: httpx.Response) -> None:
        self.secret = found(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page).replace(" ", "")
        fields = {"csrf": csrf(page), "step": found(r'name="step" value="([^"]+)"', page)}
        codes = self.browser.post(
            "/desk/account/authenticator", data=fields | {"code": self.code()}
        )
        self.recovery = re.findall(r"<li>([A-Z2-9]{6}-[A-Z2-9]{6})</li>", codes.text)
        assert len(self.recovery) == 10, codes.text

    def first_step(self, password: str = "", email: str = "") -> httpx.Response:
        fields = {"email": email or self.email, "password": password or self.password}
        return self.post("/desk/sign-in", page="/desk/sign-in", **fields)

    def sign_in(self) -> None:
        page = self.first_step()
        assert page.url.path == "/desk/sign-in/second", page.text
        assert self.second_step(self.code()).url.path == "/desk"

    def second_step(self, code: str, to: str = "/desk") -> httpx.Response:
        page = "/desk/sign-in/second"
        return self.post(page, page=page, code=code, to=to)

    async def bring(self, context: BrowserContext) -> None:
        """Gives a browser with a window the cookies of this one."""
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": self.server.url}
            for cookie in self.browser.cookies.jar
        ]
        await context.add_cookies(cookies)  # type: ignore[arg-type]


def new_browser(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, follow_redirects=True)


_bosses: dict[str, Colleague] = {}


def boss_of(server: Server) -> Colleague:
    """The first admin of a server, made by `kinboard setup` where there is none yet."""
    if server.url not in _bosses:
        boss = Colleague(server, "boss@agency.example")
        boss.welcome(
            server.kinboard("setup", "--organisation", "Agency", "--team", "North",
                            "--email", boss.email, "--name", "Bea Boss")
        )  # fmt: skip
        _bosses[server.url] = boss
    return _bosses[server.url]


def new_colleague(server: Server, role: str = "facilitator", team: str = "North") -> Colleague:
    """Somebody new who is signed in; the team is made where there is none of this name."""
    boss, number = boss_of(server), next(_number)
    page = boss.get("/desk/team")
    if f">{team}</span>" not in page.text:
        page = boss.post("/desk/team/teams", page="/desk/team", team_name=team)
    team_id = found(rf'name="(team-[a-z0-9]+)"[^>]*><span[^>]*>{team}</span>', page)
    colleague = Colleague(server, f"colleague-{number}@agency.example")
    wish = {"name": f"Dr. Ruiz {number}", "email": colleague.email, "role": role, team_id: "on"}
    page = boss.post("/desk/team/people", page="/desk/team", **wish)
    colleague.welcome(found(r">(http[^<]+/desk/welcome/[^<]+)<", page))
    return colleague


def csrf(page: httpx.Response) -> str:
    return found(r'name="csrf" value="([^"]+)"', page)


def found(pattern: str, page: httpx.Response) -> str:
    match = re.search(pattern, page.text)
    assert match, page.text
    return match[1]


def change(server: Server, statement: str) -> None:
    """Changes the database of a server behind its back, as time would."""
    path = server.environment["KINBOARD_DATABASE_URL"].removeprefix("sqlite:///")
    database = sqlite3.connect(path)
    with database:
        database.execute(statement)
    database.close()
