"""A facilitator's account, in a real browser: from the first link to every way of signing in."""

from __future__ import annotations

import time
from typing import Any

import pyotp
from playwright.async_api import Browser, expect

from tests.colleagues import PASSWORD, new_colleague
from tests.pages.people import LAPTOP, PHONE, Someone, newcomer
from tests.server import Server


class App:
    """An authenticator app on somebody's phone; each of its codes works once."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret.replace(" ", ""))
        self._step = int(time.time()) // 30 - 2

    def code(self) -> str:
        self._step += 1
        return self._totp.generate_otp(self._step)


async def virtual_authenticator(someone: Someone) -> tuple[Any, str]:
    """A device that makes passkeys and always knows its owner."""
    cdp = await someone.context.new_cdp_session(someone.page)
    await cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, added["authenticatorId"]


async def type_in(someone: Someone, **fields: str) -> None:
    """Fills a form and sends it."""
    for name, value in fields.items():
        await someone(f"input[name={name}]:visible").fill(value)
    last = someone(f"form:has(input[name={list(fields)[-1]}]:visible)")
    await last.locator("button").click()


async def test_from_the_first_link_to_every_way_in(browser: Browser, own_server: Server) -> None:
    home = own_server.url.replace("127.0.0.1", "localhost")  # passkeys need a name
    link = own_server.kinboard("setup", "--organisation", "Agency", "--team", "North",
                               "--email", "bea@agency.example", "--name", "Bea")  # fmt: skip
    bea = await newcomer(browser, PHONE)
    cdp, authenticator = await virtual_authenticator(bea)

    # The link: a password that is refused in words beside the field, then one that is taken.
    await bea.page.goto(link.replace("127.0.0.1", "localhost"))
    await type_in(bea, password="kinboard2026", again="kinboard2026")
    await expect(bea("#wrong-password")).to_contain_text("your name or e-mail")
    await type_in(bea, password=PASSWORD, again="something else")
    await expect(bea("#wrong-again")).to_contain_text("not the same")
    await type_in(bea, password=PASSWORD, again=PASSWORD)

    # An authenticator app, and the codes for the day it is lost.
    await expect(bea(".qr svg")).to_be_visible()
    await bea("summary").click()
    app = App(await bea(".secret").inner_text())
    await type_in(bea, code="000000")
    await expect(bea("#wrong-code")).to_contain_text("does not fit")
    await bea("summary").click()
    app = App(await bea(".secret").inner_text())
    await type_in(bea, code=app.code())
    await expect(bea(".codes li")).to_have_count(10)
    recovery = await bea(".codes li").first.inner_text()
    await bea("a.main").click()
    await expect(bea("h1")).to_have_text("Hello Bea")

    # A passkey.
    await bea("a[href='/desk/account']").click()
    await bea("[data-passkey='/desk/account/passkeys']").click()
    await expect(bea("[data-passkey-row]")).to_have_count(1)
    await bea.page.goto(f"{home}/desk")
    await bea("form[action='/desk/sign-out'] button").click()

    # In again: by the passkey alone, which is both steps in one.
    await bea("[data-passkey]").click()
    await expect(bea("h1")).to_have_text("Hello Bea")
    await bea("form[action='/desk/sign-out'] button").click()

    # By password and the app, after wrong ones; what was typed stays, but the password.
    await type_in(bea, email="bea@agency.example", password="wrong but long enough")
    await expect(bea("#wrong-password")).to_contain_text("does not fit together")
    await expect(bea("input[name=email]")).to_have_value("bea@agency.example")
    await expect(bea("input[name=password]")).to_have_value("")
    await type_in(bea, password=PASSWORD)
    await type_in(bea, code="000000")
    await expect(bea("#wrong-code")).to_contain_text("does not fit together")
    await type_in(bea, code=app.code())
    await expect(bea("h1")).to_have_text("Hello Bea")
    await bea("form[action='/desk/sign-out'] button").click()

    # By password and a recovery code; by password and the passkey.
    await type_in(bea, email="bea@agency.example", password=PASSWORD)
    await type_in(bea, code=recovery)
    await expect(bea("h1")).to_have_text("Hello Bea")
    await bea("form[action='/desk/sign-out'] button").click()
    await type_in(bea, email="bea@agency.example", password=PASSWORD)
    await bea("[data-passkey]").click()
    await expect(bea("h1")).to_have_text("Hello Bea")
    await bea("form[action='/desk/sign-out'] button").click()

    # A passkey that does not know its owner, and one that the server does not know.
    await cdp.send("WebAuthn.setUserVerified",
                   {"authenticatorId": authenticator, "isUserVerified": False})  # fmt: skip
    await bea("[data-passkey]").click()
    await expect(bea("[data-passkey]")).to_be_enabled()
    await expect(bea("h1")).to_have_text("Sign in")
    await cdp.send("WebAuthn.setUserVerified",
                   {"authenticatorId": authenticator, "isUserVerified": True})  # fmt: skip
    own = await cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    [credential] = own["credentials"]
    await cdp.send("WebAuthn.removeCredential",
                   {"authenticatorId": authenticator,
                    "credentialId": credential["credentialId"]})  # fmt: skip
    credential["credentialId"] = "AAAA" + credential["credentialId"][4:]
    await cdp.send("WebAuthn.addCredential",
                   {"authenticatorId": authenticator, "credential": credential})  # fmt: skip
    await bea("[data-passkey]").click()
    await expect(bea("[data-passkey-error]")).to_contain_text("did not work")
    await expect(bea("h1")).to_have_text("Sign in")
    assert bea.errors == []


async def test_an_admin_invites_a_colleague(browser: Browser, server: Server) -> None:
    boss = await newcomer(browser, LAPTOP)
    await new_colleague(server, "admin").bring(boss.context)
    await boss.page.goto(f"{server.url}/desk/team")
    form = boss("form[action='/desk/team/people']")
    await form.locator("[name=name]").fill("Ngozi")
    await form.locator("[name=email]").fill("not an address")
    await form.locator("button").click()
    await expect(form.locator("#wrong-email")).to_contain_text("not an e-mail address")
    await expect(form.locator("[name=name]")).to_have_value("Ngozi")
    await form.locator("[name=email]").fill("Ngozi@Agency.example")
    await form.get_by_label("North").check()
    await form.locator("button").click()
    link = await boss(".once .secret").inner_text()

    ngozi = await newcomer(browser, PHONE, locale="es-MX")
    await ngozi.page.goto(link)
    await type_in(ngozi, password=PASSWORD, again=PASSWORD)
    await ngozi("summary").click()
    await type_in(ngozi, code=App(await ngozi(".secret").inner_text()).code())
    await ngozi("a.main").click()
    await expect(ngozi("h1")).to_have_text("Hello Ngozi")
    await ngozi.page.goto(f"{server.url}/desk/account")
    await ngozi("select[name=lang]").select_option("es")
    await ngozi("form[action='/desk/account'] button").click()
    await expect(ngozi("h1")).to_have_text("Su cuenta")

    row = boss(".people-list details", has_text="ngozi@agency.example")
    await boss.page.goto(f"{server.url}/desk/team")
    await row.locator("summary").click()
    await row.locator("button.danger").click()
    await expect(row).to_have_count(0)
    await ngozi.page.goto(f"{server.url}/desk")
    await expect(ngozi("h1")).to_have_text("Entrar")
    assert boss.errors == ngozi.errors == []
