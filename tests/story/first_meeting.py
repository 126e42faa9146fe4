"""The first meeting: everyone meets, maps what worries and what works, and agrees on steps."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.story.cast import GUESTS, Story

DANGER = "be alone at night and nobody hears her"
GOAL = "have a grown-up in the house each night"
STEP = "Write down who sleeps at home on which night"


async def play(story: Story) -> None:
    await prepare(story)
    await welcome(story)
    await map_together(story)
    await first_numbers(story)
    await circles(story)
    await goals_and_steps(story)
    await story.close()


async def prepare(story: Story) -> None:
    await story.open_the_desk()
    sam = story.sam
    await sam("input[name=name]").fill("Rivera")
    await sam("form[action$='/families'] button.main").click()
    await story.picture("guide-family", sam)
    await story.make_meeting("Lucía safe at night", "We plan who is at home", "family-team")
    await story.light_the_wall()
    await sam.tab("people")


async def welcome(story: Story) -> None:
    sam = story.sam
    await story.picture("guide-wall-welcome", story.wall)
    for key in GUESTS:
        await story.come_in(key)
        if key == "dana":
            await story.picture("guide-invite", sam)
    await expect(sam("#people li.person")).to_have_count(len(GUESTS) + 1)
    await story.picture("guide-people", sam)
    await story.stage("Welcome")
    await story.stage("How we talk together")
    await story.rosa("[data-command='hand.raise']:visible").first.click()
    await expect(story.wall("#hands")).to_contain_text("Rosa")
    await expect(sam("#hands")).to_contain_text("Rosa")
    await sam("#hands [data-command='hand.lower']").click()
    await expect(story.wall("#hands li")).to_have_count(0)


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
    await story.note_for("working", "Elena lives ten minutes away", "Elena (grandmother)")
    await story.stage("What worries us")
    await asyncio.gather(
        story.rosa.add_card("worries", "My shifts change every week"),
        story.dana.add_card("worries", "On three nights Lucía was alone, and she was afraid"),
        story.lucia.add_card("worries", "I hear noises when I am alone"),
    )
    await expect(wall("#column-worries > .card")).to_have_count(3)
    await sam.tab("map")
    await sam.open_card("On three nights")
    await sam("#sheet label.s-harm").click()
    await expect(wall.card("On three nights").locator(".chip")).to_have_text("Past harm")
    await sam.close_sheet()
    await story.compose("danger", {"worried": "Dana", "outcome": DANGER})
    await expect(wall("#dangers .statement")).to_contain_text(DANGER)
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
    await story.picture("guide-circles", sam)


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
    await story.picture("guide-steps", sam)
    await sam.tab("more")
    await sam("button[hx-get$='/balance']").click()
    await expect(sam("#balance")).to_contain_text("Lucía")
    await story.picture("guide-balance", sam)
