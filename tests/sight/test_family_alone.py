"""The family talks alone in a random meeting: nothing that it writes reaches anybody outside, by
any way, before the family shares it."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sight import FACILITATOR, seen
from tests.sight.deeds import do
from tests.sight.test_no_leak import _SETTINGS, check_all, check_as_others, client, house, new_world
from tests.sight.world import MARK, World

__all__ = ["client", "house"]

numbers = st.tuples(*[st.integers(0, 999)] * 4)
WRITTEN = (
    ("card.add", {"column": "worries", "text": "c"}),
    ("card.add", {"column": "needs", "text": "c", "shown": "own"}),
    ("statement.add", {"form": "goal", "parts": {"what": "s", "met": "s"}}),
    ("step.add", {"what": "p", "how": "p"}),
    ("circle.add", {"called": "k", "part": "k", "ring": 1}),
)


async def write(world: World, who: str, name: str, pattern: dict) -> tuple[str, list[str]]:
    """Writes something new, each word a mark of its own; its id, and the marks."""
    item = world.new_id(name.partition(".")[0])

    def worded(value):
        if isinstance(value, dict):
            return {key: worded(one) for key, one in value.items()}
        is_word = isinstance(value, str) and len(value) == 1
        return world.word(value, item) if is_word else value

    data = {key: worded(value) for key, value in pattern.items()}
    data = {"id": item, "shown": "all"} | data
    assert await world.ask(who, name, **data) == ""
    return item, MARK.findall(json.dumps(data))


@given(
    before=st.lists(numbers, max_size=10),
    alone=st.lists(numbers, max_size=20),
    after=st.lists(numbers, max_size=10),
    late=st.booleans(),
    back=st.integers(0, 60),
)
@settings(max_examples=25, **_SETTINGS)
async def test_what_the_family_writes_alone_stays_its_own(
    house, client, before, alone, after, late, back
) -> None:
    world = await new_world(house)
    for each in before:
        await do(world, each)
    await world.ask(world.sam, "family_time.offer")
    await world.ask(world.sam, "family_time.begin")
    assert world.time == "running" and world.family
    writer = sorted(world.family)[0]
    marks = []
    for name, pattern in WRITTEN:
        item, told = await write(world, writer, name, pattern)
        marks += told
        if name == "card.add":  # other words instead: what stood there first is never shared
            text = world.word("w", item)
            assert await world.ask(writer, "words.write", id=item, field="text", text=text) == ""
    if late:
        await world.join("family" if back % 2 else "worker")
    for each in alone:
        await do(world, each)
    await check_all(house, world, back)
    await world.check_pages(client, [world.live.board.seq, max(1, world.live.board.seq - 3)])
    await world.ask(world.sam, "family_time.end")
    assert world.time != "running"
    for each in after:
        await do(world, each)
    await check_all(house, world, back)
    await world.check_pages(client, [world.live.board.seq])
    await check_as_others(world, client)
    await check_shared(world, marks)
    await check_all(house, world, back)
    world.leave()


async def check_shared(world: World, marks: list[str]) -> None:
    """What the family shares is read by all; so it was there to be hidden before."""
    if not world.family or await world.ask(sorted(world.family)[0], "family_time.share"):
        return
    items = world.live.board.items
    told = json.dumps([one.as_dict() for one in seen(world.live.board, FACILITATOR)])
    for mark in marks:
        item = items[world.about[mark]]
        assert item.withdrawn or item.shown != "family"
        if item.shown == "all" and not item.withdrawn and mark in json.dumps(item.as_dict()):
            assert mark in told
