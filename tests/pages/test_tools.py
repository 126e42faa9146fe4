"""Structured assessments and group supervision in the browser."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.colleagues import new_colleague
from tests.pages.people import LAPTOP, PHONE, WALL, newcomer, sit_down
from tests.server import Meeting, Server


async def test_each_answers_apart_then_all_see_where_they_differ(
    browser: Browser, meeting: Meeting
) -> None:
    sam = await sit_down(browser, meeting, meeting.facilitator, LAPTOP)
    dana = await sit_down(browser, meeting, meeting.join("Dana", "worker"), PHONE)
    rosa = await sit_down(browser, meeting, meeting.join("Rosa"), PHONE)
    heard: list[str] = []
    for other in (sam, rosa):
        await other.page.reload()
        other.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))),
        )
        await other.page.reload()
        await other.is_live()
    await sam.add_card("working", "Elena came at midnight")
    await sam.tab("more")
    await sam("[data-open='#open-tool']").click()
    await expect(sam("#open-tool [value='network-readiness']")).to_be_checked()
    await sam("#open-tool label", has_text="Sam").locator("input").check()
    await sam("#open-tool button.main").click()
    await expect(sam("#assessments li .names li")).to_have_count(2)

    await expect(rosa("#asked-apart")).to_be_hidden()
    await dana("#asked-apart button").click()
    first = dana("#answering form").first
    await first.locator("label", has_text="A little").click()
    await first.locator("[name=note]").fill("Only the aunt knows")
    await dana("#answering form").nth(1).locator("label", has_text="Not yet").click()
    await expect(sam("#assessments .names li", has_text="Dana")).to_contain_text("2 of 8")
    await dana("#answering [data-close-dialog]").first.click()
    await dana("#asked-apart button").click()
    await expect(first.locator("[value=some]")).to_be_checked()
    await expect(first.locator("[name=note]")).to_have_value("Only the aunt knows")

    await sam("#asked-apart button").click()
    await expect(sam("#answering [name=note]").first).to_have_value("")
    await expect(sam("#answering :checked")).to_have_count(0)
    for number in (0, 1):
        answer = sam("#answering form").nth(number).locator("label", has_text="Not yet")
        await answer.click()
    await sam("#answering [data-close-dialog]").first.click()
    await expect(sam("#assessments .names li", has_text="Sam")).to_contain_text("2 of 8")
    assert heard and not re.search("aunt knows|A little", "".join(heard))
    assert "aunt knows" not in await sam.page.content()

    await sam("#assessments button", has_text="Show all answers").click()
    await sam("#confirm [value=yes]").click()
    await expect(dana("#answering")).to_be_hidden()
    item = sam("#assessments .asked-items > li").first
    await expect(item).to_contain_text("Only the aunt knows")
    await expect(sam("#assessments .big")).to_contain_text("50 %")
    await expect(sam("#assessments .differing li")).to_have_count(1)
    await item.locator("[data-agree]").click()
    await sam("#agree-item label", has_text="Mostly").locator("input").check()
    await sam("#agree-item button.main").click()
    await expect(item.locator(".agreed")).to_contain_text("Mostly")
    await item.locator("[data-link]").click()
    await sam("#link-item label", has_text="Elena came").locator("input").check()
    await sam("#link-item button.main").click()
    await expect(item.locator(".cards")).to_contain_text("Elena came at midnight")
    await expect(dana.card("Elena came").locator(".linked")).to_have_count(1)

    await expect(rosa("#assessments > li")).to_have_count(0)
    await expect(rosa(".linked")).to_have_count(0)
    await sam("#assessments button", has_text="Show it to everyone").click()
    await sam("#confirm [value=yes]").click()
    await expect(rosa(".linked")).to_have_count(1)
    await sam("#assessments button", has_text="Put it on the wall").click()
    wall = await sit_down(browser, meeting, meeting.projector, WALL)
    await expect(wall("#tab-tools .summary")).to_be_in_viewport()
    await expect(wall("#tab-map")).to_be_hidden()
    assert sam.errors == dana.errors == rosa.errors == wall.errors == []


async def test_the_best_questions_go_to_the_family_at_one_press(
    browser: Browser, server: Server
) -> None:
    ruiz = new_colleague(server)
    ruiz.post("/desk/families", name="Rivera")
    desk = ruiz.get("/desk").text
    families = re.findall(r"/desk/families/(\w+)", desk)
    address = f"/desk/families/{families[0]}"
    for title, template in (("First", "family-team"), ("Among us", "group-supervision")):
        wish = {"title": title, "lang": "en", "template": template}
        ruiz.post(f"{address}/meetings", page=address, **wish)
    page = ruiz.get(address).text
    first, among_us = (
        re.search(rf'/desk/meetings/(\w+)">(?:(?!</a>).)*{title}', page, re.S)[1]  # type: ignore[index]
        for title in ("First", "Among us")
    )
    someone = await newcomer(browser, LAPTOP)
    await ruiz.bring(someone.context)
    await someone.page.goto(f"{server.url}/desk/meetings/{among_us}")
    await someone.is_live()
    for text in ("When did it go well?", "Who would Mia call?"):
        await someone(".offer [name=text]").fill(text)
        await someone(".offer [name=whom]").fill("Rosa")
        await someone(".offer button.main").click()
        await expect(someone("#nextquestions > li", has_text=text)).to_be_visible()
    best = someone("#nextquestions > li", has_text="go well")
    vote = best.locator(".vote")
    for pressed in ("true", "false", "true"):
        await vote.click()
        await expect(vote).to_have_attribute("aria-pressed", pressed)
    await best.locator("button", has_text="Choose for the family").click()
    await expect(best.locator("button", has_text="Chosen for the family")).to_be_visible()
    await someone.is_live()
    await someone(".take button").click()
    await expect(someone("#supervision")).to_contain_text("1 question is on the family's board")

    await someone.page.goto(f"{server.url}/desk/meetings/{first}")
    await someone.is_live()
    await someone("#agenda [data-open='#lead-questions']").click()
    await expect(someone("#prepared > li")).to_have_count(1)
    await someone("#prepared button", has_text="Ask everyone").click()
    await expect(someone("#agenda .asked")).to_contain_text("When did it go well?")
    assert "Mia call" not in await someone.page.content()
    assert someone.errors == []
