"""A child's three houses: whose they are, what may be put into them, and who decides."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.export.pdf import pdf, plan_of
from app.export.record import board_as_dict, read_record, record
from app.history.redaction import redact
from app.houses.things import Drawing, House, HouseNote, Stroke
from app.map.cards import Card
from app.meetings.bringing import to_bring
from app.sight import EVERYONE, Viewer, on_paper, seen_by
from tests.boards import SAM, Meeting

LINE = [100, 100, 500, 700, 900, 100]


class Table(Meeting):
    """Mia, who is a child; Dana, a worker; Rosa, her mother; and Leo, another child."""

    def __init__(self) -> None:
        super().__init__()
        self.do(SAM, "meeting.open")
        self.mia, self.leo = self.join("Mia", "child"), self.join("Leo", "child")
        self.dana, self.rosa = self.join("Dana", "worker"), self.join("Rosa")

    def refusal(self, person: str, name: str, **data: Any) -> tuple[str, str]:
        with pytest.raises(Refused) as told:
            self.do(person, name, **data)
        return told.value.code, told.value.field

    def fill(self) -> None:
        do, mia = self.do, self.mia
        do(mia, "house.note", id="note-stairs", house="worries", text="the steps at night")
        do(mia, "house.note", id="note-soup", house="good", text="soup on Sundays")
        do(mia, "house.drawing", id="sheet-home", house="dreams")
        do(mia, "house.draw", id="line-roof", drawing="sheet-home", points=LINE, colour="red")

    def sees(self, person: str) -> set[str]:
        who = self.board.items[person]
        view = seen_by(self.board, Viewer.of(who))  # type: ignore[arg-type]
        kinds = (House, HouseNote, Drawing, Stroke)
        return {one.id for kind in kinds for one in view.all(kind) if not one.withdrawn}


@pytest.fixture
def table() -> Table:
    table = Table()
    table.fill()
    return table


def test_what_a_child_makes_alone_is_seen_by_the_child_alone(table: Table) -> None:
    assert len(table.sees(table.mia)) == 4
    for other in (SAM, table.dana, table.rosa, table.leo):
        assert table.sees(other) == set()


def test_one_thing_one_house_or_all_of_it_is_shared(table: Table) -> None:
    table.do(table.mia, "house.share", item="note-soup")
    assert table.sees(table.rosa) == {"note-soup", f"good.{table.mia}"}
    table.do(table.mia, "house.share", house="dreams")
    assert table.sees(table.rosa) >= {"sheet-home", "line-roof", f"dreams.{table.mia}"}
    assert "note-stairs" not in table.sees(SAM)
    table.do(table.mia, "house.share")
    assert table.sees(SAM) == table.sees(table.mia) and "note-stairs" in table.sees(SAM)


def test_what_comes_later_into_a_shared_house_is_not_shared(table: Table) -> None:
    table.do(table.mia, "house.share")
    table.do(table.mia, "house.note", id="note-more", house="worries", text="and more")
    assert "note-more" not in table.sees(table.rosa)


def test_what_is_taken_back_is_gone_with_its_cards(table: Table) -> None:
    do, mia = table.do, table.mia
    do(mia, "house.share")
    do(table.dana, "house.card", id="card-stairs", note="note-stairs")
    do(mia, "house.take_back", item="note-stairs")
    assert table.sees(table.dana).isdisjoint({"note-stairs", f"worries.{mia}"})
    assert table.board.items["card-stairs"].withdrawn
    assert table.refusal(SAM, "card.restore", id="card-stairs") == ("not_found", "id")
    do(mia, "house.take_back")
    for other in (SAM, table.dana, table.rosa):
        assert table.sees(other) == set()
    do(mia, "house.share", house="dreams")
    assert "line-roof" in table.sees(table.rosa)


def test_words_on_the_map_stay_the_childs(table: Table) -> None:
    assert table.refusal(table.dana, "house.card", note="note-stairs") == ("not_found", "note")
    assert table.refusal(table.mia, "house.card", note="note-stairs") == ("share_first", "note")
    table.do(table.mia, "house.share")
    assert table.refusal(table.rosa, "house.card", note="note-stairs") == ("childs_own", "note")
    table.do(table.dana, "house.card", id="card-stairs", note="note-stairs")
    card = table.board.find(Card, "card-stairs")
    assert (card.said_by, card.by, card.column) == (table.mia, table.dana, "worries")
    assert card.text == "the steps at night"


def test_together_with_a_worker_the_childs_yes_is_kept(table: Table) -> None:
    do, mia, dana = table.do, table.mia, table.dana
    do(dana, "house.note", id="note-dog", child=mia, house="good", text="the dog next door")
    assert "note-dog" in table.sees(mia) and "note-dog" in table.sees(dana)
    assert "note-dog" not in table.sees(SAM)
    assert table.refusal(dana, "house.share", child=mia) == ("needs_leave", "leave")
    do(dana, "house.share", child=mia, leave=True)
    assert table.board.find(HouseNote, "note-dog").leave == dana
    # What the child made alone is not the worker's to share.
    assert table.sees(SAM) == {"note-dog", f"good.{mia}"}
    do(mia, "house.take_back")
    assert table.sees(SAM) == set() and table.board.find(HouseNote, "note-dog").leave == ""


def test_a_child_in_the_circles_can_be_sat_with_before_the_meeting(table: Table) -> None:
    table.do(table.rosa, "circle.add", id="circle-luis", called="Luis", ring=0)
    table.do(SAM, "house.note", id="note-luis", child="circle-luis", house="dreams", text="a cat")
    assert "note-luis" in table.sees(SAM) and "note-luis" not in table.sees(table.dana)
    table.do(SAM, "house.share", child="circle-luis", leave=True)
    assert "note-luis" in table.sees(table.rosa)


def test_nobody_else_puts_anything_in_or_changes_it(table: Table) -> None:
    note = {"house": "good", "text": "x"}
    assert table.refusal(table.leo, "house.note", child=table.mia, **note)[0] == "childs_own"
    assert table.refusal(table.rosa, "house.note", child=table.mia, **note)[0] == "childs_own"
    assert table.refusal(table.rosa, "house.note", **note)[0] == "not_allowed"
    assert table.refusal(table.dana, "house.note", child=table.rosa, **note)[0] == "not_found"
    for other in (table.leo, table.dana, SAM):
        asked = {"drawing": "sheet-home", "points": LINE}
        assert table.refusal(other, "house.draw", **asked) == ("not_found", "drawing")
    table.do(table.mia, "house.share")
    for other in (table.leo, table.dana, SAM):
        asked = {"drawing": "sheet-home", "points": LINE}
        assert table.refusal(other, "house.draw", **asked) == ("childs_own", "drawing")
        assert table.refusal(other, "house.rub_out", id="line-roof")[0] == "childs_own"
        assert table.refusal(other, "house.remove", id="note-soup")[0] == "childs_own"
        write = {"id": "note-soup", "field": "text", "text": "no soup"}
        assert table.refusal(other, "words.write", **write)[0] == "childs_own"
    assert table.refusal(SAM, "item.show", id="note-soup", shown="team")[0] == "childs_own"
    assert table.refusal(SAM, "house.take_back", child=table.mia, item="note-soup") == (
        *("childs_own", "item"),
    )
    table.do(table.mia, "words.write", id="note-soup", field="text", text="soup on Mondays")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"points": [1, 2] * 10_000}, "too_many"),
        ({"points": [float("nan"), 2]}, "not_valid"),
        ({"points": [10**30, 2]}, "not_valid"),
        ({"points": [-1, 2]}, "not_valid"),
        ({"points": [2, 1501]}, "not_valid"),
        ({"points": [2.0, 2]}, "not_valid"),
        ({"points": [True, 2]}, "not_valid"),
        ({"points": [1, 2, 3]}, "not_valid"),
        ({"points": []}, "not_valid"),
        ({"points": "1,2"}, "not_valid"),
        ({"points": ["1", "2"]}, "not_valid"),
        ({"points": LINE, "colour": "url(#x)"}, "not_a_choice"),
        ({"points": LINE, "width": 90}, "not_a_choice"),
        ({"points": LINE, "drawing": "note-soup"}, "not_found"),
    ],
)
def test_what_is_no_stroke_is_refused(table: Table, wrong: dict[str, Any], code: str) -> None:
    asked = {"drawing": "sheet-home"} | wrong
    assert table.refusal(table.mia, "house.draw", **asked)[0] == code


def test_a_sheet_can_be_full(table: Table) -> None:
    for _ in range(399):
        table.do(table.mia, "house.draw", drawing="sheet-home", points=[1, 1])
    asked = {"drawing": "sheet-home", "points": LINE}
    assert table.refusal(table.mia, "house.draw", **asked) == ("drawing_full", "drawing")
    table.do(table.mia, "house.rub_out", id="line-roof")
    table.do(table.mia, "house.draw", **asked)


def test_what_was_rubbed_out_before_sharing_is_never_told(table: Table) -> None:
    table.do(table.mia, "house.draw", id="line-secret", drawing="sheet-home", points=LINE)
    table.do(table.mia, "house.rub_out", id="line-secret")
    table.do(table.mia, "house.share")
    told = json.dumps(record(table.board, table.log, "", Viewer("facilitator", SAM)))
    assert "line-roof" in told and "line-secret" not in told


def test_the_record_holds_what_is_shared_and_comes_back_the_same(table: Table) -> None:
    told = record(table.board, table.log, "", Viewer("facilitator", SAM))
    assert "steps at night" not in json.dumps(told) and "line-roof" not in json.dumps(told)
    read_record(json.loads(json.dumps(told)))
    table.do(table.mia, "house.share", house="dreams")
    table.do(table.mia, "house.share", item="note-soup")
    told = json.loads(json.dumps(record(table.board, table.log, "", Viewer("facilitator", SAM))))
    assert "soup" in json.dumps(told) and "steps at night" not in json.dumps(told)
    again = replay("again", read_record(told))
    assert again.find(Stroke, "line-roof").as_dict() == table.board.items["line-roof"].as_dict()
    for event in told["events"]:
        for change in event["changes"]:
            if change["kind"] == "stroke":
                change["set"]["points"] = '0,0"/><script>'
    with pytest.raises(Refused):
        read_record(told)


def test_the_plan_shows_what_is_shared_with_its_drawings(table: Table) -> None:
    mia = table.board.items[table.mia]
    assert plan_of(table.board, on_paper(table.board, mia), "en")["houses"] == []  # type: ignore[arg-type]
    table.do(table.mia, "house.share")
    table.do(table.mia, "house.take_back", item="note-stairs")
    (brings,) = plan_of(table.board, EVERYONE, "en")["houses"]
    assert brings["title"] == "What Mia brings"
    good, dreams = brings["houses"]
    assert good["things"] == [{"text": "soup on Sundays", "svg": "", "alt": ""}]
    assert 'd="M100 100L500 700L900 100" stroke="#d3302f"' in dreams["things"][0]["svg"]
    assert pdf(table.board, EVERYONE, "es").startswith(b"%PDF")


def test_a_childs_words_and_lines_can_be_deleted(table: Table) -> None:
    table.do(table.dana, "house.note", child=table.mia, house="good", text="the dog")
    table.do(table.mia, "house.share")
    gone = redact("board-1", table.log, table.mia, "2026-11-24T12:00:00+00:00")
    told = json.dumps([event.as_dict() for event in gone.events])
    for words in ("steps at night", "on Sundays", "the dog", "500,700"):
        assert words not in told, words
    assert replay("again", gone.events).items.keys() == gone.board.items.keys()
    assert pdf(gone.board, EVERYONE, "en").startswith(b"%PDF")
    told = record(gone.board, gone.events, "", Viewer("facilitator", SAM))
    again = replay("again", read_record(json.loads(json.dumps(told))))
    assert board_as_dict(again)["items"] == told["board"]["items"]


def test_whoever_has_houses_keeps_them(table: Table) -> None:
    table.do(table.mia, "house.share")
    table.do(SAM, "person.role", id=table.mia, role="family")
    table.do(table.mia, "house.take_back")
    assert table.sees(table.rosa) == set()


def test_one_event_never_tells_more_than_a_record_can_hold(table: Table) -> None:
    for sheet in range(4):
        table.do(table.mia, "house.drawing", id=f"sheet-{sheet}-x", house="good")
        for _ in range(400):
            table.do(table.mia, "house.draw", drawing=f"sheet-{sheet}-x", points=[1, 1])
    assert table.refusal(table.mia, "house.share") == ("too_many", "house")
    table.do(table.mia, "house.share", item="sheet-0-x")
    table.do(table.mia, "house.share")
    told = record(table.board, table.log, "", Viewer("facilitator", SAM))
    read_record(json.loads(json.dumps(told)))


def test_the_next_meeting_begins_without_the_houses(table: Table) -> None:
    """Others may sit at that table: the child decides anew. Here they stay, to be looked at."""
    table.do(table.mia, "house.share")
    table.do(SAM, "meeting.close")
    assert {one.kind for one in to_bring(table.board)} <= {"person", "circle"}
    assert "note-soup" in table.sees(SAM)


def test_many_strokes_cost_an_ordinary_edit_little(table: Table) -> None:
    """Who sees what is worked out anew for each edit; strokes are many."""
    for sheet in range(3):
        table.do(table.mia, "house.drawing", id=f"sheet-{sheet}-x", house="good")
        for _ in range(100):
            table.do(table.mia, "house.draw", drawing=f"sheet-{sheet}-x", points=LINE)
    table.do(table.mia, "house.share", item="sheet-0-x")
    viewer = Viewer.of(table.board.items[table.rosa])  # type: ignore[arg-type]
    started = time.perf_counter()
    for _ in range(20):
        table.board.views.clear()
        seen_by(table.board, viewer)
    assert (time.perf_counter() - started) / 20 < 0.02
