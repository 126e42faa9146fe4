"""One meeting with several real browsers, as its people have it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, WALL, Someone, newcomer, sit_down
from tests.server import Meeting


@pytest.fixture
async def people(browser: Browser, meeting: Meeting):
    """Sam at the laptop, Rosa and Elena with phones, and the wall."""
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa", relation="mother"))
    elena = await sit_down(browser, meeting, meeting.join("Elena", lang="es"))
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    yield sam, rosa, elena, wall
    for someone in (sam, rosa, elena, wall):
        assert someone.errors == []


async def test_from_the_link_to_the_first_card_in_five_steps(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    carmen = await newcomer(browser)
    await carmen.page.goto(f"{meeting.server.url}/j/{meeting.code}")
    await carmen("input[name=called]").fill("Carmen")  # 1
    await carmen("form button.main").last.click()  # 2
    await expect(carmen("h1")).to_contain_text("Carmen")
    await expect(sam(".door-bell")).to_be_visible()
    await sam.tab("people")
    await sam("#waiting li", has_text="Carmen").locator("button", has_text="Family").click()
    await carmen.is_live()
    text = carmen.composer("worries").locator("textarea")
    await text.click()  # 3
    await text.press_sequentially("Nobody sleeps")  # 4
    await carmen.composer("worries").locator("button.main").click()  # 5
    await expect(sam.card("Nobody sleeps")).to_have_count(1)

    address = carmen.page.url
    await carmen.page.reload()
    await carmen.is_live()
    assert carmen.page.url == address
    await sam("#people li", has_text="Carmen").locator("button.open").click()
    await sam("#sheet .kinds label", has_text="Worker").click()
    await expect(carmen("body.role-worker")).to_have_count(1)
    await carmen.is_live()
    await sam("#sheet button.danger").click()
    await sam("#confirm [value=yes]").click()
    await expect(carmen("#column-worries")).to_have_count(0, timeout=1000)
    assert carmen.errors == sam.errors == []


async def test_cards_words_and_their_typing_reach_everyone(people: tuple[Someone, ...]) -> None:
    sam, rosa, elena, wall = people
    text = rosa.composer("worries").locator("textarea")
    await text.press_sequentially("My shifts change", delay=15)
    for someone in (sam, elena, wall):
        await expect(someone("#ghosts-worries .ghost .text")).to_have_text("My shifts change")
    await rosa.composer("worries").locator("button.main").click()
    for someone in people:
        await expect(someone("#column-worries > .card .text")).to_have_text("My shifts change")
        await expect(someone("#ghosts-worries .ghost")).to_have_count(0)
    await expect(text).to_have_value("")
    await rosa.is_live()


async def test_two_people_in_one_card_lose_nothing(people: tuple[Someone, ...]) -> None:
    sam, rosa, elena, wall = people
    await rosa.add_card("worries", "My shifts change")
    mine = await rosa.open_card("My shifts change")
    theirs = await sam.open_card("My shifts change")
    await rosa.page.wait_for_timeout(300)
    await mine.evaluate("area => { area.focus(); area.setSelectionRange(16, 16) }")
    await theirs.evaluate("area => { area.focus(); area.setSelectionRange(0, 0) }")
    await asyncio.gather(
        mine.press_sequentially(" every week 😀", delay=40),
        theirs.press_sequentially("At work: ", delay=60),
    )
    await expect(elena(".card.typing")).to_have_count(1)
    whole = "At work: My shifts change every week 😀"
    await expect(mine).to_have_value(whole)
    await expect(theirs).to_have_value(whole)
    await expect(wall("#column-worries > .card .text")).to_have_text(whole)
    assert (
        await mine.evaluate("area => document.activeElement === area && area.selectionStart") > 30
    )


async def test_typing_is_left_alone_by_what_others_do(people: tuple[Someone, ...]) -> None:
    sam, rosa, *_ = people
    text = rosa.composer("worries").locator("textarea")
    await text.press_sequentially("I want to s")
    await text.evaluate("area => area.setSelectionRange(2, 6)")
    top = await text.evaluate("area => area.getBoundingClientRect().top")
    for number in range(6):
        await sam.add_card("worries", f"Something longer from Sam, number {number}")
    await expect(rosa("#column-worries > .card")).to_have_count(6)
    state = await text.evaluate(
        "area => [document.activeElement === area, area.value, area.selectionStart,"
        " area.selectionEnd]"
    )
    assert state == [True, "I want to s", 2, 6]
    assert abs(await text.evaluate("area => area.getBoundingClientRect().top") - top) < 2


async def test_cards_are_marked_moved_grouped_withdrawn_and_brought_back(
    people: tuple[Someone, ...],
) -> None:
    sam, rosa, elena, wall = people
    for text in ("one", "two", "three"):
        await sam.add_card("worries", text)
    await expect(wall("#column-worries > .card")).to_have_count(3)
    await sam.open_card("one")
    await sam("#sheet label.s-harm").click()
    await expect(wall.card("one").locator(".chip")).to_have_text("Past harm")
    form = sam("#sheet form[data-command='card.move']")
    await form.locator("[name=under]").select_option(label="two")
    await form.locator("button").click()
    await expect(wall("#column-worries > .card > .under > .card .text")).to_have_text("one")
    await sam.close_sheet() if await sam("#sheet").is_visible() else None

    # By mouse, from one column to another.
    start = await sam.card("three").bounding_box()
    end = await sam("#column-working").bounding_box()
    assert start and end
    await sam.page.mouse.move(start["x"] + 100, start["y"] + 20)
    await sam.page.mouse.down()
    await sam.page.mouse.move(end["x"] + 100, end["y"] + 20, steps=6)
    await sam.page.mouse.up()
    await expect(wall("#column-working > .card .text")).to_have_text("three")
    await sam("button.undo").click()
    await expect(wall("#column-worries > .card .text", has_text="three")).to_have_count(1)

    await sam.open_card("three")
    await sam("#sheet [data-command='card.withdraw']").click()
    await expect(wall.card("three")).to_have_count(0)
    await sam.tab("more")
    await sam("#withdrawn li", has_text="three").locator("button").click()
    await expect(wall.card("three")).to_have_count(1)
    # A worker or the facilitator writes down what somebody says.
    await sam.tab("map")
    await sam.composer("working").locator("textarea").fill("Grandma has Lucía on Tuesdays")
    await sam.composer("working").locator("[name=said_by]").select_option(label="Rosa (mother)")
    await sam.composer("working").locator("button.main").click()
    by = wall.card("Grandma has Lucía").locator(".by").first
    await expect(by).to_contain_text("Rosa written down by Sam")
    # Another's words are not Rosa's to change, and the sheet says so.
    await rosa.card("three").locator("button.open").first.click()
    await expect(rosa("#sheet .not-yours")).to_be_visible()
    await expect(rosa("#sheet textarea[data-write]")).not_to_be_visible()


async def test_statements_goals_steps_and_agreement(people: tuple[Someone, ...]) -> None:
    sam, rosa, elena, wall = people
    await sam("[data-open='#compose-danger']").click()
    await sam("#compose-danger [name='parts.worried']").fill("Elena")
    await sam("#compose-danger [name='parts.outcome']").fill("Lucía gets hurt")
    await expect(sam("#compose-danger .preview")).to_contain_text("It worries Elena that")
    await sam("#compose-danger button.main").click()
    await expect(wall("#dangers .statement")).to_contain_text("Lucía gets hurt")
    await sam("[data-open='#compose-goal']").click()
    await sam("#compose-goal [name=danger]").select_option(label="Lucía gets hurt")
    await sam("#compose-goal [name='parts.what']").fill("have a plan for each night")
    await sam("#compose-goal button.main").click()
    await expect(wall("#goals .statement .link q")).to_have_text("Lucía gets hurt")

    await rosa.tab("steps")
    await rosa("[data-open='#compose-step']").click()
    await rosa("#compose-step button.main").click()
    await expect(rosa("#compose-step [data-error-for=what]")).not_to_be_empty()
    await rosa("#compose-step [name=what]").fill("Write the plan")
    await rosa("#compose-step [data-people-boxes] label", has_text="Elena").click()
    await rosa("#compose-step [name=goal]").select_option(label="have a plan for each night")
    await rosa("#compose-step button.main").click()
    await expect(wall("#steps .todo")).to_contain_text("no date yet")
    await elena.tab("steps")
    await elena("#steps button.open").click()
    await elena("#sheet [data-for=owner] textarea").fill("Not on Fridays")
    await elena("#sheet [data-for=owner] form button").click()
    await expect(wall("#steps .changes q")).to_have_text("Not on Fridays")
    await rosa("#steps button.open").click()
    await rosa("#sheet [name=due]").fill("2026-12-24")
    await rosa("#sheet form[data-command='step.plan'] button").click()
    await expect(wall("#steps .todo")).to_have_count(0)
    await expect(wall("#steps time")).to_have_text("December 24, 2026")


async def test_numbers_stay_hidden_until_they_are_shown(people: tuple[Someone, ...]) -> None:
    sam, rosa, elena, wall = people
    await rosa.column("scale")
    await rosa("#scale-form button.main").click()
    await expect(rosa("#scale-form [data-error-for=number]")).not_to_be_empty()
    await rosa("#scale-form label:has([value='6'])").click()
    await rosa("#scale-form [name=reason]").fill("Grandma comes")
    await rosa("#scale-form button.main").click()
    await expect(sam("#scale .names li")).to_have_text("Rosa")
    assert "Grandma comes" not in await sam.page.content()
    await rosa.page.reload()
    await rosa.is_live()
    await expect(rosa("#scale-form [name=reason]")).to_have_value("Grandma comes")
    await sam("#scale button.main").click()
    await sam("#confirm [value=yes]").click()
    await expect(wall("#scale .reasons q")).to_have_text("Grandma comes")


async def test_people_stand_in_circles_by_mouse_and_keys(people: tuple[Someone, ...]) -> None:
    sam, _, _, wall = people
    await sam.tab("circles")
    await sam("[data-open='#compose-circle']").click()
    await sam("#compose-circle [name=called]").fill("Carmen")
    await sam("#compose-circle [name=relation]").fill("aunt")
    await sam("#compose-circle button.main").click()
    await expect(wall("#circle-list .r3 li b")).to_have_text("Carmen")
    pill = sam(".pill")
    await pill.focus()
    await pill.press("ArrowUp")
    await expect(wall("#circle-list .r2 li b")).to_have_text("Carmen")
    box, drawing = await pill.bounding_box(), await sam(".canvas svg").bounding_box()
    assert box and drawing
    await sam.page.mouse.move(box["x"] + 10, box["y"] + 10)
    await sam.page.mouse.down()
    middle = drawing["x"] + drawing["width"] / 2, drawing["y"] + drawing["height"] / 2
    await sam.page.mouse.move(*middle, steps=8)
    await sam.page.mouse.up()
    await expect(wall("#circle-list .r0 li b")).to_have_text("Carmen")
    await pill.press("Enter")
    await expect(sam("#sheet h2")).to_have_text("Carmen")
    await sam("#sheet [name=present]").check()
    await sam("#sheet form[data-command='circle.describe'] button").click()
    await expect(wall(".pill.here")).to_have_count(1)


async def test_history_and_replay(people: tuple[Someone, ...]) -> None:
    sam, rosa, *_ = people
    await rosa.add_card("worries", "the first")
    await rosa.add_card("worries", "the second")
    await expect(sam("#column-worries > .card")).to_have_count(2)
    await sam.tab("more")
    await sam("button[hx-target='#history']").click()
    newest = sam("#history .entries li").first
    await expect(newest).to_contain_text("Rosa wrote a worry: “the second”")
    await newest.locator("a").click()
    await expect(sam("#column-worries > .card")).to_have_count(2)
    await sam("#earlier").click()
    await expect(sam("#column-worries > .card")).to_have_count(1)
    # What is taken off the board is gone from the past too, but for the facilitator.
    await rosa.open_card("the first")
    await rosa("#sheet [data-command='card.withdraw']").click()
    await expect(rosa.card("the first")).to_have_count(0)
    past = sam.page.url.rsplit("/", 1)[1]
    response = await rosa.page.request.get(f"{rosa.page.url}/at/{past}")
    assert "the first" not in await response.text()
    await sam.page.reload()
    await expect(sam.card("the first")).to_have_count(1)
    await sam("#replay").fill("1")
    await expect(sam("#column-worries > .card")).to_have_count(0)
    await expect(sam(".moment")).to_contain_text("made this meeting")


async def test_after_all_that_a_page_shows_what_a_fresh_one_shows(
    browser: Browser, meeting: Meeting, people: tuple[Someone, ...]
) -> None:
    sam, rosa, elena, wall = people
    for number in range(4):
        await rosa.add_card("worries", f"worry {number}")
        await sam.add_card("working", f"strength {number}")
    await wall.context.set_offline(True)
    await expect(wall("#status")).to_have_attribute("data-state", "offline")
    await sam.open_card("worry 2")
    await sam("#sheet [data-command='card.withdraw']").click()
    await elena.add_card("needs", "from Elena")
    await sam.tab("circles")
    for called in ("Ana", "Carmen"):
        await sam("[data-open='#compose-circle']").click()
        await sam("#compose-circle [name=called]").fill(called)
        await sam("#compose-circle button.main").click()
        await expect(sam("#compose-circle")).not_to_be_visible()
    await wall.context.set_offline(False)
    await wall.is_live()
    for someone, seat, size in (
        (wall, meeting.projector, WALL),
        (sam, meeting.facilitator, LAPTOP),
    ):
        await someone.is_live()
        fresh = await sit_down(browser, meeting, seat, size)
        if someone is sam:
            await fresh.tab("circles")
        assert await someone.board() == await fresh.board()
