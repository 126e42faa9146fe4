"""The follow-up, some weeks later: how the steps went, what moved, and the papers to take home."""

from __future__ import annotations

from playwright.async_api import expect

from tests.story.cast import GUESTS, Story
from tests.story.first_meeting import DANGER, GOAL, STEP


async def play(story: Story) -> None:
    await come_back(story)
    await look_back(story)
    await nearer(story)
    await numbers_again(story)
    await story.close()
    await take_home(story)


async def take_home(story: Story) -> None:
    """Each takes the plan as they may see it; Sam sees the path so far."""
    for key in ("rosa", "dana"):
        someone = story.guests[key]
        await someone.tab("more")
        async with someone.page.expect_download() as saved:
            await someone("a[href$='export.pdf']").click()
        await (await saved.value).save_as(story.folder / f"{key}.pdf")
    await story.save("pdf", "second.pdf")
    await story.save("json", "second.json")
    await story.sam.page.goto(f"{story.server.url}/desk")
    await story.sam(".doors a", has_text="Rivera").click()
    await expect(story.sam("h2", has_text="The path so far")).to_be_visible()
    await story.picture("guide-path", story.sam)


async def come_back(story: Story) -> None:
    sam = story.sam
    await sam.page.goto(f"{story.server.url}/desk")
    await sam(".doors a", has_text="Rivera").click()
    await story.make_meeting("How it went", "We look at the steps", "2026-12-16", "follow-up")
    await story.light_the_wall()
    await sam.tab("people")
    for key in GUESTS:
        await story.come_in(key)


async def look_back(story: Story) -> None:
    """What was agreed is asked about first."""
    sam, wall = story.sam, story.wall
    await story.stage("The steps from last time")
    await expect(wall("#goals")).to_contain_text(GOAL)
    await expect(wall("#dangers")).to_contain_text(DANGER)
    for what, went, told in (
        (STEP, "done", "It hangs on the fridge"),
        ("Ask for fixed shifts", "partly", "The boss will think about it"),
    ):
        await sam.tab("steps")
        await sam("#steps .step", has_text=what).locator("button.open").click()
        form = sam("#sheet form[data-command='step.look_back']")
        await form.locator(f"label:has([value={went}])").click()
        await form.locator("[name=told]").fill(told)
        await form.locator("button").click()
        await expect(wall("#steps .step", has_text=what)).to_contain_text(told)
        await expect(sam("#sheet")).not_to_be_visible()
    await story.picture("guide-steps-again", sam)
    await story.stage("What got better")
    await story.lucia.add_card("working", "Somebody is home at night now")
    await expect(wall("#column-working > .card")).to_have_count(1)


async def nearer(story: Story) -> None:
    """Aunt Carmen knows all of it by now: she is moved to the inner ring by the arrow keys."""
    sam, wall = story.sam, story.wall
    await story.stage("Who is around the family now")
    await sam.tab("circles")
    carmen = sam(".pill", has_text="Carmen")
    await carmen.focus()
    await carmen.press("ArrowUp")
    await expect(wall("#circle-list .r1 li b", has_text="Carmen")).to_have_count(1)
    await expect(sam("#growth")).to_contain_text("Carmen")
    await sam("#growth").evaluate("one => one.scrollIntoView({ block: 'center' })")
    await story.picture("guide-circles-grown", sam)


async def numbers_again(story: Story) -> None:
    await story.stage("How safe is it now")
    for key, number in {"rosa": 7, "dana": 6, "lucia": 6, "elena": 6}.items():
        await story.answer(story.guests[key], number, f"It is {number} now")
    await story.sam.tab("map")
    await story.sam("#scale button.main").click()
    await story.sam("#confirm [value=yes]").click()
    await expect(story.wall("#scale .reasons li")).to_have_count(4)
    # Beside today's numbers stand those of last time.
    await expect(story.sam("#scale .reasons li", has_text="Rosa")).to_contain_text("last time 5")
    await story.picture("guide-wall-scale-again", story.wall)
