"""The board is what its log says: replayed, taken back, stored and loaded, it is the same."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from app import everything  # noqa: F401
from app.board import texts
from app.board.board import Board, replay
from app.board.commands import read_command
from app.board.events import Event
from app.board.refusal import Refused
from app.history.undo import Undo
from app.meetings.meeting import CreateMeeting
from app.people.joining import AskToJoin
from app.people.person import Person
from app.sight import decide_for
from app.store.store import Entry
from tests.houses import meeting_in, new_house

SAM, ROSA, DANA = "person-sam", "person-rosa", "person-dana"
CARDS = [f"card-{number}" for number in range(5)]
STEPS = [f"step-{number}" for number in range(3)]
PLACES = [f"place-{number}" for number in range(3)]
WORDS = st.sampled_from(["", "Rosa walks home", "Grandma calls", "a b c", "ñ 😀", "x" * 2001])
ids = st.sampled_from([*CARDS, *STEPS, *PLACES, "unknown-1", ROSA])

commands = st.one_of(
    st.tuples(
        st.just("card.add"),
        st.fixed_dictionaries(
            {"id": st.sampled_from(CARDS), "column": st.sampled_from(["worries", "working"])},
            optional={"sort": st.sampled_from(["harm", "strength", ""])},
        ).flatmap(lambda data: WORDS.map(lambda text: data | {"text": text})),
    ),
    st.tuples(
        st.just("card.move"),
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(CARDS),
                "column": st.sampled_from(["worries", "working", "needs"]),
                "after": st.one_of(st.none(), st.sampled_from(CARDS)),
                "under": st.one_of(st.just(""), st.sampled_from(CARDS)),
            }
        ),
    ),
    st.tuples(st.just("card.withdraw"), st.fixed_dictionaries({"id": st.sampled_from(CARDS)})),
    st.tuples(
        st.sampled_from(["card.park", "card.unpark"]),
        st.fixed_dictionaries({"id": st.sampled_from(CARDS)}),
    ),
    st.tuples(
        st.just("card.group"),
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(CARDS),
                "cards": st.lists(st.sampled_from(CARDS), min_size=1, max_size=3),
            }
        ),
    ),
    st.tuples(st.just("card.restore"), st.fixed_dictionaries({"id": st.sampled_from(CARDS)})),
    st.tuples(
        st.just("words.write"),
        st.fixed_dictionaries(
            {"id": ids, "field": st.sampled_from(["text", "what", "part"]), "text": WORDS},
            optional={"was": WORDS.filter(lambda text: len(text) < 2000)},
        ),
    ),
    st.tuples(
        st.just("step.add"), st.fixed_dictionaries({"id": st.sampled_from(STEPS), "what": WORDS})
    ),
    st.tuples(
        st.just("step.plan"),
        st.fixed_dictionaries({"id": st.sampled_from(STEPS), "owners": st.lists(ids, max_size=3)}),
    ),
    st.tuples(
        st.just("step.agree"),
        st.fixed_dictionaries({"id": st.sampled_from(STEPS), "says": st.just("agree")}),
    ),
    st.tuples(
        st.just("circle.add"),
        st.fixed_dictionaries({"id": st.sampled_from(PLACES), "called": st.just("Elena")}),
    ),
    st.tuples(
        st.just("circle.place"),
        st.fixed_dictionaries({"id": st.sampled_from(PLACES), "ring": st.integers(-1, 4)}),
    ),
    st.tuples(st.just("scale.answer"), st.fixed_dictionaries({"number": st.integers(-1, 11)})),
    st.tuples(st.just("scale.reveal"), st.just({})),
    st.tuples(st.just("undo"), st.just({})),
)
asked = st.lists(st.tuples(st.sampled_from([SAM, ROSA, DANA]), commands), max_size=40)


def begin() -> tuple[Board, list[Event]]:
    board, log = Board("board"), []
    nobody = Person(id="", name="")
    for number, command in enumerate(
        [
            CreateMeeting(
                title="First", facilitator=SAM, facilitator_called="Sam", projector="person-wall"
            ),
            AskToJoin(id=ROSA, called="Rosa", role="family", standing="in"),
            AskToJoin(id=DANA, called="Dana", role="worker", standing="in"),
        ]
    ):
        event = decide_for(nobody, command, f"begin-{number}", board, "2026-11-24T10:00:00+00:00")
        assert event
        board.apply(event)
        log.append(event)
    return board, log


def take(board: Board, log: list[Event], who: str, name: str, data: dict[str, Any]) -> Event | None:
    """One command, as the house takes it; None where it was refused or had nothing to do."""
    try:
        command = read_command(name, data)
        if isinstance(command, Undo):
            command = command.with_log([one for one in reversed(log) if one.by == who])
        at = "2026-11-24T10:00:00+00:00"
        return decide_for(board.find(Person, who), command, f"command-{board.seq}", board, at)
    except Refused:
        return None


def shape(board: Board) -> Any:
    """All that a board is, for comparing."""
    return (
        board.seq,
        {item.id: (item.kind, item.born, item.as_dict()) for item in board.items.values()},
        {key: state for key, state in board.texts.items()},
        {name: list(places) for name, places in board._shelves.items() if places},
    )


@given(asked=asked)
@settings(max_examples=150, deadline=None)
def test_every_event_can_be_taken_back_and_replayed(asked) -> None:
    board, log = begin()
    for who, (name, data) in asked:
        event = take(board, log, who, name, data)
        if event is None:
            continue
        before = shape(board)
        texts_before = board.texts_in(event)
        board.apply(event)
        after = shape(board)
        board.revert(event, texts_before)
        assert shape(board) == before
        board.apply(event)
        assert shape(board) == after
        log.append(event)
    again = replay("board", [Event.from_dict(event.as_dict()) for event in log])
    assert shape(again) == shape(board)
    check_nothing_is_lost_to_sight(board)


def check_nothing_is_lost_to_sight(board: Board) -> None:
    """Every card that is not withdrawn stands in a column or is parked, or stands under one that
    does."""
    from app.map.cards import COLUMNS, PARKING, Card, grouped_under, shelf

    seen: list[str] = []
    for place in (*map(shelf, COLUMNS), PARKING):
        for card in board.shelf(place):
            children = grouped_under(board, card)
            assert all(not grouped_under(board, child) for child in children)
            seen += [card.id, *(child.id for child in children)]
    standing = [card.id for card in board.all(Card) if not card.withdrawn]
    assert sorted(seen) == sorted(standing)


@given(asked=asked)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_what_is_stored_loads_as_it_was(asked, stored_board) -> None:
    store, board_id = stored_board
    board = await store.load(board_id)
    assert board
    log = await store.events(board_id)
    for who, (name, data) in asked:
        event = take(board, log, who, name, data)
        if event is None:
            continue
        entry = Entry(board)
        board.apply(event)
        entry.add(event)
        event.command = f"command-{board.seq}"
        await store.append([entry])
        log.append(event)
    loaded = await store.load(board_id)
    assert loaded and shape(loaded) == shape(board)
    assert shape(replay(board_id, await store.events(board_id))) == shape(board)


@pytest.fixture(scope="module")
async def stored_board(tmp_path_factory):
    house = await new_house(f"sqlite:///{tmp_path_factory.mktemp('log')}/board.db")
    live, sam = await meeting_in(house)
    for person_id, called, role in ((ROSA, "Rosa", "family"), (DANA, "Dana", "worker")):
        command = AskToJoin(id=person_id, called=called, role=role, standing="in")
        await house.ask(live, person_id, command)
    yield house.store, live.board.id
    await house.stop()


def test_an_update_without_the_one_before_it_is_refused() -> None:
    start = texts.first_state("hello")
    doc: Doc = Doc()
    text = doc.get("t", type=Text)
    doc.apply_update(start)
    updates = []
    for word in (" one", " two"):
        before = doc.get_state()
        text.insert(len(str(text)), word)
        updates.append(base64.b64encode(doc.get_update(before)).decode())

    with pytest.raises(Refused) as refusal:
        texts.apply(start, updates[1])
    assert refusal.value.code == "out_of_order"
    state, plain = texts.apply(start, updates[0])
    assert (plain, texts.apply(state, updates[1])[1]) == ("hello one", "hello one two")
