"""The circles grow, in real browsers: what the team notes, and what the family draws."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.pages.people import LAPTOP, PHONE, WALL, sit_down
from tests.program import Program
from tests.server import Meeting


async def test_a_worker_notes_a_search_that_nobody_else_hears_of(
    browser: Browser, meeting: Meeting
) -> None:
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), PHONE)
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    await dana.tab("circles")
    await dana("#finding-panel summary").click()
    program = await Program(meeting, meeting.facilitator).connect()
    await program.ask("circle.add", id="place-jo", called="Uncle Jo")
    await dana("#finding button", has_text="Uncle Jo").click()
    await dana("#sheet .kinds label", has_text="Not safe to contact").click()
    await dana("#sheet textarea").fill("He threatened her")
    await dana("#sheet button.main").click()
    await expect(dana("#finding [data-status=unsafe] button")).to_contain_text("Uncle Jo")
    await dana("#finding-panel select").select_option("found")
    await expect(dana("#finding [data-status=unsafe]")).to_be_hidden()
    await dana("#finding-panel select").select_option("unsafe")

    await sam.tab("circles")
    await sam("#finding-panel summary").click()
    await expect(sam("#finding [data-status=unsafe] h3")).to_have_text("Not safe to contact 1")
    await rosa.tab("circles")
    await expect(rosa("#circle-list")).to_contain_text("Uncle Jo")
    page = await rosa.page.content()
    assert "threatened" not in page and "finding-place" not in page and "unsafe" not in page
    assert not [one.errors for one in (dana, sam, rosa) if one.errors]


async def test_lines_by_touch_and_by_keys(browser: Browser, meeting: Meeting) -> None:
    program = await Program(meeting, meeting.facilitator).connect()
    for place, called in (("place-mia", "Mia"), ("place-ana", "Ana")):
        await program.ask("circle.add", id=place, called=called, ring=1)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await rosa.tab("circles")
    await rosa("[data-open='#compose-tie']").tap()
    dialog = rosa("#compose-tie")
    await dialog.locator("select[name=one]").select_option("place-mia")
    await dialog.locator("button.main").tap()
    # What is missing is said beside the field, and what was chosen stays.
    await expect(dialog.locator("[data-error-for=other]")).not_to_be_empty()
    await dialog.locator("select[name=other]").select_option("place-mia")
    await dialog.locator("button.main").tap()
    await expect(dialog.locator("[data-error-for=other]")).to_contain_text("two different people")
    await dialog.locator("select[name=other]").select_option("place-ana")
    await dialog.locator("label", has_text="in conflict").tap()
    await dialog.locator("button.main").tap()
    await expect(rosa("#tie-list .lines button")).to_contain_text("Mia – Ana: in conflict")
    await expect(wall("#ties path.conflict")).to_have_count(1)

    # By keys: the line in words opens its sheet.
    line = rosa("#tie-list .lines button")
    await line.focus()
    await line.press("Enter")
    close = rosa("#sheet [name=how][value=close]")
    await close.focus()
    await close.press("Space")
    await close.press("Enter")
    await expect(wall("#ties path.close")).to_have_count(1)
    await expect(wall("#ties path")).to_have_count(1)
    await line.press("Enter")
    await rosa("#sheet button", has_text="Take the line away").press("Enter")
    await expect(wall("#ties path")).to_have_count(0)
    assert not rosa.errors and not wall.errors


async def test_a_family_is_drawn_in_a_live_meeting(browser: Browser, meeting: Meeting) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await sam.tab("circles")
    await sam("#family-panel > summary").click()
    dialog = sam("#compose-kin")

    async def add(name: str, **more: str) -> None:
        await sam("[data-open='#compose-kin']").click()
        await dialog.locator("input[name=called]").fill(name)
        for label in more.pop("chips", "").split("+"):
            if label:
                await dialog.locator("label", has_text=label).first.click()
        for select, option in more.items():
            await dialog.locator(f"select[name={select}]").select_option(label=option)
        await dialog.locator("button.main").click()
        await expect(sam("#kin-list")).to_contain_text(name)

    await add("Mia", chips="Woman or girl+The meeting is about them")
    await add("Rosa", chips="Woman or girl+Parent of", of="Mia")
    await add("Jorge", chips="Man or boy+Partner of", of="Rosa")
    await add("Luis", chips="Man or boy", of="Rosa", also="Jorge")
    await expect(wall("#genogram g.kin")).to_have_count(4)
    await sam("[data-open='#compose-bond']").click()
    bond = sam("#compose-bond")
    await bond.locator("select[name=one]").select_option(label="Mia")
    await bond.locator("select[name=other]").select_option(label="Rosa")
    await bond.locator("button.main").click()
    await expect(bond.locator("[data-error-for=other]")).to_contain_text("already")
    await bond.locator("[data-close-dialog]").click()

    await sam("#family-panel summary", has_text="one by one").click()
    await sam("#bond-list button", has_text="are partners").click()
    await sam("#sheet label", has_text="divorced").click()
    await sam("#sheet form button.main").click()
    await expect(sam("#bond-list")).to_contain_text("Jorge and Rosa are divorced")
    await sam("#genogram g.kin", has_text="Luis").click()
    await sam("#sheet input[name=birth]").fill("19")
    await sam("#sheet form button.main").click()
    await expect(sam("#sheet [data-error-for=birth]")).to_contain_text("four digits")
    await sam("#sheet input[name=birth]").fill("2019")
    await sam("#sheet form button.main").click()
    await expect(wall("#genogram g.kin", has_text="Luis")).to_contain_text("2019")
    assert not sam.errors and not wall.errors
