"""Coming in by an invitation, leaving at once, and a board that is kept calm, in real browsers."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, Someone, newcomer, sit_down
from tests.program import sit_down as program
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
async def sam(browser: Browser, meeting: Meeting) -> Someone:
    return await sit_down(browser, meeting, meeting.facilitator, LAPTOP)


@pytest.fixture
async def rosa(browser: Browser, meeting: Meeting) -> Someone:
    return await sit_down(browser, meeting, meeting.join("Rosa", relation="mother"))


async def test_from_an_invitation_to_the_board(
    browser: Browser, meeting: Meeting, sam: Someone, rosa: Someone
) -> None:
    await sam.tab("more")
    await sam("[data-open='#edit-meeting']").click()
    await sam("#edit-meeting [name=greeting]").fill("Good that you are here")
    await sam("#edit-meeting button.main").click()
    await sam.tab("people")
    await sam("a[href$='/invitations']").click()
    await sam("[name=uses]").fill("99")
    await sam("form[action$='/invitations'] button.main").click()
    await expect(sam("#wrong-uses")).not_to_be_empty()
    await sam("[name=uses]").fill("1")
    await sam("[name=called]").fill("Rosa")
    await sam("[name=relation]").fill("grandmother")
    await sam("[name=role]").select_option("network")
    await sam("form[action$='/invitations'] button.main").click()
    link = await sam("#link").input_value()
    await expect(sam("#new .qr svg")).to_be_visible()
    await sam("button[data-do=copy]").click()
    await expect(sam("button[data-do=copy]")).to_have_text("Copied.")
    await sam.page.goto(f"{meeting.server.url}/m/{meeting.id}/{meeting.facilitator.person}")
    await sam.is_live()

    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    elena = await newcomer(browser, user_agent=agent)
    await elena.page.goto(link)
    await expect(elena("[name=called]")).to_have_value("Rosa")
    await expect(elena("[name=relation]")).to_have_value("grandmother")
    await elena("[name=lang]").select_option("es")
    await elena("button.main.large").click()
    await expect(elena("h1")).to_contain_text("Rosa")
    await expect(elena(".greeting")).to_have_text("Good that you are here")
    await expect(elena("body")).not_to_contain_text("First meeting")
    phrase = await elena(".phrase b").text_content()
    assert phrase

    at_door = sam("#waiting .person")
    await sam(".door-bell button").click()
    await expect(at_door.locator(".phrase dd")).to_have_text(phrase)
    await expect(at_door).to_contain_text("Invited as Rosa, grandmother")
    await expect(at_door).to_contain_text("on a phone")
    await expect(at_door).to_contain_text("Español")
    await expect(at_door.locator(".namesake")).to_be_visible()
    seat = f"kb_{elena.page.url.rsplit('/', 1)[1]}"
    before = await cookie(elena, seat)
    await at_door.locator("button.main").click()
    await elena.is_live()
    await expect(elena("#head h1")).to_have_text("First meeting")
    assert before and await cookie(elena, seat) not in ("", before)

    # The link is used up now, for whoever finds it.
    stranger = await newcomer(browser)
    await stranger.page.goto(link)
    await expect(stranger("h1")).to_have_text(
        "This link no longer works. Ask the one who invited you for a new one."
    )
    await sam("a[href$='/invitations']").click()
    await expect(sam(".invitations .state-used_up")).to_contain_text("used by Rosa")
    for someone in (sam, rosa, elena, stranger):
        assert not someone.errors


async def test_the_code_is_turned_off_and_renewed(
    browser: Browser, meeting: Meeting, sam: Someone
) -> None:
    wall = await sit_down(browser, meeting, meeting.projector, LAPTOP)
    await expect(wall(".ticket .code")).to_contain_text("-")
    await sam.tab("people")
    await sam("a[href$='/invitations']").click()
    await sam("button[value=no]").click()
    await expect(wall(".ticket")).to_have_count(0)
    await sam("form[action$='/code/renew'] button").click()
    code = await sam("b.code").text_content()
    assert code and code.replace("-", "") != meeting.code
    await expect(wall(".ticket .code")).to_have_text(code)
    old = await newcomer(browser)
    await old.page.goto(f"{meeting.server.url}/j/{meeting.code}")
    await expect(old("#wrong-code")).to_contain_text("No open meeting has this code")
    for someone in (sam, wall, old):
        assert not someone.errors


async def test_leaving_quickly_leaves_nothing(
    browser: Browser, meeting: Meeting, rosa: Someone
) -> None:
    other_tab = await rosa.context.new_page()
    await other_tab.goto(rosa.page.url)
    await rosa.add_card("worries", "the words of the family")
    await rosa.is_live()
    board = rosa.page.url
    # What was sent does not wait here any more, nor does its draft.
    assert await rosa.page.evaluate(_KEPT) == [0, 0, 0, 0]
    await rosa(".leave").click()
    await expect(rosa("#clock")).to_have_text(re.compile(r"\d:\d\d"))
    assert await rosa.page.title() == "Clock"
    await expect(other_tab.locator("#clock")).to_be_visible()
    assert await rosa.page.evaluate(_KEPT) == [0, 0, 0, 0]
    assert not [one for one in await rosa.context.cookies() if one["name"].startswith("kb_")]
    await rosa.page.go_back()
    assert "family" not in await rosa.page.content() and rosa.page.url != board
    answer = await rosa.page.goto(board)
    assert answer and answer.status == 403
    await expect(rosa("body")).not_to_contain_text("the words of the family")
    assert not rosa.errors


_KEPT = """async () => {
  const opened = indexedDB.open("kinboard");
  const db = await new Promise((done) => (opened.onsuccess = () => done(opened.result)));
  const left = !db.objectStoreNames.length ? 0 : await new Promise((done) => {
    const asked = db.transaction("outbox").objectStore("outbox").count();
    asked.onsuccess = () => done(asked.result);
  });
  const caches = (await globalThis.caches?.keys()) ?? [];
  return [left, localStorage.length, sessionStorage.length, caches.length];
}"""


async def test_three_times_escape_asks_only_for_words_that_would_be_lost(
    browser: Browser, meeting: Meeting, rosa: Someone
) -> None:
    await rosa.composer("worries").locator("textarea").fill("half a sen")
    for _ in range(3):
        await rosa.page.keyboard.press("Escape")
    await expect(rosa("dialog.leaving")).to_be_visible()
    await expect(rosa("#main")).not_to_be_visible()
    await expect(rosa("dialog.leaving button").first).to_be_focused()
    await rosa("dialog.leaving .quiet").click()
    await expect(rosa("#main")).to_be_visible()
    await expect(rosa.composer("worries").locator("textarea")).to_have_value("half a sen")
    for _ in range(6):
        await rosa.page.keyboard.press("Escape")
    await expect(rosa("#clock")).to_be_visible()
    assert await rosa.page.evaluate(_KEPT) == [0, 0, 0, 0]
    assert not rosa.errors


async def test_without_a_network_one_leaves_too(meeting: Meeting, rosa: Someone) -> None:
    await rosa.context.set_offline(True)
    await expect(rosa("#status")).to_have_attribute("data-state", "offline")
    await rosa.add_card("worries", "kept on the phone")
    await expect(rosa("#status")).to_have_attribute("data-waiting", "1")
    await rosa(".leave").click()
    await rosa.page.keyboard.press("Enter")
    await rosa.page.wait_for_url("about:blank")
    await rosa.context.set_offline(False)
    await rosa.page.goto(f"{meeting.server.url}/away")
    assert await rosa.page.evaluate(_KEPT) == [0, 0, 0, 0]


async def test_who_waits_and_who_joins_can_leave(browser: Browser, meeting: Meeting) -> None:
    eve = await newcomer(browser)
    await eve.page.goto(f"{meeting.server.url}/j/{meeting.code}")
    await eve("[name=called]").fill("Eve")
    await eve("button.main.large").click()
    await expect(eve(".phrase")).to_be_visible()
    await eve(".leave").click()
    await expect(eve("#clock")).to_be_visible()
    await eve.page.goto(f"{meeting.server.url}/join")
    await eve(".leave").click()
    await expect(eve("#clock")).to_be_visible()
    assert not eve.errors


async def test_a_page_from_the_browsers_memory_is_asked_for_anew(rosa: Someone) -> None:
    await rosa.page.evaluate("window.isOld = true")
    async with rosa.page.expect_navigation():
        await rosa.page.evaluate(
            'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))'
        )
    await rosa.is_live()
    assert await rosa.page.evaluate("window.isOld") is None


async def test_muting_and_locking_are_said_kindly(rosa: Someone, sam: Someone) -> None:
    await sam.tab("people")
    await sam("#people .person", has_text="Rosa").locator("button.open").click()
    await sam("#sheet [data-command='person.mute']").click()
    await expect(rosa(".when-muted")).to_be_visible()
    await expect(rosa.composer("worries")).not_to_be_visible()
    await expect(sam("#people .person", has_text="Rosa")).to_contain_text("writing paused")
    await rosa.page.reload()
    await expect(rosa(".when-muted")).to_be_visible()
    await sam("#people .person", has_text="Rosa").locator("button.open").click()
    await sam("#sheet [data-command='person.unmute']").click()
    await expect(rosa.composer("worries")).to_be_visible()

    await sam(".order [data-command='meeting.lock']").click()
    await expect(rosa("#main > .when-locked")).to_be_visible()
    await expect(rosa.composer("worries")).not_to_be_visible()
    await sam.tab("map")
    await sam.add_card("needs", "Sam still writes")
    await expect(rosa.card("Sam still writes")).to_have_count(1)
    await sam("#main > .when-locked button").click()
    await expect(rosa.composer("worries")).to_be_visible()
    await rosa.add_card("worries", "and so does Rosa")
    await expect(sam.card("and so does Rosa")).to_be_visible()
    assert not rosa.errors and not sam.errors


async def test_what_was_written_before_the_lock_waits_for_its_end(
    rosa: Someone, sam: Someone
) -> None:
    await rosa.context.set_offline(True)
    await expect(rosa("#status")).to_have_attribute("data-state", "offline")
    await rosa.add_card("worries", "written in the tunnel")
    await expect(rosa("#status")).to_have_attribute("data-waiting", "1")
    await sam.tab("people")
    await sam(".order [data-command='meeting.lock']").click()
    await expect(sam("#main > .when-locked")).to_be_visible()
    await rosa.context.set_offline(False)
    await expect(rosa("#status")).to_contain_text("Writing is paused. 1 waiting here")
    await rosa.page.reload()
    await expect(rosa("#status")).to_contain_text("Writing is paused. 1 waiting here")
    await sam("#main > .when-locked button").click()
    await rosa.is_live()
    await sam.tab("map")
    await expect(sam.card("written in the tunnel")).to_be_visible()
    assert not rosa.errors


async def test_too_much_at_once_waits_and_arrives(browser: Browser, tmp_path) -> None:
    server = Server(tmp_path, KINBOARD_LIMIT_COMMANDS="1").start()
    try:
        meeting = new_meeting(server)
        sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
        for number in range(14):
            await sam.add_card("worries", f"card {number:02}")
        await expect(sam("#status")).to_contain_text("a lot at once")
        await sam.is_live()
        await expect(sam("#column-worries > .card .text")).to_have_text(
            [re.compile(f"card {number:02}") for number in range(14)]
        )
        assert not sam.errors

        tim = await program(meeting, meeting.join("Tim"))
        for number in range(150):
            data = {"column": "needs", "text": f"noise {number}"}
            command = {"type": "command", "id": f"noise-{number:04}", "name": "card.add"}
            await tim.send(command | {"data": data})
        await expect(sam("#loud")).to_contain_text("Tim is sending too much.")
        await sam("#loud [data-command='person.mute']").click()
        await expect(sam("#loud [data-command='person.mute']")).to_have_count(0)
        await tim.close()
    finally:
        server.stop()


async def test_words_become_html_in_one_place_only(rosa: Someone) -> None:
    blocked = await rosa.page.evaluate(
        """() => {
          const tries = [
            () => (document.body.innerHTML = "<b>x</b>"),
            () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
            () => trustedTypes.createPolicy("another", { createHTML: (html) => html }),
            () => trustedTypes.createPolicy("kinboard", { createHTML: (html) => html }),
          ];
          const outcome = (attempt) => {
            try { attempt(); return "ran"; } catch { return "blocked"; }
          };
          return tries.map(outcome);
        }"""
    )
    assert blocked == ["blocked"] * 4
    ran = await rosa.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.setAttribute("nonce", "guessed");
          script.append("window.isForeign = true");
          document.body.append(script);
          return window.isForeign ?? false;
        }"""
    )
    assert ran is False


async def cookie(someone: Someone, name: str) -> str:
    kept = {one["name"]: one["value"] for one in await someone.context.cookies()}
    return kept.get(name, "")
