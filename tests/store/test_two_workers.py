"""Two workers on one database: one order of events, nothing twice, nothing lost."""

from __future__ import annotations

import asyncio

import pytest

from app.board.refusal import Refused
from app.desk import hosting
from app.live.house import House
from app.map.cards import AddCard, Card, MoveCard
from app.people.joining import AdmitPerson
from app.people.person import Person
from tests.houses import meeting_in, new_house


@pytest.fixture
async def houses(database: str):
    pair = [await new_house(database), await new_house(database)]
    yield pair
    for house in pair:
        await house.stop()


async def test_both_workers_write_in_one_order(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    other = await two.open(live.board.id)
    assert other
    asked = []
    for number in range(40):
        house, board = (one, live) if number % 2 else (two, other)
        card = AddCard(column="worries", text=f"worry {number}")
        asked.append(house.ask(board, facilitator, card, f"command-{number}"))
    numbers = await asyncio.gather(*asked)

    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 40))
    log = await one.store.events(live.board.id)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    fresh = await one.store.load(live.board.id)
    assert fresh and len(fresh.all(Card)) == 40


async def test_a_command_sent_to_both_workers_is_carried_out_once(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    other = await two.open(live.board.id)
    assert other
    card = AddCard(id="card-0001", column="worries", text="once")
    first = await one.ask(live, facilitator, card, "command-1")
    again = await two.ask(other, facilitator, card, "command-1")
    assert first == again
    assert len([event for event in await one.store.events(live.board.id)]) == first


async def test_a_retry_is_forgiven_though_it_would_be_refused_now(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    for number in range(2):
        await one.ask(
            live, facilitator, AddCard(id=f"card-000{number}", column="worries", text="x")
        )
    move = MoveCard(id="card-0000", column="worries", after="card-0001")
    seq = await one.ask(live, facilitator, move, "command-move")
    live.recent.clear()  # as after a restart
    assert await one.ask(live, facilitator, move, "command-move") == seq


async def test_rights_are_read_from_what_the_other_worker_wrote(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    seat = await hosting.ask_to_join(one, live, called="Rosa")
    await one.ask(live, facilitator, AdmitPerson(id=seat.person_id, role="family"))
    other = await two.open(live.board.id)
    assert other and other.board.find(Person, seat.person_id).is_in
    await two.tell(other, facilitator, "person.remove", id=seat.person_id)
    # The first worker has not heard of it; the commit finds out.
    with pytest.raises(Refused, match="not_allowed"):
        await one.ask(live, seat.person_id, AddCard(column="worries", text="too late"))


async def test_a_failed_commit_leaves_the_board_as_it_was(houses: list[House]) -> None:
    one, _ = houses
    live, facilitator = await meeting_in(one)
    await one.ask(live, facilitator, AddCard(id="card-0001", column="worries", text="safe"))
    before = live.board.seq
    # A real fault of the database: the table is gone for a moment.
    await one.store.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE event RENAME TO lost")
    )
    with pytest.raises(Refused, match="not_saved"):
        await one.ask(
            live,
            facilitator,
            AddCard(id="card-0002", column="worries", text="unsaved"),
            "command-2",
        )
    assert live.board.seq == before and "card-0002" not in live.board.items
    await one.store.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE lost RENAME TO event")
    )
    assert (
        await one.ask(
            live, facilitator, AddCard(id="card-0002", column="worries", text="saved"), "command-2"
        )
        == before + 1
    )


async def test_rows_that_are_behind_the_log_are_completed_from_it(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    add = AddCard(id="card-0001", column="worries", text="he shouts")
    await one.ask(live, facilitator, add)
    other = await two.open(live.board.id)
    assert other
    behind = []
    for number in range(40):  # by turns, and past the number at which the rows are written
        house, board = (one, live) if number % 2 else (two, other)
        words = {"id": "card-0001", "field": "text", "text": f"he shouts {number}"}
        seq = await house.tell(board, facilitator, "words.write", **words)
        row = await one.families.board(live.board.id)
        assert row and row.seq == seq and row.folded <= seq
        behind.append(seq - row.folded)
        loaded = await one.store.load(live.board.id)
        assert loaded and loaded.find(Card, "card-0001").text == words["text"]
        assert loaded.texts == board.board.texts and loaded.seq == seq
    assert max(behind) > 20 and 0 in behind and len(loaded.unfolded) == behind[-1]


async def test_what_one_worker_refuses_it_refuses_on_the_newest_board(houses: list[House]) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    other = await two.open(live.board.id)
    assert other
    await one.ask(live, facilitator, AddCard(id="card-0001", column="worries", text="he shouts"))
    # The second worker has not heard of the card.
    words = {"id": "card-0001", "field": "text", "text": "he shouts at night"}
    await two.tell(other, facilitator, "words.write", **words)
    assert other.board.find(Card, "card-0001").text == words["text"]


async def test_without_news_the_other_worker_tells_its_people_within_a_second(
    houses: list[House],
) -> None:
    one, two = houses
    live, facilitator = await meeting_in(one)
    other = await two.open(live.board.id)
    assert other
    await one.ask(live, facilitator, AddCard(id="card-0001", column="worries", text="he shouts"))
    await asyncio.sleep(1.5)
    assert other.board.get(Card, "card-0001") and other.past[-1].seq == live.board.seq
