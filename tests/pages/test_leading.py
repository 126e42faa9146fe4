"""The facilitator's tools in the browser."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests import program
from tests.pages.people import LAPTOP, PHONE, WALL, Someone, sit_down
from tests.server import Meeting


async def tools(sam: Someone) -> None:
    await sam("#agenda [data-open='#lead-tools']").click()
    await expect(sam("#lead-tools")).to_be_visible()


async def test_a_closed_part_keeps_what_was_typed_and_quiet_cards_wait(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    words = rosa.composer("worries").locator("textarea")
    await words.fill("Nobody sleeps")
    await tools(sam)
    await sam("#leading li", has_text="Worries").locator("button").first.click()
    await expect(rosa("#section-worries .for-rest")).to_be_visible()
    await expect(words).to_have_value("Nobody sleeps")
    await expect(rosa.composer("worries").locator("button.main")).to_be_hidden()
    await rosa.page.evaluate("document.querySelector('[data-column=worries]').requestSubmit()")
    await expect(rosa.composer("worries").locator(".error").first).to_contain_text("closed this")
    await expect(words).to_have_value("Nobody sleeps")
    await expect(wall("#section-worries .for-wall")).to_be_visible()
    await sam("#leading li", has_text="Worries").locator("button").first.click()
    await rosa.composer("worries").locator("button.main").click()
    await expect(rosa.card("Nobody sleeps")).to_be_visible()
    # What is written in a card while its part closes stays in sight too.
    words = await rosa.open_card("Nobody sleeps")
    await sam("#leading li", has_text="Worries").locator("button").first.click()
    await expect(rosa("#section-worries .for-rest")).to_be_attached()
    await words.fill("Nobody sleeps at night")
    await expect(rosa("#sheet .error", has_text="closed this")).to_be_visible()
    await rosa.close_sheet()
    await expect(rosa("#tray")).to_contain_text("Nobody sleeps at night")
    await sam("#leading li", has_text="Worries").locator("button").first.click()

    await sam("#leading button", has_text="The whole map").click()
    await expect(wall("#section-needs")).to_contain_text("We are writing quietly")
    await rosa.add_card("worries", "I am afraid at night")
    await expect(rosa.card("I am afraid at night").locator(".veil")).to_be_visible()
    await expect(wall("#section-worries")).to_contain_text("1 card is waiting")
    await expect(sam("li.card", has_text="I am afraid")).to_have_count(0)
    await sam("#section-worries button.main").click()
    for someone in (sam, wall):
        await expect(someone.card("I am afraid at night")).to_be_visible()
    await expect(rosa.card("I am afraid at night").locator(".veil")).to_have_count(0)
    for someone in (sam, rosa, wall):
        assert someone.errors == []


async def test_notes_groups_and_parking_on_the_facilitators_page(
    browser: Browser, meeting: Meeting
) -> None:
    writer = await program.sit_down(meeting, meeting.facilitator)
    texts = ("Children alone at night", "The children are alone at night", "The rent went up")
    for number, text in enumerate(texts):
        await writer.ask("card.add", id=f"card-{number}00", column="worries", text=text)
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    await sam("#agenda [data-open='#lead-notes']").click()
    note = sam("#lead-notes textarea").first
    await note.fill("Ask Rosa gently")
    await note.blur()
    await sam.is_live()
    await writer.ask("note.write", text="Ask Rosa gently, later", was="Ask Rosa gently")
    await expect(note).to_have_value("Ask Rosa gently, later")
    await sam("#lead-notes [data-close-dialog]").click()
    await sam.page.reload()
    await sam.is_live()
    await expect(sam("#lead-notes textarea").first).to_have_value("Ask Rosa gently, later")

    await tools(sam)
    await sam("#lead-tools [hx-get$='/alike']").click()
    await sam("#alike button", has_text="Group these cards").click()
    await expect(sam("#under-card-000 > li")).to_have_count(1)
    await sam("#lead-tools [data-close-dialog]").first.click()
    await sam.open_card("The rent went up")
    await sam("#sheet summary", has_text="Group other cards").click()
    await sam("#sheet [data-cards-boxes] label", has_text="Children alone").click()
    await sam("#sheet form[data-command='card.group'] button").click()
    await expect(sam("#under-card-200 > li")).to_have_count(2)
    await sam("#card-card-200 > .open").click(position={"x": 20, "y": 10})
    await sam("#sheet button", has_text="Park it for later").click()
    await expect(sam("#parking > li")).to_have_count(1)
    await expect(sam("#parking > li .under > li")).to_have_count(2)
    await expect(sam("#column-worries > li")).to_have_count(0)
    assert sam.errors == []


_OVER = """() => Math.max(0, ...[...document.querySelectorAll(
  "#main .column > *, #main .canvas, #circle-list .r3")].filter((one) => one.checkVisibility())
  .map((one) => one.getBoundingClientRect().bottom)) - innerHeight"""


async def test_the_wall_is_filled_from_the_facilitators_page(
    browser: Browser, meeting: Meeting
) -> None:
    writer = await program.sit_down(meeting, meeting.facilitator)
    for number in range(12):
        await writer.ask("card.add", column="worries", text=f"Worry number {number} of them all")
        await writer.ask("circle.add", called=f"Neighbor {number}", relation="next door", ring=3)
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    title = wall("#head h1")
    before = await title.bounding_box()
    await tools(sam)
    for button, seen, unseen in (
        ("Worries", ".column.c-worries", ".column.c-working"),
        ("Circles", ".canvas", "#tab-map"),
        ("Know little", "#circle-list .r3", ".canvas"),
        ("Steps", "#tab-steps", "#tab-circles"),
        ("What the stage", ".column.c-working", "nothing"),
    ):
        chosen = sam("#wall button", has_text=button)
        await chosen.click()
        await expect(chosen).to_have_attribute("aria-pressed", "true")
        await expect(wall(seen)).to_be_visible()
        await expect(wall(unseen)).to_be_hidden()
        if button != "What the stage":
            await wall.page.wait_for_function(f"({_OVER})() <= 1")
    letters = wall.card("Worry number 1 ").locator(".text")
    size = await letters.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 20  # of 1080: about 2 cm on a screen of 1 m, read from 6 m
    # A part that is shown to everyone: on the wall, and on a phone that is not busy.
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    await sam("#leading li", has_text="Circles").locator("button", has_text="Show this").click()
    await expect(wall(".canvas")).to_be_visible()
    await expect(wall("#tab-map")).to_be_hidden()
    await expect(rosa("#tab-circles")).to_be_visible()
    await expect(rosa("#agenda .spotlight")).to_contain_text("Circles")
    await sam("#leading li", has_text="Circles").locator("button", has_text="Show this").click()
    await expect(wall("#tab-map")).to_be_visible()
    await rosa.context.close()
    await sam("#wall button", has_text="As large as the wall").click()
    await expect(wall(".ticket")).to_have_css("position", "fixed")
    await sam("#wall button", has_text="Hide it").click()
    await sam("#wall button", has_text="What the stage").click()
    await expect(wall(".ticket")).to_be_hidden()
    assert await title.bounding_box() == before
    for someone in (sam, wall):
        assert someone.errors == []


async def test_a_phone_that_slept_wakes_with_the_true_time(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await program.sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    await rosa.page.clock.install()
    await rosa.page.reload()
    await rosa.is_live()
    await sam.ask("timer.start", minutes=5)
    left = rosa("#agenda .timer .left")
    await expect(left).to_have_text(re.compile(r"^4:5\d$"))
    # Timers do not run while it sleeps; the clock does.
    await rosa.page.clock.fast_forward("03:00")
    await expect(left).to_have_text(re.compile(r"^1:5\d$"))
    await rosa.page.clock.fast_forward("10:00")
    await expect(left).to_have_text("Time is up")
    assert rosa.errors == []
