"""Signing in and out, wrong factors, sessions: over HTTP, against a real server."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

import pytest

from app.board.refusal import Refused
from app.desk import members, signing_in
from app.store.account_tables import FailureRow
from tests.colleagues import (
    PASSWORD,
    Colleague,
    boss_of,
    change,
    csrf,
    found,
    new_browser,
    new_colleague,
)
from tests.houses import new_house
from tests.server import Server, as_text


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests alone: their wrong tries are counted for one address."""
    running = Server(tmp_path_factory.mktemp("sign-in")).start()
    yield running
    running.stop()


def no_fit(page) -> bool:
    return page.status_code == 422 and "That does not fit together" in page.text


def test_a_password_alone_opens_nothing(server: Server) -> None:
    ruiz = new_colleague(server)
    ruiz.browser = new_browser(server)
    page = ruiz.first_step()
    assert page.url.path == "/desk/sign-in/second"
    for path in ("/desk", "/desk/account", "/desk/account/second", "/desk/team"):
        assert ruiz.get(path).url.path == "/desk/sign-in/second", path
    assert no_fit(ruiz.second_step("000000"))
    assert ruiz.second_step(ruiz.code()).url.path == "/desk"


def test_what_was_typed_stays_but_the_password(server: Server) -> None:
    page = Colleague(server, 'who"<b>@agency.example').first_step("not the password")
    assert no_fit(page)
    assert 'value="who&#34;&lt;b&gt;@agency.example"' in page.text
    assert "not the password" not in page.text


@pytest.mark.alone
def test_nobody_learns_which_part_was_wrong(server: Server) -> None:
    """A wrong password and an unknown address get the same bytes in the same time."""
    known, unknown = new_colleague(server), Colleague(server, "nobody@agency.example")
    known.browser = new_browser(server)
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    pages = {}
    for _ in range(4):
        for name, one in (("known", known), ("unknown", unknown)):
            start = time.perf_counter()
            page = one.first_step("wrong but long enough")
            took[name].append(time.perf_counter() - start)
            pages[name] = as_text(page).replace(one.email, "").replace(csrf(page), "")
    assert pages["known"] == pages["unknown"]
    known_time, unknown_time = (statistics.median(times) for times in took.values())
    assert 0.4 < known_time / unknown_time < 2.5


def test_wrong_passwords_are_slowed_down_without_a_word(server: Server) -> None:
    ruiz = new_colleague(server)
    ruiz.browser = new_browser(server)
    wrong = [ruiz.first_step("wrong but long enough") for _ in range(5)]
    held = ruiz.first_step()  # the right one, but too soon
    assert all(no_fit(page) for page in (*wrong, held))
    assert as_text(held).replace(csrf(held), "") == as_text(wrong[0]).replace(csrf(wrong[0]), "")
    # An admin's reset helps at once.
    boss = boss_of(server)
    link = link_for(boss, ruiz)
    fields = {"password": "four other words entirely", "again": "four other words entirely"}
    page = ruiz.post(link, page=link, **fields)
    assert page.url.path == "/desk/sign-in/second"


def test_guessing_codes_is_slowed_down_though_the_password_is_right(server: Server) -> None:
    ruiz = new_colleague(server)
    for _ in range(5):
        ruiz.browser = new_browser(server)
        if ruiz.first_step().url.path != "/desk/sign-in/second":
            break
        ruiz.second_step("123456")
    ruiz.browser = new_browser(server)
    assert no_fit(ruiz.first_step())


def test_a_code_works_once(server: Server) -> None:
    ruiz = new_colleague(server)
    code = ruiz.code()
    first, second = new_browser(server), new_browser(server)
    for browser, works in ((first, True), (second, False)):
        ruiz.browser = browser
        ruiz.first_step()
        page = ruiz.second_step(code)
        assert no_fit(page) != works, page.url
    recovery = ruiz.recovery[0]
    assert ruiz.second_step(recovery.lower().replace("-", " ")).url.path == "/desk"
    ruiz.browser = first
    assert no_fit(ruiz.second_step(recovery))
    page = ruiz.get("/desk/account")
    assert found(r"codes left: *<b>(\d+)", page) == "9"


def test_the_cookie_changes_at_each_step_and_the_old_one_opens_nothing(server: Server) -> None:
    ruiz = new_colleague(server)
    ruiz.browser = new_browser(server)
    ruiz.first_step()
    half = ruiz.browser.cookies["kb_desk"]
    sent = ruiz.browser.post(
        "/desk/sign-in/second",
        data={"csrf": csrf(ruiz.get("/desk/sign-in/second")), "code": ruiz.code()},
        follow_redirects=False,
    )
    cookie = sent.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert ruiz.browser.cookies["kb_desk"] != half
    forged = new_browser(server)
    for token in (half, "", "x" * 43, "kb"):
        forged.cookies.set("kb_desk", token)
        assert forged.get("/desk").url.path == "/desk/sign-in"
        forged.cookies.clear()


def test_signing_out_there_and_everywhere(server: Server) -> None:
    ruiz = new_colleague(server)
    home, office = ruiz.browser, new_browser(server)
    ruiz.browser = office
    ruiz.sign_in()
    ruiz.browser = home
    page = ruiz.get("/desk/account")
    there = found(r'action="(/desk/account/sessions/[a-z0-9]+/end)"', page)
    assert ruiz.post(there, page="/desk/account").url.path == "/desk/account"
    assert office.get("/desk").url.path == "/desk/sign-in"
    # Somebody else's session answers as one that is not there.
    other = new_colleague(server)
    for path in (there, "/desk/account/sessions/none/end"):
        assert other.post(path, page="/desk/account").status_code == 404
    ruiz.browser = office
    page = ruiz.first_step()
    assert ruiz.second_step(ruiz.recovery[1]).url.path == "/desk"

    wish = {"old": PASSWORD, "password": "several other words by now"}
    wrong = ruiz.post("/desk/account/password", page="/desk/account", **wish | {"old": "x"})
    assert no_fit(wrong)
    before = office.cookies["kb_desk"]
    assert ruiz.post("/desk/account/password", page="/desk/account", **wish).status_code == 200
    assert office.cookies["kb_desk"] != before
    assert home.get("/desk").url.path == "/desk/sign-in"
    ruiz.post("/desk/sign-out")
    assert office.get("/desk").url.path == "/desk/sign-in"
    assert no_fit(ruiz.first_step(PASSWORD))
    assert ruiz.first_step(wish["password"]).url.path == "/desk/sign-in/second"


def test_a_link_sets_a_password_once(server: Server) -> None:
    ruiz, boss = new_colleague(server), boss_of(server)
    link = link_for(boss, ruiz, factors="on")
    assert ruiz.get("/desk").url.path == "/desk/sign-in"
    assert no_fit(ruiz.first_step())
    for wrong in ("short", "passwordpassword"):
        page = ruiz.post(link, page=link, password=wrong, again=wrong)
        assert page.status_code == 422 and 'id="wrong-password"' in page.text
    assert ruiz.post(link, page=link, password=PASSWORD, again="x").status_code == 422
    ruiz.welcome(link)  # with a new app, since the factors were forgotten too
    assert ruiz.get("/desk").status_code == 200
    page = new_browser(server).get(link)
    assert page.status_code == 404
    guessed = new_browser(server).get("/desk/welcome/" + "x" * 43)
    assert guessed.text == page.text and guessed.status_code == 404


def test_somebody_always_has_a_second_factor_left(server: Server) -> None:
    ruiz = new_colleague(server)
    page = ruiz.post("/desk/account/authenticator/remove", page="/desk/account")
    assert page.status_code == 422 and "your only second step" in page.text
    page = ruiz.post("/desk/account/passkeys/none/remove", page="/desk/account")
    assert page.status_code == 422
    # A new app takes the place of the old one, whose codes and recovery codes hold no more.
    old_app, old_code = ruiz.secret, ruiz.recovery[0]
    ruiz.set_up_app(ruiz.get("/desk/account/second"))
    assert ruiz.secret != old_app and old_code not in ruiz.recovery
    assert no_fit(ruiz.second_step(old_code))
    assert ruiz.second_step(ruiz.recovery[0]).url.path == "/desk"
    newer = ruiz.post("/desk/account/recovery-codes", page="/desk/account")
    assert newer.text.count("<li>") == 10
    assert no_fit(ruiz.second_step(ruiz.recovery[1]))


async def test_of_many_tries_at_once_no_more_slip_through(tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    try:
        organisation = await members.add_organisation(house, "Agency")
        ngozi = await members.add_person(house, organisation.id, "ngozi@agency.example", "Ngozi")
        await signing_in.set_password(house, ngozi, PASSWORD)

        async def guess(number: int) -> None:
            with pytest.raises(Refused):
                await signing_in.with_password(
                    house, ngozi.email, f"guess number {number}", f"192.0.2.{number}"
                )

        await asyncio.gather(*(guess(number) for number in range(12)))
        rows = await house.accounts.all(FailureRow)
        [count] = [row.count for row in rows if row.count > 1]
        assert count == 5
        with pytest.raises(Refused):
            await signing_in.with_password(house, ngozi.email, PASSWORD, "192.0.2.99")
        await members.reset(house, ngozi)
        await signing_in.set_password(house, ngozi, PASSWORD)
        assert await signing_in.with_password(house, ngozi.email, PASSWORD, "192.0.2.99")
    finally:
        await house.stop()


def test_the_last_admin_stays(server: Server) -> None:
    boss, ruiz = boss_of(server), new_colleague(server)
    me = person_in(boss, boss)
    page = boss.post(f"/desk/team/people/{me}", page="/desk/team", role="facilitator")
    assert page.status_code == 422 and "the only admin" in page.text
    for what in ("remove", "reset"):
        assert boss.post(f"/desk/team/people/{me}/{what}", page="/desk/team").status_code == 422
    them = person_in(boss, ruiz)
    assert boss.post(f"/desk/team/people/{them}/remove", page="/desk/team").status_code == 200
    assert ruiz.get("/desk").url.path == "/desk/sign-in"
    assert no_fit(ruiz.first_step())
    assert ruiz.email not in boss.get("/desk/team").text


def test_sessions_and_what_they_have_shown_end_by_themselves(own_server: Server) -> None:
    boss = boss_of(own_server)
    sensitive = ("/desk/account", "/desk/team", "/desk/account/second")
    for path in sensitive:
        assert boss.get(path).url.path == path
    change(own_server, "UPDATE account_session SET proved_at = '2020-01-01'")
    assert boss.get("/desk").url.path == "/desk"
    for path in sensitive:
        page = boss.get(path)
        assert page.url.path == "/desk/sign-in/second" and f'value="{path}"' in page.text
    assert boss.post("/desk/team/teams", team_name="x").url.path == "/desk/sign-in/second"
    assert boss.second_step(boss.recovery[0], to="/desk/team").url.path == "/desk/team"

    change(own_server, "UPDATE account_session SET seen_at = '2020-01-01'")
    assert boss.get("/desk").url.path == "/desk/sign-in"
    change(own_server, "UPDATE account_session SET seen_at = '2999', ends_at = '2020-01-01'")
    assert boss.get("/desk").url.path == "/desk/sign-in"
    change(own_server, "UPDATE account_session SET ends_at = '2999'")
    assert boss.get("/desk").url.path == "/desk"


def test_over_https_the_cookie_is_for_this_very_site(tmp_path) -> None:
    server = Server(tmp_path, KINBOARD_PUBLIC_URL="https://board.example.org").start()
    try:
        link = server.kinboard("setup", "--organisation", "A", "--team", "North",
                               "--email", "bea@agency.example", "--name", "Bea")  # fmt: skip
        assert link.startswith("https://board.example.org/desk/welcome/")
        path = link.removeprefix("https://board.example.org")
        browser = new_browser(server)
        page = browser.get(path)
        fields = {"csrf": csrf(page), "password": PASSWORD, "again": PASSWORD}
        # A browser would send it back over HTTPS; this one speaks HTTP.
        (own,) = page.headers.get_list("set-cookie")
        headers = {"cookie": own.partition(";")[0]}
        sent = browser.post(path, data=fields, headers=headers, follow_redirects=False)
        cookies = sent.headers.get_list("set-cookie")
        assert any(cookie.startswith("__Host-kb_desk=") for cookie in cookies)
        for cookie in cookies:
            assert cookie.startswith("__Host-kb_") and "Secure" in cookie
            assert "Domain" not in cookie
    finally:
        server.stop()


def person_in(boss: Colleague, colleague: Colleague) -> str:
    """A colleague's id, as the admin's page has it."""
    page = boss.get("/desk/team").text
    after = page[page.index(f"<small>{colleague.email}<") :]
    return after.split('action="/desk/team/people/', 1)[1].split('"', 1)[0]


def link_for(boss: Colleague, colleague: Colleague, **fields: str) -> str:
    path = f"/desk/team/people/{person_in(boss, colleague)}/reset"
    page = boss.post(path, page="/desk/team", **fields)
    return found(r">http://[^<]+(/desk/welcome/[^<]+)<", page)
