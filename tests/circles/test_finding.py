"""Family finding: who may say and read how far the search for somebody has come."""

from __future__ import annotations

import json

import pytest

from app.board.refusal import Refused
from app.circles.finding import by_status, finding_of
from app.export.pdf import plan_of
from app.export.record import read_record, record
from app.fragments.language import translations
from app.fragments.targets import render, touched
from app.fragments.view import Audience, View
from app.history.sentences import sentence
from app.live.dialects import board_as_seen
from app.meetings.bringing import to_bring
from app.sight import EVERYONE, Viewer, as_seen, crowd_of, on_paper, seen_by
from tests.boards import SAM, Meeting

DANA, ROSA, MIA, WALL = "person-dana", "person-rosa", "person-mia", "person-wall"
UNCLE = "place-uncle"


@pytest.fixture
def meeting() -> Meeting:
    made = Meeting()
    for called, role in (("Dana", "worker"), ("Rosa", "family"), ("Mia", "child")):
        made.join(called, role)
    made.do(SAM, "circle.add", id=UNCLE, called="Uncle Jo")
    return made


def note(meeting: Meeting, who: str = DANA, status: str = "unsafe", **more: str) -> None:
    meeting.do(who, "finding.note", id=UNCLE, status=status, **more)


def test_the_team_says_how_far_it_is(meeting: Meeting) -> None:
    for status in ("looking", "found", "willing"):
        note(meeting, SAM, status)
    found = finding_of(meeting.board, UNCLE)
    assert found and (found.status, found.reason) == ("willing", "") and found.at
    assert [status for status, people in by_status(meeting.board) if people] == ["willing"]
    assert meeting.do(DANA, "finding.note", id=UNCLE, status="willing") is None
    meeting.do(SAM, "undo")
    assert finding_of(meeting.board, UNCLE).status == "found"
    # A reason belongs to "not safe" alone, and goes with it.
    note(meeting, reason="He hit her")
    assert finding_of(meeting.board, UNCLE).reason == "He hit her"
    note(meeting, status="contacted", reason="left over")
    assert finding_of(meeting.board, UNCLE).reason == ""


def test_nobody_else_does(meeting: Meeting) -> None:
    for who in (ROSA, MIA, WALL):
        with pytest.raises(Refused) as refusal:
            note(meeting, who)
        assert refusal.value.code == "not_allowed"
    for data, field in (
        ({"id": "card-other", "status": "found"}, "id"),
        ({"id": UNCLE, "status": "lost"}, "status"),
        ({"id": UNCLE}, "status"),
        ({"id": UNCLE, "status": "unsafe", "reason": "x" * 2001}, "reason"),
    ):
        with pytest.raises(Refused) as refusal:
            meeting.do(DANA, "finding.note", **data)
        assert refusal.value.field == field
    meeting.do(DANA, "circle.withdraw", id=UNCLE)
    with pytest.raises(Refused, match="withdrawn"):
        note(meeting)


def test_nobody_else_reads_of_it_anywhere(meeting: Meeting) -> None:
    note(meeting, status="looking")
    note(meeting, reason="secret reason")
    events = meeting.log[-2:]
    gettext = translations("en").gettext
    for who, reads in ((SAM, True), (DANA, True), (ROSA, False), (MIA, False), (WALL, False)):
        person = meeting.board.items[who]
        viewer = Viewer.of(person)
        told = json.dumps(
            [
                board_as_seen(meeting.board, viewer),
                [as_seen(meeting.board, one, viewer) for one in events],
                [as_seen(meeting.board, one, crowd_of(meeting.board, person)) for one in events],
            ]
        )
        view = View(meeting.board, Audience(crowd_of(meeting.board, person), "en"))
        told += "".join(render(view, target) for target in touched(meeting.board, events))
        for word in ("secret reason", "unsafe", "looking", "finding"):
            assert (word in told) == reads, (who, word)
        what = sentence(
            seen_by(meeting.board, viewer), events[-1], viewer, gettext, lambda one: one
        )
        assert ("search" in what) == reads
        paper = repr(plan_of(meeting.board, on_paper(meeting.board, person), "en"))
        assert "secret reason" not in paper and "Uncle Jo" in paper
    assert f"finding-{UNCLE}" not in seen_by(meeting.board, EVERYONE).items


def test_who_must_not_see_the_person_sees_no_search(meeting: Meeting) -> None:
    note(meeting, reason="secret reason")
    meeting.do(SAM, "person.shelter", id=UNCLE, people=[DANA], reason="violence")
    dana = Viewer.of(meeting.board.items[DANA])
    assert f"finding-{UNCLE}" not in seen_by(meeting.board, dana).items
    with pytest.raises(Refused, match="not_found"):
        note(meeting, status="found")


def test_it_comes_along_and_stands_in_the_record(meeting: Meeting) -> None:
    note(meeting, reason="secret reason")
    brought = {item.id: item for item in to_bring(meeting.board)}
    assert brought[f"finding-{UNCLE}"].reason == "secret reason"
    saved = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert len(read_record(saved)) == len(meeting.log)
