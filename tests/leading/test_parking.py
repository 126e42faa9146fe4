"""Cards that are put aside for later."""

from __future__ import annotations

import json

import pytest

from app.board.refusal import Refused
from app.export.pdf import plan_of
from app.export.record import read_record, record
from app.meetings.bringing import BringOver, to_bring
from app.sight import EVERYONE
from tests.boards import SAM, Meeting, usual_meeting


@pytest.fixture
def usual() -> Meeting:
    meeting = usual_meeting()
    meeting.do(SAM, "card.park", id="card-002")
    return meeting


def shelf(meeting: Meeting, name: str) -> list[str]:
    return [card.id for card in meeting.board.shelf(name)]


def test_a_card_leaves_its_column_and_comes_back_with_its_group(usual: Meeting) -> None:
    assert "card-002" not in shelf(usual, "column-worries")
    assert shelf(usual, "parking") == ["card-002"]
    assert shelf(usual, "under-card-002") == ["card-024", "card-025"]
    assert usual.do(SAM, "card.park", id="card-002") is None
    with pytest.raises(Refused, match="not_a_group"):
        usual.do(SAM, "card.move", id="card-001", column="worries", under="card-002")
    usual.do(SAM, "card.unpark", id="card-002")
    assert shelf(usual, "column-worries")[-1] == "card-002"
    assert shelf(usual, "parking") == []
    usual.do(SAM, "undo")
    assert shelf(usual, "parking") == ["card-002"]
    usual.do(SAM, "card.move", id="card-002", column="working")
    assert shelf(usual, "parking") == [] and shelf(usual, "column-working")[0] == "card-002"
    assert len(read_record(record(usual.board, usual.log))) == usual.board.seq


def test_what_lay_under_a_parked_card_stays_parked_without_it(usual: Meeting) -> None:
    usual.do(SAM, "card.withdraw", id="card-002")
    assert shelf(usual, "parking") == ["card-024", "card-025"]


def test_one_parks_ones_own_and_the_team_everyones(usual: Meeting) -> None:
    own = usual.do("person-rosa", "card.add", id="card-own", column="needs", text="Mine")
    assert own
    usual.do("person-rosa", "card.park", id="card-own")
    with pytest.raises(Refused, match="not_yours"):
        usual.do("person-elena", "card.unpark", id="card-own")
    usual.do("person-dana", "card.unpark", id="card-own")
    for person, found in (("person-rosa", "not_found"), ("person-wall", "not_allowed")):
        with pytest.raises(Refused, match=found):
            usual.do(person, "card.park", id="card-own" if "wall" in person else "step-000")


def test_parked_cards_are_printed_and_go_on_to_the_next_meeting(usual: Meeting) -> None:
    plan = plan_of(usual.board, EVERYONE, "es")
    (parked,) = plan["parked"]
    assert parked["text"].startswith("Luis burned") and len(parked["under"]) == 2
    assert "Luis burned" not in json.dumps(plan["columns"])
    usual.do("person-rosa", "card.add", id="card-draft", column="needs", text="D", shown="own")
    usual.do("person-rosa", "card.park", id="card-draft")
    later = Meeting(title="Second")
    later.take(SAM, BringOver.of(usual.board))
    assert shelf(later, "parking") == ["card-002"]
    assert shelf(later, "under-card-002") == ["card-024", "card-025"]
    assert later.board.items[later.board.items["card-002"].said_by]
    # Whom a brought card names was not there for all that.
    assert [one["name"] for one in plan_of(later.board, EVERYONE, "en")["people"]] == ["Sam"]
    assert "card-draft" not in {one.id for one in to_bring(usual.board)}
