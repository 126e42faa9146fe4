"""Three Houses in the browser: a child draws with a finger, and decides what is shared."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.pages.people import LAPTOP, PHONE, WALL, Someone, sit_down
from tests.server import Meeting, Seat

Spots = list[tuple[float, float]]
ROOF: Spots = [(0.2, 0.5), (0.5, 0.15), (0.8, 0.5), (0.2, 0.5)]
_LOADED = "performance.getEntriesByType('resource').map(one => one.name).join(' ')"
WALLS: Spots = [(0.25, 0.5), (0.25, 0.9), (0.75, 0.9), (0.75, 0.5)]


async def at_houses(browser: Browser, meeting: Meeting, seat: Seat) -> Someone:
    mia = await sit_down(browser, meeting, seat, PHONE)
    await mia(".to-houses a").click()
    await mia.is_live()
    return mia


async def with_finger(page: Page, spots: Spots) -> None:
    """Real touches, at parts of the sheet that is open."""
    box = await page.locator(".open .paper").bounding_box()
    assert box
    places = [
        {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in spots
    ]
    tools = await page.context.new_cdp_session(page)
    for index, place in enumerate(places):
        kind = "touchMove" if index else "touchStart"
        await tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    await tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_a_child_draws_and_shares_and_takes_back(browser: Browser, meeting: Meeting) -> None:
    seat = meeting.join("Mia", "child")
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    mia = await at_houses(browser, meeting, seat)
    assert "/drawing.js" in await mia.page.evaluate(_LOADED)
    room = mia(".room.h-good")
    await room.locator("textarea").fill("soup on Sundays")
    await room.locator(".say .main").click()
    await room.locator(".draw").click()
    await mia("#tools .k-red").click()
    await with_finger(mia.page, ROOF)
    await with_finger(mia.page, WALLS)
    await expect(mia(".open .stroke.k-red")).to_have_count(2)
    assert await mia.page.evaluate("scrollY") == 0
    await mia("#undo-stroke").click()
    await expect(mia(".open .stroke")).to_have_count(1)
    await with_finger(mia.page, WALLS)
    await mia("#tools .eraser").click()
    await with_finger(mia.page, [(0.25, 0.7), (0.26, 0.7)])
    await expect(mia(".open .stroke")).to_have_count(1)
    await mia("#done").click()
    await mia.is_live()
    for other in (sam, wall):
        assert "/drawing.js" not in await other.page.evaluate(_LOADED)
        assert "soup" not in await other.page.content()
        await expect(other(".stroke")).to_have_count(0)

    await room.locator(".some [data-command='house.share']").click()
    await expect(mia("#confirm")).to_contain_text("who has read it, has read it")
    await mia("#confirm [value=yes]").click()
    await expect(sam(".house.h-good .stroke")).to_have_count(1)
    await expect(sam(".house.h-good .text")).to_have_text("soup on Sundays")
    assert not await wall("#brings").is_visible()
    await sam(".house.h-good [data-command='spot.set']").click()
    await expect(wall(".house.lit .paper")).to_be_visible()
    assert (await wall(".house.lit .paper").bounding_box() or {})["width"] > 600
    await expect(wall(".column").first).to_be_hidden()
    await sam("[data-command='house.card']").click()
    await expect(sam.card("soup on Sundays")).to_contain_text("Mia")

    await room.locator(".some [data-command='house.take_back']").click()
    await mia("#confirm [value=yes]").click()
    await expect(sam(".house")).to_have_count(0)
    await expect(sam("#column-working > .card")).to_have_count(0)
    await expect(wall(".column").first).to_be_visible()
    await sam.page.reload()
    await sam.is_live()
    assert "soup" not in await sam.page.content()
    for someone in (sam, wall, mia):
        assert someone.errors == []


async def test_what_is_drawn_without_a_network_is_not_lost(
    browser: Browser, meeting: Meeting
) -> None:
    mia = await at_houses(browser, meeting, meeting.join("Mia", "child"))
    await mia.context.set_offline(True)
    await mia("#to-dreams").check(force=True)
    await mia(".room.h-dreams .draw").click()
    await with_finger(mia.page, ROOF)
    await with_finger(mia.page, WALLS)
    await mia("#done").click()
    await expect(mia("#status")).to_have_attribute("data-waiting", "3")
    await expect(mia(".room.h-dreams .stroke")).to_have_count(2)
    await mia.context.set_offline(False)
    await mia.is_live()
    await mia.page.reload()
    await mia.is_live()
    await mia("#to-dreams").check(force=True)
    await expect(mia(".room.h-dreams .sheet .stroke")).to_have_count(2)
    assert mia.errors == []


async def test_a_worker_writes_down_what_a_child_says(browser: Browser, meeting: Meeting) -> None:
    mia = await at_houses(browser, meeting, meeting.join("Mia", "child"))
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), LAPTOP)
    await dana.tab("people")
    await dana(".together a").click()
    await dana("ul a", has_text="Mia").click()
    await dana.is_live()
    await expect(dana(".whose")).to_contain_text("These houses belong to Mia")
    await dana("#to-worries").check(force=True)
    await dana(".room.h-worries textarea").fill("the steps at night")
    await dana(".room.h-worries .say .main").click()
    await expect(mia(".room.h-worries .text")).to_have_text("the steps at night")
    await dana(".room.h-worries .thing [data-command='house.share']").click()
    await expect(dana("#confirm")).to_contain_text("Has the child said yes")
    await dana("#confirm [value=yes]").click()
    await expect(mia(".room.h-worries .thing.shared")).to_contain_text("The child said yes")
    for someone in (dana, mia):
        assert someone.errors == []
