"""A facilitator's own pages: a family, a meeting in it, and a saved meeting brought in."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.colleagues import new_colleague
from tests.pages.people import LAPTOP, PHONE, newcomer
from tests.server import Server


async def test_from_an_empty_desk_to_an_open_meeting_and_its_file(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    ruiz = await newcomer(browser, LAPTOP)
    await new_colleague(server).bring(ruiz.context)
    await ruiz.page.goto(f"{server.url}/desk")
    await ruiz("form[action$='/families'] button.main").click()
    await expect(ruiz("form[action$='/families'] .error").first).not_to_be_empty()
    await ruiz("input[name=name]").fill("Okafor")
    await ruiz("form[action$='/families'] button.main").click()
    await expect(ruiz("h1")).to_have_text("Okafor")
    await ruiz("[name=purpose]").fill("Stay safe at home")
    await ruiz("form button.main").last.click()
    await expect(ruiz("form .error").first).to_contain_text("Please write something")
    await expect(ruiz("[name=purpose]")).to_have_value("Stay safe at home")
    await ruiz("[name=title]").fill("First meeting")
    await ruiz("[name=date]").fill("2026-12-24")
    await ruiz("form button.main").last.click()
    await ruiz.is_live()
    await expect(ruiz("#head h1")).to_have_text("First meeting")

    await ruiz("main .when-prepared button").click()
    await expect(ruiz("#head")).to_have_attribute("data-state", "open")
    await ruiz.add_card("working", "We have begun")
    await expect(ruiz.card("We have begun")).to_have_count(1)
    await ruiz.tab("people")
    code = await ruiz("#tab-people .code").text_content()
    rosa = await newcomer(browser, PHONE)
    await rosa.page.goto(f"{server.url}/join")
    await rosa("input[name=code]").fill("no such code")
    await rosa("form button.main").click()
    await expect(rosa(".error").first).not_to_be_empty()
    await expect(rosa("input[name=code]")).to_have_value("no such code")
    await rosa("input[name=code]").fill((code or "").lower().replace("-", " "))
    await rosa("form button.main").click()
    await expect(rosa("input[name=called]")).to_be_visible()

    await ruiz.tab("more")
    async with ruiz.page.expect_download() as saved:
        await ruiz("a[href$='export.json']").click()
    file = tmp_path / "meeting.json"
    await (await saved.value).save_as(file)
    assert json.loads(file.read_text())["family"] == "Okafor"
    async with ruiz.page.expect_download() as saved:
        await ruiz("a[href$='export.pdf']").click()
    assert (await saved.value).suggested_filename == "meeting.pdf"
    await ruiz.page.goto(f"{server.url}/desk")
    await ruiz("input[type=file]").set_input_files(file)
    await ruiz("form:has(input[type=file]) button").click()
    await ruiz.is_live()
    await expect(ruiz.card("We have begun")).to_have_count(1)
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    await ruiz.page.goto(f"{server.url}/desk")
    await ruiz("input[type=file]").set_input_files(broken)
    await ruiz("form:has(input[type=file]) button").click()
    await expect(ruiz("form:has(input[type=file]) .error")).to_contain_text("not a Kinboard record")
    assert ruiz.errors == rosa.errors == []


async def test_a_card_is_dragged_by_finger(browser: Browser, server: Server) -> None:
    from tests.pages.people import sit_down
    from tests.server import new_meeting

    meeting = new_meeting(server)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"))
    for text in ("one", "two", "three"):
        await rosa.add_card("worries", text)
    cards = rosa("#column-worries > .card .text")
    await expect(cards).to_have_text(["one", "two", "three"])
    start, end = await rosa.card("three").bounding_box(), await rosa.card("one").bounding_box()
    assert start and end
    tools = await rosa.context.new_cdp_session(rosa.page)

    async def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        await tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = start["x"] + 60, start["y"] + 20
    await touch("touchStart", x, y)
    await rosa.page.wait_for_timeout(500)
    for part in range(1, 6):
        await touch("touchMove", x, y + (end["y"] + 3 - y) * part / 5)
        await rosa.page.wait_for_timeout(30)
    await touch("touchEnd")
    await expect(cards).to_have_text(["three", "one", "two"])
    assert rosa.errors == []
