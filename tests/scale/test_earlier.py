"""Numbers from earlier meetings stand beside today's, once those are shown."""

from __future__ import annotations

import json

from app.board.items import Item
from app.export.pdf import pdf, plan_of
from app.export.record import read_record, record
from app.fragments.engine import fragment
from app.fragments.view import Audience, View
from app.history.redaction import redact
from app.meetings.bringing import BringOver
from app.sight import EVERYONE, Viewer, as_seen, may_see
from tests.boards import SAM, Meeting

NUMBERS = [("Rosa", 4, "zebra reason"), ("Mateo", 3, ""), ("Jorge", 9, "")]


def first_meeting() -> Meeting:
    meeting = Meeting(date="2026-10-12")
    meeting.do(SAM, "meeting.open")
    meeting.do(SAM, "statement.add", id="goal-001", form="goal", parts={"what": "be home"})
    meeting.do(SAM, "scale.add", id="scale-goal", goal="goal-001")
    meeting.do(SAM, "scale.add", id="scale-own", question="Not shown at that meeting?")
    meeting.do(SAM, "scale.add", id="scale-closing", closing=True)
    for called, number, reason in NUMBERS:
        person = meeting.join(called)
        for scale in ("scale-safety", "scale-goal", "scale-own"):
            meeting.do(person, "scale.answer", scale=scale, number=number, reason=reason)
    # Rosa moved during the meeting; Jorge must not reach Mateo.
    meeting.do("person-rosa", "scale.answer", scale="scale-closing", number=5, reason="zebra two")
    for scale in ("scale-safety", "scale-closing", "scale-goal"):
        meeting.do(SAM, "scale.reveal", scale=scale)
    meeting.do(SAM, "person.shelter", id="person-jorge", people=["person-mateo"])
    return meeting


def next_meeting(before: Meeting, date: str = "2026-11-24") -> Meeting:
    meeting = Meeting(date=date)
    meeting.do(SAM, "meeting.open")
    meeting.take(SAM, BringOver.of(before.board))
    return meeting


def shown(meeting: Meeting, viewer: Viewer = EVERYONE) -> list[tuple[str, int, int]]:
    items = [one for one in meeting.board.items.values() if one.kind == "earlier"]
    seen = [one for one in items if may_see(meeting.board, one, viewer)]
    return sorted((one.called, one.number, one.ago) for one in seen if not one.goal)


def answered(meeting: Meeting, called: str, number: int, scale: str = "scale-safety") -> str:
    # Another id than last time: people come in anew.
    person = meeting.join(called.replace(" ", "") + str(meeting.board.seq))
    meeting.do(person, "person.describe", called=called)
    meeting.do(person, "scale.answer", scale=scale, number=number)
    return person


def test_they_are_hidden_until_todays_are_shown() -> None:
    meeting = next_meeting(first_meeting())
    facilitator = Viewer("facilitator", SAM)
    assert shown(meeting, facilitator) == shown(meeting) == []
    answered(meeting, "Rosa", 6)
    told = [as_seen(meeting.board, event, facilitator) for event in meeting.log]
    assert "zebra" not in json.dumps(told)
    event = meeting.do(SAM, "scale.reveal")
    assert event and "zebra two" in json.dumps(as_seen(meeting.board, event, EVERYONE))
    # The last number of each; and nothing of who is not safe to show.
    assert shown(meeting) == [("Mateo", 3, 1), ("Rosa", 5, 1)]
    goals = [one for one in meeting.board.items.values() if getattr(one, "goal", "")]
    assert not any(may_see(meeting.board, one, facilitator) for one in goals)
    file = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert len(read_record(file)) == meeting.board.seq


def html_of(meeting: Meeting, viewer: Viewer = EVERYONE, item: Item | None = None) -> str:
    return fragment("scale", View(meeting.board, Audience(viewer, "en")), item)


def test_each_sees_last_time_beside_today() -> None:
    meeting = next_meeting(first_meeting())
    answered(meeting, "ROSA", 6)
    assert "Last time" not in html_of(meeting)
    meeting.do(SAM, "scale.reveal")
    html = html_of(meeting)
    assert "Last time, on October 12, 2026" in html and "last time 5" in html
    assert html.count('class="plot') == 2
    # Two of one name: nobody is taken for another.
    answered(meeting, "Rosa", 2)
    assert "last time" not in html_of(meeting)
    meeting.do(SAM, "scale.add", id="scale-goal2", goal="goal-001")
    answered(meeting, "Mateo", 8, "scale-goal2")
    meeting.do(SAM, "scale.reveal", scale="scale-goal2")
    assert "last time 3" in html_of(meeting, item=meeting.board.items["scale-goal2"])
    (plan, *_) = plan_of(meeting.board, EVERYONE, "en")["scales"]
    assert plan["earlier"] == ["Oct 12, 2026: Mateo 3, Rosa 5"]
    assert pdf(meeting.board, EVERYONE, "es").startswith(b"%PDF")


def test_a_person_who_is_kept_away_today_is_so_last_time_too() -> None:
    meeting = next_meeting(first_meeting())
    rosa, mateo = answered(meeting, "Rosa", 6), answered(meeting, "Mateo", 6)
    meeting.do(SAM, "person.shelter", id=rosa, people=[mateo])
    meeting.do(SAM, "scale.reveal")
    assert shown(meeting, Viewer("family", mateo)) == [("Mateo", 3, 1)]
    assert shown(meeting, Viewer("worker", "")) == [("Mateo", 3, 1), ("Rosa", 5, 1)]
    third = next_meeting(meeting)
    assert "Rosa" not in json.dumps([event.as_dict() for event in third.log[2:]])


def test_older_numbers_go_on_for_five_meetings() -> None:
    meeting = first_meeting()
    for _ in range(6):
        meeting = next_meeting(meeting)
        answered(meeting, "Mateo", 7)
        meeting.do(SAM, "scale.reveal")
    assert [one for one in shown(meeting) if one[0] == "Mateo"] == [
        ("Mateo", 7, ago) for ago in range(1, 6)
    ]
    assert html_of(meeting).count('class="when"') == 5


def test_a_persons_old_numbers_are_deleted_with_their_words() -> None:
    meeting = next_meeting(first_meeting())
    after = redact(meeting.board.id, meeting.log, "person-rosa", "2026-11-24T10:00:00+00:00")
    told = json.dumps([event.as_dict() for event in after.events])
    assert "zebra" not in told and '"Rosa"' not in told
    numbers = [one for one in after.board.items.values() if one.kind == "earlier"]
    assert {one.number for one in numbers if one.person == "person-rosa"} == {0}
