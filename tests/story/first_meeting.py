"""The first meeting: everyone meets, maps what worries and what works, and agrees on steps."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.pages.test_houses import with_finger
from tests.story.cast import GUESTS, Story

DANGER = "be alone at night and nobody hears her"
NOTE = "Ask Rosa first how the week was"
ALONE = "Grandpa may drink at my house no more"
IDEA = "Elena takes Lucía on the nights when nobody is home"
GOAL = "have a grown-up in the house each night"
STEP = "Write down who sleeps at home on which night"


async def play(story: Story) -> None:
    await prepare(story)
    await welcome(story)
    await a_childs_house(story)
    await map_together(story)
    await first_numbers(story)
    await circles(story)
    await the_family_alone(story)
    await goals_and_steps(story)
    await story.close()


async def prepare(story: Story) -> None:
    await story.open_the_desk()
    sam = story.sam
    await sam("input[name=name]").fill("Rivera")
    await sam("form[action$='/families'] button.main").click()
    await story.picture("guide-family", sam)
    purpose = "We plan who is at home"
    await story.make_meeting("Lucía safe at night", purpose, "2026-11-25", "family-team")
    await story.light_the_wall()
    await sam.tab("more")
    await sam("button[data-open='#edit-meeting']").click()
    await sam("#edit-meeting [name=contact]").fill("Sam, 555 0100")
    await sam("#edit-meeting button.main").click()
    await sam("#agenda [data-open='#lead-notes']").click()
    await sam("#lead-notes textarea").first.fill(NOTE)
    await story.picture("guide-notes", sam)
    await sam("#lead-notes [data-close-dialog]").click()
    await sam.tab("people")


async def welcome(story: Story) -> None:
    sam = story.sam
    await story.picture("guide-wall-welcome", story.wall)
    for key in GUESTS:
        await story.come_in(key)
        if key == "dana":
            await story.picture("guide-invite", sam)
    # Grandmother is far away and says whether others listen; grandfather is on the telephone.
    await story.elena("#ask-alone [data-alone=yes]").click()
    await expect(sam("#signals .afar")).to_contain_text("Elena")
    await sam(".call-in summary").click()
    await sam(".call-in [name=called]").fill("Mateo")
    await sam(".call-in [name=relation]").fill("grandfather")
    await sam(".call-in button.main").click()
    await expect(story.rosa("#people")).to_contain_text("Mateo")
    await expect(sam("#people li.person")).to_have_count(len(GUESTS) + 2)
    await story.picture("guide-people", sam)
    await story.stage("Welcome")
    await story.stage("How we talk together")
    await story.rosa("[data-command='hand.raise']:visible").first.click()
    await expect(story.wall("#hands")).to_contain_text("Rosa")
    await expect(sam("#hands")).to_contain_text("Rosa")
    await sam("#hands [data-command='hand.lower']").click()
    await expect(story.wall("#hands li")).to_have_count(0)


async def a_childs_house(story: Story) -> None:
    """Lucía draws and writes alone on her phone, and shares one house of three."""
    lucia, wall = story.lucia, story.wall
    await lucia.tab("map")
    await lucia(".to-houses a").click()
    await lucia.is_live()
    for house, words in (("good", "Soup at grandma's"), ("worries", "The stairs at night")):
        room = lucia(f".room.h-{house}")
        await lucia(f"label:has(#to-{house})").click()
        await room.locator("textarea").fill(words)
        await room.locator(".say .main").click()
        await lucia.is_live()
    room = lucia(".room.h-good")
    await lucia("label:has(#to-good)").click()
    await room.locator(".draw").click()
    await lucia("#tools .k-red").click()
    await with_finger(lucia.page, [(0.2, 0.5), (0.5, 0.15), (0.8, 0.5), (0.2, 0.5)])
    await with_finger(lucia.page, [(0.25, 0.5), (0.25, 0.9), (0.75, 0.9), (0.75, 0.5)])
    await expect(lucia(".open .stroke.k-red")).to_have_count(2)
    await story.picture("guide-child-draws", lucia)
    await lucia("#done").click()
    await lucia.is_live()
    await room.locator(".some [data-command='house.share']").click()
    await lucia("#confirm [value=yes]").click()
    await story.stage("What works well")
    await story.sam.tab("map")
    await story.sam(".house.h-good [data-command='spot.set']").click()
    await expect(wall(".house.h-good .text")).to_have_text("Soup at grandma's")
    await expect(wall(".house.h-good .text")).to_be_visible()
    await story.picture("guide-wall-house", wall)
    await story.sam("#agenda .spotlight button").click()
    for someone in (story.sam, wall, story.rosa):
        assert "stairs at night" not in await someone.page.content()
    await lucia("a", has_text="Back").first.click()
    await lucia.is_live()


async def map_together(story: Story) -> None:
    sam, wall = story.sam, story.wall
    await story.stage("What works well")
    # All at once, each on their own device; grandmother's line is slow.
    await asyncio.gather(
        story.rosa.add_card("working", "I bring Lucía to school each day"),
        story.elena.add_card("working", "Los martes Lucía duerme en mi casa"),
        story.lucia.add_card("working", "Grandma reads to me"),
        story.tom.add_card("working", "Lucía is in class on time"),
        story.dana.add_card("working", "Rosa called when she needed help"),
    )
    for someone in story.everyone:
        await expect(someone("#column-working > .card")).to_have_count(5)
    await story.note_for("working", "I pay the rent with Rosa", "Mateo (grandfather)")
    await expect(wall.card("I pay the rent").locator(".by").first).to_contain_text("by telephone")
    # The worries in quiet: nobody reads what the others write until all are shown.
    await story.stage("What worries us")
    await story.tools()
    await sam("#leading .quietly button", has_text="Worries").click()
    await expect(story.rosa("#section-worries")).to_contain_text("only you see")
    await asyncio.gather(
        story.rosa.add_card("worries", "My shifts change every week"),
        story.dana.add_card("worries", "On three nights Lucía was alone, and she was afraid"),
        story.lucia.add_card("worries", "I hear noises when I am alone"),
    )
    await expect(wall("#section-worries")).to_contain_text("3 cards are waiting")
    await expect(wall("#column-worries > .card")).to_have_count(0)
    await story.picture("guide-wall-quiet", wall)
    await sam.tab("map")
    await sam("#section-worries button.main").click()
    for someone in story.everyone:
        await expect(someone("#column-worries > .card")).to_have_count(3)
    await sam.open_card("On three nights")
    await sam("#sheet label.s-harm").click()
    await expect(wall.card("On three nights").locator(".chip")).to_have_text("Past harm")
    await sam.close_sheet()
    await story.compose("danger", {"worried": "Dana", "outcome": DANGER})
    await expect(wall("#dangers .statement")).to_contain_text(DANGER)
    await sam.page.evaluate("document.querySelector('.map').scrollIntoView(); scrollBy(0, -120)")
    await story.picture("guide-map", sam)
    await story.picture("guide-wall-map", wall)


async def first_numbers(story: Story) -> None:
    await story.stage("How safe is it now")
    numbers = {"rosa": 5, "dana": 3, "lucia": 4, "elena": 6, "tom": 4}
    for key, number in numbers.items():
        await story.answer(story.guests[key], number, f"It is {number} for me")
    for someone in story.everyone:
        await expect(someone("#scale .plot")).to_have_count(0)
    await story.sam.tab("map")
    await story.sam("#scale button.main").click()
    await story.sam("#confirm [value=yes]").click()
    for someone in story.everyone:
        await expect(someone("#scale .reasons li")).to_have_count(len(numbers))
    await story.sam("#scale .reasons").evaluate("one => one.scrollIntoView({ block: 'end' })")
    await story.picture("guide-scale", story.sam)


async def circles(story: Story) -> None:
    sam, wall = story.sam, story.wall
    await story.stage("Who is around the family")
    await sam.tab("circles")
    for called, relation, ring in (
        ("Carmen", "aunt", 2), ("Father Joe", "priest", 3), ("Ms. Brandt", "neighbor", 3),
    ):  # fmt: skip
        await sam("[data-open='#compose-circle']").click()
        await sam("#compose-circle [name=called]").fill(called)
        await sam("#compose-circle [name=relation]").fill(relation)
        await sam(f"#compose-circle label.r{ring}").click()
        await sam("#compose-circle button.main").click()
        await expect(wall("#circle-list li b", has_text=called)).to_have_count(1)
    # Dana looks for relatives: what she notes of it, the family does not see.
    dana = story.dana
    await dana.tab("circles")
    await dana("#finding-panel summary").click()
    await dana("#finding button", has_text="Father Joe").click()
    await dana("#sheet .kinds label", has_text="Contacted").click()
    await dana("#sheet button.main").click()
    await expect(sam("#finding")).to_contain_text("Contacted")
    await expect(story.rosa("#finding")).to_have_count(0)
    await story.picture("guide-circles", sam)
    await draw_the_family(story)


async def draw_the_family(story: Story) -> None:
    sam = story.sam
    await sam("#family-panel > summary").click()
    for called, chips, of in (
        ("Lucía", ("Woman or girl", "The meeting is about them"), ""),
        ("Rosa", ("Woman or girl", "Parent of"), "Lucía"),
        ("Elena", ("Woman or girl", "Parent of"), "Rosa"),
    ):
        await sam("[data-open='#compose-kin']").click()
        dialog = sam("#compose-kin")
        await dialog.locator("input[name=called]").fill(called)
        for chip in chips:
            await dialog.locator("label", has_text=chip).first.click()
        if of:
            await dialog.locator("select[name=of]").select_option(label=of)
        await dialog.locator("button.main").click()
        await expect(sam("#kin-list")).to_contain_text(called)
    await expect(story.wall("#genogram g.kin")).to_have_count(3)
    await sam("#family-panel").scroll_into_view_if_needed()
    await sam("#genogram").evaluate("one => one.scrollIntoView({ block: 'center' })")
    await story.picture("guide-family-picture", sam)


async def the_family_alone(story: Story) -> None:
    """The professionals' pages and the wall go quiet and are told nothing."""
    sam, rosa, outside = story.sam, story.rosa, (story.sam, story.dana, story.wall)
    await sam("#agenda [data-open='#lead-stages']").click()
    await sam("#lead-stages [data-stage=family-alone]").click()
    await sam("#alone button", has_text="Offer it").click()
    await rosa("#alone button", has_text="The list is right").click()
    for someone in outside:
        await expect(someone("h1")).to_have_text("The family is talking alone")
    await story.picture("guide-wall-alone", story.wall)
    for text in (ALONE, IDEA):
        await rosa.tab("map")
        await rosa.add_card("needs", text)
        await expect(story.lucia.card(text)).to_be_attached()
    await story.picture("guide-alone", rosa)
    await story.lucia("#alone button", has_text="Call the others back").click()
    await story.lucia("#confirm [value=yes]").click()
    await expect(sam("#tab-map")).to_be_attached()
    await rosa("#alone .to-share summary").click()
    await rosa("#alone .to-share li", has_text=IDEA).locator("button").click()
    for someone in outside:
        await expect(someone.card(IDEA)).to_be_attached()
        assert ALONE not in await someone.page.content()


async def goals_and_steps(story: Story) -> None:
    sam, wall = story.sam, story.wall
    await story.stage("Goals and next steps")
    await story.compose("goal", {"who": "Rosa and Elena", "what": GOAL}, answers=DANGER)
    await expect(wall("#goals .statement .link q")).to_have_text(DANGER)
    await story.step(STEP, "Rosa", "2026-12-01", GOAL)
    await story.step("Ask for fixed shifts", "Rosa", "2026-12-08", GOAL)
    await story.rosa.tab("steps")
    step = story.rosa("#steps .step", has_text=STEP)
    await step.locator("button.open").click()
    await story.rosa("#sheet button[data-command='step.agree']").click()
    await story.rosa.is_live()
    # Grandmother's daughter came into the room: one tap, and only Sam is told.
    await story.elena("#all-well").click()
    await expect(sam("#signals .signal")).to_contain_text("Elena is not alone now")
    assert "not alone" not in await story.dana.page.content()
    await story.elena("#all-well").click()
    await expect(sam("#signals .signal")).to_have_count(0)
    await story.picture("guide-steps", sam)
    await sam.tab("more")
    await sam("button[hx-get$='/balance']").click()
    await expect(sam("#balance")).to_contain_text("Lucía")
    await story.picture("guide-balance", sam)
