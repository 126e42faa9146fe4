"""Without a network: what is written waits in the browser, and the page says so."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, expect

from tests.pages.people import sit_down
from tests.server import Meeting, Server, new_meeting


async def test_what_is_written_offline_arrives_once(browser: Browser, meeting: Meeting) -> None:
    wall = await sit_down(browser, meeting, meeting.projector)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    await rosa.add_card("worries", "written before")
    await rosa.is_live()
    await rosa.context.set_offline(True)
    await expect(rosa("#status")).to_have_attribute("data-state", "offline")
    await rosa.add_card("worries", "written without a network")
    words = await rosa.open_card("written before")
    await words.fill("written before, and more")
    await rosa.close_sheet()
    await expect(rosa("#status")).to_have_attribute("data-waiting", "2")
    await expect(rosa("#status")).to_contain_text("2 waiting here")
    await expect(rosa(".waits-here .text")).to_have_text("written without a network")
    await rosa.context.set_offline(False)
    await rosa.is_live()
    texts = ["written before, and more", "written without a network"]
    for someone in (wall, rosa):
        await expect(someone("#column-worries > .card .text")).to_have_text(texts)
        await expect(someone(".waits-here")).to_have_count(0)
    assert rosa.errors == []


async def test_it_survives_a_reload_and_a_dead_server(browser: Browser, own_server: Server) -> None:
    meeting = new_meeting(own_server)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    own_server.kill()
    await expect(rosa("#status")).not_to_have_attribute("data-state", "live")
    await rosa.add_card("needs", "written while the server was down")
    await rosa.composer("needs").locator("textarea").fill("half a sentence")
    await expect(rosa("#status")).to_have_attribute("data-waiting", "1")
    own_server.start()
    await rosa.page.reload()
    await rosa.is_live()
    await rosa.column("needs")
    await expect(rosa("#column-needs > .card .text")).to_have_text(
        "written while the server was down"
    )
    await expect(rosa.composer("needs").locator("textarea")).to_have_value("half a sentence")


async def test_refused_words_stay_with_who_wrote_them(browser: Browser, meeting: Meeting) -> None:
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    await rosa.composer("worries").locator("textarea").fill("a hidden \u0007 bell")
    await rosa.composer("worries").locator("button.main").click()
    error = rosa.composer("worries").locator("[data-error-for=text]")
    await expect(error).to_contain_text("hidden character")
    await expect(rosa.composer("worries").locator("textarea")).to_have_value("a hidden \u0007 bell")
    # Refused after the page was left: words and reason are shown when one comes back.
    await rosa.context.set_offline(True)
    await rosa.add_card("worries", "too late for this meeting")
    await expect(rosa("#status")).to_have_attribute("data-waiting", "1")
    meeting.post("close").raise_for_status()
    await rosa.context.set_offline(False)
    await expect(rosa("#tray")).to_contain_text("too late for this meeting")
    await expect(rosa("#tray")).to_contain_text("This meeting is closed")
    await expect(rosa("#status")).to_have_attribute("data-waiting", "0")


async def test_words_typed_while_the_server_dies_are_all_there(
    browser: Browser, own_server: Server
) -> None:
    """Letters are on their way when it is killed, and more are typed while it is away."""
    meeting = new_meeting(own_server)
    wall = await sit_down(browser, meeting, meeting.projector)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    elena = await sit_down(browser, meeting, meeting.join("Elena", "worker"))
    await rosa.add_card("worries", "Start.")
    mine = await rosa.open_card("Start.")
    theirs = await elena.open_card("Start.")
    await rosa.page.wait_for_timeout(400)
    await mine.evaluate("area => { area.focus(); area.setSelectionRange(6, 6) }")
    await theirs.evaluate("area => { area.focus(); area.setSelectionRange(0, 0) }")

    async def write() -> None:
        await asyncio.gather(
            mine.press_sequentially(" One two three four five six seven eight.", delay=60),
            theirs.press_sequentially("Ten eleven twelve thirteen fourteen. ", delay=60),
        )

    writing = asyncio.create_task(write())
    await rosa.page.wait_for_timeout(900)
    own_server.kill()
    await writing
    await asyncio.to_thread(own_server.start)
    whole = "Ten eleven twelve thirteen fourteen. Start. One two three four five six seven eight."
    for words in (mine, theirs):
        await expect(words).to_have_value(whole, timeout=15_000)
    await expect(wall("#column-worries > .card .text")).to_have_text(whole)
    await rosa.is_live()
    await elena.is_live()
    assert rosa.errors == elena.errors == []


async def test_a_text_written_offline_is_merged_with_what_others_wrote(
    browser: Browser, meeting: Meeting
) -> None:
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    elena = await sit_down(browser, meeting, meeting.join("Elena", "worker"))
    await rosa.add_card("worries", "My shifts change.")
    await rosa.is_live()
    await rosa.context.set_offline(True)
    await expect(rosa("#status")).to_have_attribute("data-state", "offline")
    mine = await rosa.open_card("My shifts change.")
    await mine.fill("My shifts change every week.")
    await rosa.close_sheet()
    theirs = await elena.open_card("My shifts change.")
    await theirs.fill("At work: My shifts change.")
    await elena.close_sheet()
    await elena.is_live()
    await rosa.context.set_offline(False)
    for someone in (rosa, elena):
        await expect(someone("#column-worries > .card .text")).to_have_text(
            "At work: My shifts change every week."
        )


async def test_two_windows_of_one_person_agree(browser: Browser, meeting: Meeting) -> None:
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    other = await rosa.context.new_page()
    await other.goto(rosa.page.url)
    await rosa.add_card("worries", "from the first window")
    await expect(other.locator("#column-worries > .card")).to_have_count(1)
    await rosa.context.set_offline(True)
    await rosa.add_card("worries", "written without a network")
    await rosa.context.set_offline(False)
    for page in (rosa.page, other):
        await expect(page.locator("#column-worries > .card")).to_have_count(2)
        await expect(page.locator("#status")).to_have_attribute("data-waiting", "0")
