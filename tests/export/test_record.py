"""A meeting as a file: out, in again, and nothing that is forged."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.desk import hosting
from app.desk.importing import import_record
from app.export.record import board_as_dict, read_record, record
from app.live.house import House
from tests.boards import SAM, Meeting, usual_meeting
from tests.houses import new_house


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    made = usual_meeting()
    rosa = made.join("Rosalind")
    made.do(rosa, "card.add", id="card-mine", column="worries", text="words")
    made.do(rosa, "words.write", id="card-mine", field="text", text="other words 😀")
    made.do(rosa, "undo")
    made.do(rosa, "card.withdraw", id="card-mine")
    made.do(rosa, "scale.answer", number=3)
    return made


@pytest.fixture
def data(meeting: Meeting) -> dict[str, Any]:
    told = record(meeting.board, meeting.log, "Rivera")
    return json.loads(json.dumps(told))


def test_the_log_leads_to_the_board(data: dict[str, Any], meeting: Meeting) -> None:
    events = read_record(data)
    assert [event.as_dict() for event in events] == data["events"]
    assert board_as_dict(replay("another", events)) == board_as_dict(meeting.board)


async def test_imported_it_is_identical_and_goes_on(data: dict[str, Any], tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    try:
        sam, _ = await hosting.add_facilitator(house, "Sam")
        live = await import_record(house, sam, data)
        assert board_as_dict(live.board) == data["board"]
        await house.tell(live, SAM, "card.add", column="needs", text="It goes on")
        events = await house.store.events(live.board.id)
        assert [event.as_dict() for event in events[:-1]] == data["events"]
        await same_after_restart(house, live.board.id)
    finally:
        await house.stop()


async def same_after_restart(house: House, board_id: str) -> None:
    fresh = await house.store.load(board_id)
    events = await house.store.events(board_id)
    assert fresh and board_as_dict(fresh) == board_as_dict(replay(board_id, events))


def first(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    changes = [change for event in data["events"] for change in event["changes"]]
    return next(change for change in changes if change["kind"] == kind)


def put(kind: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: first(kind, data)["set"].update(values)


BROKEN: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "another format": ("not_a_record", lambda data: data.update(format="miro")),
    "from the future": ("too_new", lambda data: data.update(version=2)),
    "no events": ("broken_log", lambda data: data.update(events=[])),
    "events of another shape": ("broken_log", lambda data: data.update(events=[1, "x"])),
    "a gap": ("broken_log", lambda data: data["events"].pop(3)),
    "another order": ("broken_log", lambda data: data["events"].reverse()),
    "an unknown event": ("broken_log", lambda data: data["events"][5].update(type="card.burnt")),
    "an unknown field": ("broken_log", put("card", color="red")),
    "a number as text": ("broken_log", put("card", text=7)),
    "a column that is none": ("broken_log", put("card", column="wishes")),
    "a position that is none": ("broken_log", put("card", pos="!")),
    "a ring that is none": ("broken_log", put("circle", ring=9)),
    "no day": ("broken_log", put("step", due="2026-13-45")),
    "a hidden character": ("broken_log", put("card", text="a\u0000b")),
    "too long": ("broken_log", put("card", text="x" * 3000)),
    "another board": ("broken_log", lambda data: data["board"]["items"].pop("card")),
    "words that nobody wrote": (
        "broken_log",
        lambda data: data["board"]["items"]["card"][0].update(text="forged"),
    ),
    "an update that is none": (
        "broken_log",
        lambda data: next(one for one in data["events"] if one["merge"])["merge"].update(
            update="AAAA"
        ),
    ),
    "two facilitators": (
        "broken_log",
        lambda data: data["events"][0]["changes"].append(
            {
                "kind": "person",
                "id": "person-evil",
                "was": None,
                "set": {"id": "person-evil", "name": "Eve", "role": "facilitator"},
            }
        ),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused(name: str, data: dict[str, Any]) -> None:
    code, break_it = BROKEN[name]
    forged = copy.deepcopy(data)
    break_it(forged)
    with pytest.raises(Refused) as refusal:
        read_record(forged)
    assert refusal.value.code == code


@pytest.mark.parametrize("thing", [None, [], "x", 3, {}, {"format": {}}])
def test_other_things_are_no_record(thing: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read_record(thing)
    assert refusal.value.code == "not_a_record"
