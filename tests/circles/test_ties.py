"""Lines between people: drawn by all, seen by who sees both ends."""

from __future__ import annotations

import json

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.circles.strokes import Label, path, strokes
from app.circles.ties import Tie, ties
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.fragments.language import translations
from app.fragments.targets import render, touched
from app.fragments.view import Audience, View
from app.history.sentences import sentence
from app.meetings.bringing import to_bring
from app.sight import Viewer, as_seen, crowd_of, on_paper, seen_by
from tests.boards import SAM, Meeting

DANA, ROSA, WALL = "person-dana", "person-rosa", "person-wall"
MIA, ELENA, UNCLE = "place-mia", "place-elena", "place-uncle"


@pytest.fixture
def meeting() -> Meeting:
    made = Meeting()
    for called, role in (("Dana", "worker"), ("Rosa", "family")):
        made.join(called, role)
    for place, called in ((MIA, "Mia"), (ELENA, "Elena"), (UNCLE, "Uncle Jo")):
        made.do(SAM, "circle.add", id=place, called=called)
    return made


def draw(meeting: Meeting, who: str, one: str, other: str, how: str = "close", **more: str):
    return meeting.do(who, "tie.draw", one=one, other=other, how=how, **more)


def lines(meeting: Meeting, who: str) -> list[tuple[str, str, str]]:
    board = seen_by(meeting.board, Viewer.of(meeting.board.items[who]))
    return [(tie.one, tie.other, tie.how) for tie in ties(board)]


def test_two_people_have_one_line(meeting: Meeting) -> None:
    draw(meeting, ROSA, MIA, ELENA, id="tie-0001")
    draw(meeting, DANA, ELENA, MIA, "conflict", id="tie-0002")
    assert lines(meeting, WALL) == [(MIA, ELENA, "conflict")]
    assert draw(meeting, DANA, MIA, ELENA, "conflict") is None
    meeting.do(DANA, "undo")
    assert lines(meeting, ROSA) == [(MIA, ELENA, "close")]
    meeting.do(ROSA, "tie.remove", id="tie-0001")
    assert lines(meeting, ROSA) == []
    draw(meeting, ROSA, MIA, ELENA, "broken", id="tie-0003")
    assert lines(meeting, ROSA) == [(MIA, ELENA, "broken")]
    meeting.do(SAM, "circle.withdraw", id=ELENA)
    assert lines(meeting, SAM) == []


def test_what_is_refused(meeting: Meeting) -> None:
    draw(meeting, ROSA, MIA, ELENA, id="tie-0001")
    for who, data, code, field in (
        (ROSA, {"one": MIA, "other": MIA}, "same_person", "other"),
        (ROSA, {"one": "place-none", "other": MIA}, "not_found", "one"),
        (ROSA, {"one": MIA, "other": ROSA}, "not_found", "other"),
        (ROSA, {"one": MIA, "other": UNCLE, "id": "tie-0001"}, "exists", "id"),
        (ROSA, {"one": MIA, "other": UNCLE, "how": "married"}, "not_a_choice", "how"),
        (WALL, {"one": MIA, "other": UNCLE}, "not_allowed", ""),
    ):
        with pytest.raises(Refused) as refusal:
            draw(meeting, who, **data)
        assert (refusal.value.code, refusal.value.field) == (code, field)


def test_who_does_not_see_an_end_does_not_see_the_line(meeting: Meeting) -> None:
    draw(meeting, DANA, MIA, UNCLE, "conflict", id="tie-0001")
    meeting.do(SAM, "person.shelter", id=UNCLE, people=[ROSA], roles=["projector"])
    draw(meeting, DANA, UNCLE, MIA, "broken")
    assert lines(meeting, DANA) and not lines(meeting, ROSA) and not lines(meeting, WALL)
    rosa = meeting.board.items[ROSA]
    told = json.dumps(as_seen(meeting.board, meeting.log[-1], Viewer.of(rosa)))
    view = View(meeting.board, Audience(crowd_of(meeting.board, rosa), "en"))
    told += "".join(render(view, target) for target in touched(meeting.board, meeting.log[-1:]))
    told += repr(plan_of(meeting.board, on_paper(meeting.board, rosa), "en").get("circles"))
    assert UNCLE not in told and "tie-0001" not in told and "broken" not in told
    with pytest.raises(Refused, match="not_found"):
        meeting.do(ROSA, "tie.remove", id="tie-0001")


def test_a_draft_takes_its_lines_along(meeting: Meeting) -> None:
    meeting.do(ROSA, "circle.add", id="place-ana", called="Ana", shown="own")
    draw(meeting, ROSA, "place-ana", MIA, id="tie-0001")
    assert lines(meeting, ROSA) and not lines(meeting, SAM)
    kept = record(meeting.board, meeting.log)
    assert "tie-0001" not in json.dumps(kept)
    read_record(json.loads(json.dumps(kept)))
    meeting.do(ROSA, "item.show", id="place-ana", shown="all")
    sam = Viewer.of(meeting.board.items[SAM])
    told = as_seen(meeting.board, meeting.log[-1], sam)
    assert [(one["id"], one["was"]) for one in told["changes"]] == [
        ("place-ana", None),
        ("tie-0001", None),
    ]
    assert as_seen(meeting.board, meeting.log[-2], sam)["changes"] == []
    saved = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert board_as_dict(replay("board-1", read_record(saved))) == saved["board"]
    assert saved["board"]["items"]["tie"][0]["one"] == "place-ana"


def test_the_history_names_nobody_who_was_taken_out(meeting: Meeting) -> None:
    event = draw(meeting, DANA, MIA, UNCLE, "conflict")
    meeting.do(DANA, "circle.withdraw", id=UNCLE)
    gettext = translations("en").gettext
    for who, other in ((SAM, "Uncle Jo"), (DANA, "someone"), (ROSA, "someone")):
        viewer = Viewer.of(meeting.board.items[who])
        told = sentence(meeting.board, event, viewer, gettext, lambda one: one)
        assert told.endswith(f"Mia and {other} are in conflict"), told


def test_lines_come_to_the_next_meeting_and_on_paper(meeting: Meeting) -> None:
    draw(meeting, DANA, MIA, ELENA, "conflict")
    draw(meeting, DANA, MIA, UNCLE, "distant", id="tie-0002")
    meeting.do(DANA, "tie.remove", id="tie-0002")
    brought = [item for item in to_bring(meeting.board) if isinstance(item, Tie)]
    assert [(tie.one, tie.other, tie.how) for tie in brought] == [(MIA, ELENA, "conflict")]
    plan = plan_of(meeting.board, on_paper(meeting.board, meeting.board.items[ROSA]), "es")
    (line,) = plan["circles"]["lines"]
    assert line["words"] == "Mia y Elena están en conflicto"
    assert path("conflict", (2, 0), (58, 0)) in line["svg"]


def test_each_kind_has_a_form_of_its_own() -> None:
    start, end = (0.0, 0.0), (100.0, 0.0)
    lines = {how: path(how, start, end) for how in ("close", "distant", "conflict", "broken")}
    parts = {how: line.count("M") for how, line in lines.items()}
    assert parts == {"distant": 1, "close": 2, "conflict": 1, "broken": 4}
    assert "7.0" in lines["conflict"] and "7.0" not in lines["distant"]
    assert all(path(how, start, start) == "" for how in lines)


def test_a_line_swings_around_who_stands_in_its_way() -> None:
    one, other = Label(-200, 0, 80, 44), Label(200, 0, 80, 44)
    between = Label(0, 0, 80, 44)
    (straight,) = strokes((("distant", one, other),), (one, other))
    (around,) = strokes((("distant", one, other),), (one, between, other))
    heights = {float(point.split()[1]) for point in straight.strip("M").split("L")}
    assert heights == {0.0}
    middle = max(abs(float(point.split()[1])) for point in around.strip("M").split("L"))
    assert middle > between.height / 2
