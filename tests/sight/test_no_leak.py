"""Random boards, random viewers: nothing that is hidden reaches a socket, a page or an export."""

from __future__ import annotations

import json

import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.board.board import replay
from app.board.events import Event
from app.desk import hosting
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.live.dialects import board_as_seen
from app.main import create_app
from app.people.person import Person
from app.settings import Settings
from app.sight import Viewer, on_paper
from tests.houses import meeting_in, new_house
from tests.sight.deeds import ALL, AROUND_HOUSES, do
from tests.sight.world import World

ROLES = ("worker", "family", "family", "child", "network")
numbers = st.tuples(*[st.integers(0, 999)] * 4)
deeds = st.lists(numbers, min_size=12, max_size=40)
_SETTINGS = {
    # Finding a smaller board that fails takes minutes; what is told of the first is enough.
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture(scope="module")
async def house(tmp_path_factory):
    house = await new_house(f"sqlite:///{tmp_path_factory.mktemp('sight')}/board.db")
    yield house
    await house.stop()


@pytest.fixture(scope="module")
async def client(house):
    app = create_app(Settings(database_url=house.settings.database_url))
    app.state.house = house
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


async def new_world(house) -> World:
    live, sam = await meeting_in(house)
    world = World(house, live, sam)
    wall = next(one.id for one in live.board.all(Person) if one.role == "projector")
    for person in (sam, wall):
        world.tokens[person] = (await hosting.take_seat(house, live.board.id, person)).token
        world.listen(person)
    world.people.append(wall)
    for role in ROLES:
        await world.join(role)
    return world


@given(asked=deeds, late=st.integers(0, 39), seen=st.integers(0, 60))
@settings(max_examples=50, **_SETTINGS)
async def test_no_socket_is_told_what_its_person_may_not_know(house, asked, late, seen) -> None:
    await play(house, asked, late, seen, ALL)


@given(asked=deeds, late=st.integers(0, 39), seen=st.integers(0, 60))
@settings(max_examples=30, **_SETTINGS)
async def test_no_socket_is_told_what_a_child_keeps(house, asked, late, seen) -> None:
    await play(house, asked, late, seen, AROUND_HOUSES)


async def play(house, asked, late, seen, kinds) -> None:
    world = await new_world(house)
    for index, each in enumerate(asked):
        if index == late:
            await world.join("family")
        await do(world, each, kinds)
    await check_all(house, world, seen)
    world.leave()


async def check_all(house, world: World, seen: int) -> None:
    """Every socket, export and table; `seen` is what somebody had seen who comes back."""
    world.check_heard()
    world.check_welcomes(seen)
    check_followers(world)
    await check_stored(house, world)
    for reader in world.people:
        person = world.live.board.find(Person, reader)
        plan = plan_of(world.live.board, on_paper(world.live.board, person), "en")
        world.check(reader, json.dumps(plan), "plan", on_paper=True)
        world.check_ids(reader, json.dumps(plan), "plan")
    log = await house.store.events(world.live.board.id)
    told = json.loads(
        json.dumps(record(world.live.board, log, "", Viewer("facilitator", world.sam)))
    )
    world.check(world.sam, record_told(told), "record")
    world.check_ids(world.sam, json.dumps(told), "record")
    read_record(told)


def record_told(told: dict) -> str:
    """A record without the numbers of the scale, which it holds all."""
    events = [
        event | {"changes": [one for one in event["changes"] if one["kind"] != "answer"]}
        for event in told["events"]
    ]
    items = {kind: items for kind, items in told["board"]["items"].items() if kind != "answer"}
    return json.dumps([events, items, told["board"]["texts"]])


def check_followers(world: World) -> None:
    """Who follows the events knows what somebody knows who comes anew."""
    for reader in world.people:
        person = world.live.board.find(Person, reader)
        fresh = board_as_seen(world.live.board, Viewer.of(person))["items"]
        known = world.boards[reader]
        held = json.dumps(list(known.values()))
        world.check_ids(reader, held, "held", knew=True)
        for kind, items in fresh.items():
            for item in items:
                mine = known[kind, item["id"]]
                for name, value in item.items():
                    blank = value == "" or isinstance(value, list)
                    assert mine[name] == value or blank, (reader, item, mine)


async def check_stored(house, world: World) -> None:
    """The tables and the log both come to the same board."""
    stored = await house.store.load(world.live.board.id)
    log = await house.store.events(world.live.board.id)
    again = replay(world.live.board.id, [Event.from_dict(one.as_dict()) for one in log])
    assert stored
    assert board_as_dict(stored) == board_as_dict(world.live.board) == board_as_dict(again)


@given(
    asked=deeds,
    seqs=st.lists(st.integers(1, 60), min_size=2, max_size=2),
    kinds=st.sampled_from([ALL, AROUND_HOUSES]),
)
@settings(max_examples=16, **_SETTINGS)
async def test_no_page_shows_what_its_reader_may_not_know(
    house, client, asked, seqs, kinds
) -> None:
    world = await new_world(house)
    for each in asked:
        await do(world, each, kinds)
    last = world.live.board.seq
    await world.check_pages(client, [min(seq, last) for seq in seqs])
    await check_as_others(world, client)
    world.leave()


async def check_as_others(world: World, client: AsyncClient) -> None:
    """The facilitator looks through others' eyes: at what both may see."""
    cookie = {"cookie": f"kb_{world.sam}={world.tokens[world.sam]}"}
    for other in world.people:
        address = f"/m/{world.live.board.id}/{world.sam}/as/{other}"
        answer = await client.get(address, headers=cookie)
        page = answer.text
        assert answer.status_code == (403 if world.time == "running" else 200)
        for reader in (world.sam, other):
            world.check(reader, page, f"as {other}")
    for other in world.people:
        if other != world.sam:
            address = f"/m/{world.live.board.id}/{other}/as/{world.sam}"
            cookie = {"cookie": f"kb_{other}={world.tokens[other]}"}
            answer = await client.get(address, headers=cookie)
            assert answer.status_code == 403
