"""Drafts, what is the team's, somebody not safe to show, and looking through others' eyes."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, Someone, sit_down
from tests.server import Meeting


async def is_nowhere(someone: Someone, words: str) -> None:
    """The words are in no part of the page, shown or not."""
    assert words not in await someone.page.content()


async def test_a_draft_is_shown_when_its_writer_is_ready(
    browser: Browser, meeting: Meeting
) -> None:
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    elena = await sit_down(browser, meeting, meeting.join("Elena"), PHONE)

    composer = rosa.composer("worries")
    await composer.locator("textarea").fill("I am afraid of")
    choice = composer.locator("select[name=shown]")
    await expect(choice.locator("option")).to_have_text(["Everyone", "Only me for now"])
    await expect(sam("#ghosts-worries")).to_contain_text("I am afraid of")
    await choice.select_option("own")
    await expect(sam("#ghosts-worries")).not_to_contain_text("afraid")
    await composer.locator("textarea").fill("I am afraid of the nights")
    await composer.locator("button.main").click()
    card = rosa.card("I am afraid of the nights")
    await expect(card.locator(".veil")).to_contain_text("Only you see this for now")
    # The next words are not shown to more people by mistake.
    await expect(choice).to_have_value("own")
    await rosa.is_live()
    for other in (sam, elena):
        await is_nowhere(other, "afraid of the nights")

    words = await rosa.open_card("afraid of the nights")
    await words.fill("I am afraid when nobody is home")
    await expect(rosa("#sheet section.veil")).to_contain_text("Not even the facilitator")
    await rosa("#sheet section.veil button.main").click()
    for one in (rosa, sam, elena):
        await expect(one.card("I am afraid when nobody is home")).to_be_attached()
        await expect(one.card("nobody is home").locator(".veil")).to_have_count(0)
    await sam.tab("more")
    await sam("button", has_text="Show the list").click()
    await expect(sam("#history")).to_contain_text("Rosa showed")
    for other in (sam, elena):
        await is_nowhere(other, "of the nights")
        assert not other.errors
    assert not rosa.errors


async def test_what_is_for_the_team_alone(browser: Browser, meeting: Meeting) -> None:
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), LAPTOP)
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    wall = await sit_down(browser, meeting, meeting.projector, LAPTOP)
    composer = dana.composer("worries")
    await composer.locator("textarea").fill("Check the address first")
    await composer.locator("select[name=shown]").select_option("team")
    await composer.locator("textarea").fill("Check the address first, please")
    await expect(sam("#ghosts-worries")).to_contain_text("please")
    await composer.locator("button.main").click()
    await expect(sam.card("Check the address").locator(".veil")).to_contain_text("Only the team")
    await dana.add_card("working", "Rosa called the school")  # for everyone: another composer
    await expect(rosa.card("Rosa called the school")).to_be_attached()
    for other in (rosa, wall):
        await is_nowhere(other, "Check the address")

    await sam.open_card("Rosa called the school")
    await sam("#sheet .kinds label", has_text="Only the team").click()
    for other in (rosa, wall):
        await expect(other.card("Rosa called the school")).to_have_count(0)
    await sam("#sheet .kinds label", has_text="Everyone").click()
    await expect(rosa.card("Rosa called the school")).to_be_attached()
    assert not [one.errors for one in (dana, sam, rosa, wall) if one.errors]


async def test_somebody_who_is_not_safe_to_show(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    uncle_seat = meeting.knock("Uncle")
    jorge_seat, carmen_seat = meeting.join("Jorge"), meeting.join("Carmen", "network")
    carmen = await sit_down(browser, meeting, carmen_seat, PHONE)
    jorge = await sit_down(browser, meeting, jorge_seat, PHONE)
    await carmen.add_card("working", "The children sleep at my place")
    await expect(jorge.card("The children sleep")).to_contain_text("Carmen")
    await expect(jorge("#here")).to_contain_text("Carmen")

    await sam.tab("people")
    await sam(f"#person-{carmen_seat.person} button.open").click()
    await sam("#sheet .shelter summary").click()
    # Also from somebody who is still at the door, so that they never see her.
    await sam("#sheet .shelter label", has_text="Uncle (at the door)").click()
    await sam("#sheet .shelter label", has_text="Jorge").click()
    await sam("#sheet .shelter label", has_text="Also not on the projector").click()
    await sam("#sheet .shelter textarea").fill("A court order")
    await sam("#sheet .shelter button.main").click()
    await expect(sam(f"#person-{carmen_seat.person} .veil")).to_contain_text("Not safe to show")

    await expect(jorge.card("The children sleep")).to_contain_text("someone")
    await jorge.is_live()
    await is_nowhere(jorge, "Carmen")
    await is_nowhere(jorge, carmen_seat.person)
    text = carmen.composer("worries").locator("textarea")
    await carmen.column("worries")
    await text.press_sequentially("He knows where", delay=20)
    await expect(sam("#ghosts-worries")).to_contain_text("He knows")
    await expect(jorge("#ghosts-worries .ghost")).to_have_count(0)
    await is_nowhere(carmen, "court order")
    meeting.admit(uncle_seat)
    uncle = await sit_down(browser, meeting, uncle_seat, PHONE)
    await expect(uncle.card("The children sleep")).to_contain_text("someone")
    await is_nowhere(uncle, "Carmen")

    # What Jorge sees, seen by the facilitator.
    await sam(f"#person-{jorge_seat.person} button.open").click()
    await sam("#sheet a", has_text="See the board as they see it").click()
    await expect(sam(".as-banner")).to_contain_text("You see the board as Jorge sees it")
    await expect(sam.card("The children sleep")).to_contain_text("someone")
    await is_nowhere(sam, "Carmen")
    await sam("a", has_text="Back to my board").click()
    await sam.is_live()
    assert not [one.errors for one in (sam, carmen, jorge) if one.errors]
