"""Somebody who is not in the room, and somebody on the telephone, on real pages."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, newcomer, sit_down
from tests.pages.test_family_alone import look
from tests.server import Meeting


async def test_a_remote_person_tells_the_facilitator_alone(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), PHONE)
    await sam.tab("more")
    await sam("button[data-open='#edit-meeting']").click()
    await sam("#edit-meeting [name=contact]").fill("Sam, 555 0100")
    await sam("#edit-meeting button.main").click()

    rosa = await newcomer(browser, PHONE)
    await rosa.page.goto(f"{meeting.server.url}/j/{meeting.code}")
    await rosa("[name=called]").fill("Rosa")
    await rosa("[name=remote]").check()
    await look(rosa, "far-join")
    await rosa("button.main").click()
    await sam.tab("people")
    await sam("#waiting button", has_text="Family").click()
    await expect(rosa("#ask-alone")).to_be_visible()
    await expect(rosa("#contact")).to_contain_text("Sam, 555 0100")
    await expect(dana("#contact")).to_be_hidden()
    await rosa.is_live()
    await look(rosa, "far-asked")
    await rosa("#ask-alone [data-alone=yes]").click()
    await expect(sam("#signals .afar")).to_contain_text("Rosa")
    await look(rosa, "far-alone")
    await rosa("#all-well").click()
    await expect(sam("#signals .signal")).to_contain_text("Rosa is not alone now")
    await sam("#to-map").click()
    await look(sam, "far-signal")
    await look(rosa, "far-not-alone")
    for word in ("alone", "signal"):  # nothing for who looks over her shoulder
        shown = await rosa.page.locator("body").inner_text()
        assert word not in shown.lower()
    assert "not alone" not in await dana.page.content()
    assert await dana("#signals").count() == 0
    await rosa.page.reload()
    await expect(rosa("#all-well")).to_have_attribute("aria-pressed", "false")
    await rosa("#all-well").click()
    await expect(sam("#signals .signal")).to_have_count(0)
    for one in (sam, dana, rosa):
        assert not one.errors


async def test_somebody_on_the_telephone_is_on_the_board(
    browser: Browser, meeting: Meeting
) -> None:
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    await dana.tab("people")
    await dana(".call-in summary").click()
    await dana(".call-in [name=called]").fill("Mateo")
    await dana(".call-in [name=relation]").fill("grandfather")
    await look(dana, "phone-form")
    await dana(".call-in button.main").click()
    await expect(rosa("#people")).to_contain_text("Mateo")
    await expect(rosa("#people")).to_contain_text("on the telephone")
    await expect(rosa("#here .count")).to_have_text("3 here")
    await dana("#people li", has_text="Mateo").locator("button.open").click()
    await look(dana, "phone-sheet")
    await dana("#sheet button", has_text="Raise their hand").click()
    await expect(rosa("#hands")).to_contain_text("Mateo")
    await dana.tab("map")
    composer = dana.composer("working")
    await composer.locator("textarea").fill("I cook on Sundays")
    await composer.locator("[name=said_by]").select_option(label="Mateo (grandfather)")
    await composer.locator("button.main").click()
    await expect(rosa.card("I cook on Sundays")).to_contain_text(
        "told by telephone, written down by Dana"
    )
    await rosa.tab("people")
    await look(rosa, "phone-people")
    for one in (dana, rosa):
        assert not one.errors
