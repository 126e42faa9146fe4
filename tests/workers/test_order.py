"""What several workers must not get wrong, each case made on purpose with two houses in one
process (tests/workers/test_model.py finds such cases by chance)."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, update

from app.board.events import Event
from app.board.refusal import Refused
from app.desk import hosting
from app.desk.supervising import take_questions
from app.history.undo import Undo
from app.live import watch
from app.live.board import Follower, LiveBoard
from app.live.dialects import DIALECTS
from app.live.house import House
from app.map.cards import AddCard, Card, MoveCard
from app.people.person import Person
from app.store.rows import table_of
from app.store.tables import BoardRow, EventRow
from app.supervision.prepared import Prepared
from tests.houses import meeting_in, new_house
from tests.services import Postgres


@pytest.fixture(scope="module")
async def houses(postgres: Postgres):
    database = postgres.new_database()
    with pytest.MonkeyPatch.context() as patch:
        # Nobody looks by themselves: each test says when.
        patch.setattr(watch, "HEED", 1000.0)
        pair = [await new_house(database), await new_house(database)]
        yield pair
        for house in pair:
            await house.stop()


class Ear:
    """A socket that keeps what it is told."""

    backlog = 0

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.closed_with = 0

    def send(self, frame: Any) -> None:
        self.told.append(orjson.loads(frame.text))

    def close(self, code: int, reason: str = "") -> None:
        self.closed_with = self.closed_with or code

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for frame in self.told for event in frame.get("events", [])]


def listen(live: LiveBoard, person_id: str) -> Ear:
    ear = Ear()
    person = live.board.find(Person, person_id)
    dialect: Any = DIALECTS["kinboard.v1.json"]
    live.follow(Follower(ear, dialect, person, live.board.seq, live.board))  # type: ignore[arg-type]
    return ear


def card(number: int) -> AddCard:
    return AddCard(id=f"card-{number:04}", column="worries", text=f"words {number}")


async def both(houses: list[House]) -> tuple[LiveBoard, LiveBoard, str]:
    live, sam = await meeting_in(houses[0])
    other = await houses[1].open(live.board.id)
    assert other
    return live, other, sam


async def test_who_comes_from_another_worker_finds_what_they_saw_there(houses) -> None:
    live, other, sam = await both(houses)
    seq = await houses[0].ask(live, sam, card(1))
    assert other.board.seq < seq
    assert await houses[1].open(live.board.id) is other
    assert other.board.seq == seq


async def test_nothing_to_do_is_said_of_the_board_as_it_is(houses) -> None:
    live, other, sam = await both(houses)
    await houses[0].ask(live, sam, card(1))
    await houses[1].open(live.board.id)
    await houses[0].ask(live, sam, MoveCard(id="card-0001", column="needs"))
    # At the other worker the card seems to be there already.
    seq = await houses[1].ask(other, sam, MoveCard(id="card-0001", column="worries"), "back")
    assert other.board.find(Card, "card-0001").column == "worries"
    # Asked again at the first one there is nothing left to do: the same number comes again.
    await houses[0].ask(live, sam, card(2))
    assert await houses[0].ask(
        live, sam, MoveCard(id="card-0001", column="worries"), "back"
    ) == seq  # fmt: skip


async def test_what_was_done_at_another_worker_a_moment_ago_can_be_undone(houses) -> None:
    live, other, sam = await both(houses)
    await houses[0].ask(live, sam, card(1))
    await houses[1].ask(other, sam, Undo())
    assert other.board.items["card-0001"].withdrawn


async def test_a_board_is_read_at_one_moment_though_its_rows_are_written_meanwhile(
    houses, monkeypatch
) -> None:
    live, other, sam = await both(houses)
    for number in range(20):
        await houses[0].ask(live, sam, card(number))
    loop = asyncio.get_running_loop()
    opened = houses[1].store.seal.open

    def open_and_write(*asked: Any) -> bytes:
        """While the first row is read, the other worker writes so much that the rows are anew."""
        if houses[1].store.seal.open is open_and_write:
            monkeypatch.setattr(houses[1].store.seal, "open", opened)
            asyncio.run_coroutine_threadsafe(write(), loop).result()
        return opened(*asked)

    async def write() -> None:
        for number in range(100, 140):
            await houses[0].ask(live, sam, card(number))

    monkeypatch.setattr(houses[1].store.seal, "open", open_and_write)
    read = await houses[1].store.load(live.board.id)
    assert read and read.seq < live.board.seq
    assert len(read.all(Card)) == 20


async def test_a_database_that_fell_back_is_heeded(houses) -> None:
    """As where a copy took over that had not yet got the last edit."""
    live, _, sam = await both(houses)
    ear = listen(live, sam)
    kept = await houses[0].ask(live, sam, card(1), "kept")
    lost = await houses[0].ask(live, sam, card(2), "lost")

    def fall_back(connection: Any) -> None:
        event, board = table_of(EventRow), table_of(BoardRow)
        here = event.c.board_id == live.board.id
        connection.execute(delete(event).where(here, event.c.seq == lost))
        connection.execute(update(board).where(board.c.id == live.board.id).values(seq=kept))

    await houses[0].store.write(fall_back)
    await watch.look(houses[0], [live])
    assert live.board.seq == kept and "card-0002" not in live.board.items
    assert "board" in ear.told[-1]  # they are shown what is there, not what was
    # And it is written again where it is asked again, not taken for done.
    assert await houses[0].ask(live, sam, card(2), "lost") == lost
    assert len(await houses[0].store.events(live.board.id)) == lost


async def test_one_event_that_is_not_understood_costs_no_other(houses, monkeypatch) -> None:
    live, other, sam = await both(houses)
    ear = listen(other, sam)
    for number in range(3):
        await houses[0].ask(live, sam, card(number))
    apply = other.board.apply

    def fail_at_the_second(event: Event) -> None:
        if event.changes[0].id == "card-0001":
            raise ValueError("from a newer worker")
        apply(event)

    with monkeypatch.context() as broken:
        broken.setattr(type(other.board), "apply", lambda _, event: fail_at_the_second(event))
        await watch.look(houses[1], [other])  # it is logged, and the others are looked after
    await watch.look(houses[1], [other])
    assert ear.seqs == list(range(live.board.seq - 2, live.board.seq + 1))
    assert [event.seq for event in other.past] == ear.seqs


async def test_what_cannot_be_shown_does_not_end_the_writing(houses, monkeypatch) -> None:
    live, _, sam = await both(houses)
    ear = listen(live, sam)
    with monkeypatch.context() as broken:
        broken.setattr(LiveBoard, "_touched_people", lambda *_: 1 / 0)
        seq = await houses[0].ask(live, sam, card(1))
    assert ear.closed_with == 1011
    assert await houses[0].ask(live, sam, card(2)) == seq + 1


async def test_who_only_listens_keeps_no_more_than_the_rows_lack(houses) -> None:
    live, other, sam = await both(houses)
    for number in range(100):
        await houses[0].ask(live, sam, card(number))
    await watch.look(houses[1], [other])
    await watch.look(houses[1], [other])
    assert other.board.seq == live.board.seq
    assert len(other.board.unfolded) <= 33


async def test_typing_waits_for_the_events_before_it(houses) -> None:
    """Such an event may be that the family is alone now."""
    live, other, sam = await both(houses)
    ear = listen(other, sam)
    workers = houses[1].workers
    soft = {
        "told": {"type": "typing"}, "by": sam, "about": "", "shown": "all",
        "epoch": other.board.epoch, "seq": other.board.seq + 1,
    }  # fmt: skip
    await workers._take_soft(other, soft)
    assert ear.told == []
    await houses[0].ask(live, sam, card(1))
    await houses[1].open(live.board.id)
    await workers._take_soft(other, soft)
    assert ear.told[-1]["type"] == "typing"


async def test_questions_go_to_one_meeting_whoever_takes_them_at_once(houses) -> None:
    one, two = houses
    sam, _ = await hosting.add_facilitator(one, "Sam")
    family = await hosting.add_family(one, sam, "Rivera")
    source = await hosting.create_meeting(
        one, sam, family, title="Supervision", template="group-supervision"
    )
    row = await one.families.board(source.board.id)
    assert row
    question = {"id": "question-1", "text": "What next?", "whom": "Rosa"}
    await one.tell(source, row.facilitator_person, "nextquestion.add", **question)
    await one.tell(source, row.facilitator_person, "nextquestion.choose", id="question-1")
    there = await two.open(source.board.id)
    assert there
    for _ in range(2):
        await hosting.create_meeting(one, sam, family, title="M", template="family-team")
    await asyncio.gather(take_questions(one, source), take_questions(two, there))
    found = []
    for line in await one.families.meetings(family.id):
        board = await one.open(line["id"])
        assert board
        found += [item.id for item in board.board.all(Prepared)]
    assert found == ["question-1"]


async def test_one_at_a_time_over_all_workers(houses) -> None:
    inside = 0

    async def enter(house: House) -> None:
        nonlocal inside
        async with house.one_at_a_time.only("family"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.05)
            inside -= 1

    await asyncio.gather(*(enter(house) for house in houses * 3))


async def test_wrong_codes_are_counted_by_all_workers(houses, monkeypatch) -> None:
    said: list[bytes] = []
    one, two = (house.workers for house in houses)
    monkeypatch.setattr(one, "_news", SimpleNamespace(tell=lambda _, what: said.append(what)))
    limit = houses[1].limits.codes
    while not houses[0].limits.codes.wait("192.0.2.7"):
        houses[0].limits.codes.spend("192.0.2.7")
    assert not limit.wait("192.0.2.7") and b"192.0.2.7" not in b"".join(said)
    for what in said:
        one._heard("", what)  # it hears itself, and does not count twice
        two._heard("", what)
    assert limit.wait("192.0.2.7")


async def test_a_group_with_a_board_that_moved_on_loses_nothing_of_the_others(houses) -> None:
    """And two workers that write the same boards at once do not wait for each other for ever."""
    pairs = [await both(houses) for _ in range(4)]
    asked = []
    for number in range(60):
        which = number % 2
        for pair in pairs if which else reversed(pairs):
            asked.append(houses[which].ask(pair[which], pair[2], card(number)))
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert not [one for one in answers if isinstance(one, Refused | Exception)]
    for live, _, _ in pairs:
        fresh = await houses[0].store.load(live.board.id)
        assert fresh and len(fresh.all(Card)) == 60
