"""A closed meeting is locked: corrections are all that it takes, and they stay as they are."""

from __future__ import annotations

import pytest

from app.board.commands import COMMANDS, read_command
from app.board.refusal import Refused
from app.desk import hosting
from app.desk.importing import import_record
from app.export.pdf import plan_of
from app.export.record import board_as_dict, record
from app.live.house import make
from app.meetings.correction import Correction
from app.people.joining import AskToJoin
from app.people.person import Person
from app.sight import Viewer
from tests.houses import meeting_in, new_house

CARD = "card-0001"
# What each command would need to be carried out in an open meeting.
DATA = {
    "card.add": {"column": "worries", "text": "late"},
    "card.sort": {"id": CARD, "sort": "harm"},
    "card.credit": {"id": CARD, "said_by": "ROSA"},
    "card.move": {"id": CARD, "column": "needs"},
    "card.withdraw": {"id": CARD},
    "card.restore": {"id": CARD},
    "words.write": {"id": CARD, "field": "text", "text": "other words"},
    "statement.add": {"form": "harm", "parts": {"who": "late"}},
    "statement.withdraw": {"id": "harm-0001"},
    "statement.restore": {"id": "harm-0001"},
    "goal.link": {"id": "goal-0001"},
    "circle.add": {"called": "Elena"},
    "circle.place": {"id": "place-0001", "ring": 1},
    "circle.describe": {"id": "place-0001", "called": "E"},
    "circle.withdraw": {"id": "place-0001"},
    "circle.restore": {"id": "place-0001"},
    "tie.draw": {"one": "place-0001", "other": "place-0002", "how": "close"},
    "tie.remove": {"id": "tie-0001"},
    "kin.add": {"called": "Grandma"},
    "kin.describe": {"id": "kin-0001", "birth": 1950},
    "kin.withdraw": {"id": "kin-0001"},
    "kin.restore": {"id": "kin-0001"},
    "bond.add": {"one": "kin-0001", "other": "kin-0002", "how": "birth"},
    "bond.change": {"id": "bond-0001", "how": "adoptive"},
    "bond.remove": {"id": "bond-0001"},
    "finding.note": {"id": "place-0001", "status": "found"},
    "step.add": {"what": "late"},
    "step.plan": {"id": "step-0001"},
    "step.move": {"id": "step-0001"},
    "step.agree": {"id": "step-0001", "says": "agree"},
    "step.withdraw": {"id": "step-0001"},
    "step.restore": {"id": "step-0001"},
    "scale.answer": {"number": 3},
    "scale.reveal": {},
    "person.describe": {"called": "Other"},
    "person.admit": {"id": "ROSA"},
    "person.role": {"id": "ROSA", "role": "worker"},
    "person.remove": {"id": "ROSA"},
    "meeting.edit": {"title": "Other"},
    "meeting.open": {},
    "undo": {},
}
# What a child has shared they can take back at any time; it takes words away and adds none.
TAKEN = {"correction.add", "person.leave", "meeting.close", "house.take_back"}


@pytest.fixture
async def closed(tmp_path):
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    live, sam = await meeting_in(house)
    rosa = (await hosting.ask_to_join(house, live, called="Rosa")).person_id
    await house.tell(live, sam, "person.admit", id=rosa, role="family")
    await house.tell(live, sam, "card.add", id=CARD, column="worries", text="before")
    await house.tell(live, sam, "meeting.close")
    yield house, live, sam, rosa
    await house.stop()


@pytest.mark.parametrize("who", ["facilitator", "family"])
async def test_no_command_changes_a_closed_meeting(closed, who: str) -> None:
    house, live, sam, rosa = closed
    before = board_as_dict(live.board)
    for name, command in COMMANDS.items():
        if command.internal or name in TAKEN:
            continue
        # A command that came later is tried too, with whatever reads as one.
        given = DATA.get(name, {}).items()
        data = {key: rosa if value == "ROSA" else value for key, value in given}
        try:
            asked = read_command(name, data)
        except Refused:
            assert name not in DATA, name
            continue
        with pytest.raises(Refused, match="closed"):
            await house.ask(live, sam if who == "facilitator" else rosa, asked)
    assert board_as_dict(live.board) == before
    assert [one for one in COMMANDS.values() if one.when_closed and one.name not in TAKEN] == []


async def test_nobody_comes_to_the_door_of_a_closed_meeting(closed) -> None:
    house, live, _, _ = closed
    before = live.board.seq
    # They had the form on their screen when it was closed.
    command = make(AskToJoin, id="person-late", called="Late")
    with pytest.raises(Refused, match="no_such_code"):
        await house.ask(live, "person-late", command)
    assert live.board.seq == before and live.board.get(Person, "person-late") is None


async def test_what_was_sent_together_with_the_closing_comes_too_late(tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    live, sam = await meeting_in(house)
    closing = house.commits.ask(live, sam, read_command("meeting.close", {}), "command-1")
    card = read_command("card.add", DATA["card.add"])
    late = house.commits.ask(live, sam, card, "command-2")
    await closing
    with pytest.raises(Refused, match="closed"):
        await late
    await house.stop()


async def test_the_facilitator_corrects_and_nobody_changes_that(closed) -> None:
    house, live, sam, rosa = closed
    await house.tell(live, sam, "correction.add", id="fix-00001", text="It was May", about=CARD)
    with pytest.raises(Refused, match="not_allowed"):
        await house.tell(live, rosa, "correction.add", text="not mine to do")
    with pytest.raises(Refused, match="not_found"):
        await house.tell(live, sam, "correction.add", text="x", about="card-9999")
    with pytest.raises(Refused, match="exists"):
        await house.tell(live, sam, "correction.add", id="fix-00001", text="again")
    for name, data in (
        ("words.write", {"id": "fix-00001", "field": "text", "text": "x"}),
        ("card.withdraw", {"id": "fix-00001"}),
        ("undo", {}),
    ):
        with pytest.raises(Refused):
            await house.tell(live, sam, name, **data)
    correction = live.board.find(Correction, "fix-00001")
    assert (correction.text, correction.withdrawn) == ("It was May", False)

    plan = plan_of(live.board, Viewer("family", rosa), "en")
    printed = plan["corrections"][0]
    assert (printed["text"], printed["about"]) == ("It was May", "before")


async def test_an_open_meeting_takes_no_correction(tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/board.db")
    live, sam = await meeting_in(house)
    with pytest.raises(Refused, match="not_closed"):
        await house.tell(live, sam, "correction.add", text="too early")
    await house.stop()


async def test_bringing_a_record_in_makes_another_meeting(closed) -> None:
    house, live, sam, _ = closed
    await house.tell(live, sam, "correction.add", id="fix-00001", text="It was May")
    before = board_as_dict(live.board)
    saved = record(live.board, await house.store.events(live.board.id), "Rivera")
    facilitator, _ = await hosting.add_facilitator(house, "Sam")
    other = await import_record(house, facilitator, saved)
    assert other.board.id != live.board.id
    assert board_as_dict(other.board) == board_as_dict(live.board) == before
    with pytest.raises(Refused, match="closed"):
        await house.tell(other, sam, "card.add", column="worries", text="x")
