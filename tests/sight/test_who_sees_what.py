"""Who may see what, set it and point at it, one case after the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.circles.circle import CirclePerson
from app.export.record import board_as_dict, read_record, record
from app.fragments.language import translations
from app.fragments.view import Audience, View
from app.history.sentences import is_shown, sentence
from app.live.dialects import board_as_seen
from app.map.cards import Card, shelf
from app.people.person import Person
from app.sight import Viewer, as_seen, crowd_of, hidden_from, seen_by
from app.steps.steps import Step
from tests.boards import SAM, Meeting


@pytest.fixture
def meeting() -> Meeting:
    made = Meeting()
    for called, role in (("Dana", "worker"), ("Rosa", "family"), ("Jorge", "family")):
        made.join(called, role)
    made.join("Elena", "network")
    return made


DANA, ROSA, JORGE, ELENA = "person-dana", "person-rosa", "person-jorge", "person-elena"
WALL = "person-wall"
EVERYBODY = (SAM, DANA, ROSA, JORGE, ELENA, WALL)


def viewer(meeting: Meeting, person: str) -> Viewer:
    return Viewer.of(meeting.board.find(Person, person))


def who_sees(meeting: Meeting, item_id: str) -> set[str]:
    return {
        person
        for person in EVERYBODY
        if item_id in seen_by(meeting.board, viewer(meeting, person)).items
    }


def refused(meeting: Meeting, person: str, command: str, **data: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        meeting.do(person, command, **data)
    return refusal.value.code, refusal.value.field


def add(meeting: Meeting, person: str, card: str = "card-1", **data: Any) -> None:
    data = {"column": "worries", "text": f"words of {card}"} | data
    meeting.do(person, "card.add", id=card, **data)


def test_a_draft_is_its_writers_alone_and_the_teams_is_the_teams(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1", shown="own")
    add(meeting, DANA, "card-2", shown="team", said_by=ROSA)
    add(meeting, DANA, "card-3", shown="team")
    add(meeting, DANA, "card-4", shown="own", said_by=ROSA)
    assert who_sees(meeting, "card-1") == {ROSA}
    assert who_sees(meeting, "card-2") == {SAM, DANA, ROSA}
    assert who_sees(meeting, "card-3") == {SAM, DANA}
    assert who_sees(meeting, "card-4") == {DANA}
    meeting.do(ROSA, "item.show", id="card-1", shown="all")
    assert who_sees(meeting, "card-1") == set(EVERYBODY)
    meeting.do(DANA, "item.show", id="card-1", shown="team")
    assert who_sees(meeting, "card-1") == {SAM, DANA, ROSA}


def test_who_may_set_what(meeting: Meeting) -> None:
    data = {"id": "card-1", "column": "worries", "text": "x"}
    assert refused(meeting, ROSA, "card.add", **data, shown="team") == ("not_allowed", "shown")
    add(meeting, ROSA, "card-1", shown="own")
    add(meeting, ROSA, "card-2")
    assert refused(meeting, ROSA, "item.show", id="card-1", shown="team")[0] == "not_allowed"
    assert refused(meeting, ROSA, "item.show", id="card-2", shown="team")[0] == "not_allowed"
    for person in (ROSA, DANA, SAM):  # nobody hides words from everyone, not even their own
        answer = refused(meeting, person, "item.show", id="card-2", shown="own")
        assert answer == ("shown_before", "shown")
    meeting.do(SAM, "item.show", id="card-2", shown="team")
    assert refused(meeting, ROSA, "item.show", id="card-2", shown="all")[0] == "not_allowed"
    assert refused(meeting, WALL, "item.show", id="card-2", shown="all")[0] == "not_allowed"
    meeting.do(DANA, "item.show", id="card-2", shown="all")
    assert who_sees(meeting, "card-2") == set(EVERYBODY)
    assert refused(meeting, ROSA, "person.shelter", id=JORGE)[0] == "not_allowed"
    assert refused(meeting, DANA, "person.shelter", id=ROSA, people=[SAM])[0] == "not_allowed"
    assert refused(meeting, DANA, "person.shelter", id=SAM, people=[ROSA])[0] == "not_allowed"
    assert refused(meeting, DANA, "person.shelter", id="card-2")[0] == "not_found"


HIDDEN = [
    ("card.move", {"id": "card-x", "column": "needs"}, "id"),
    ("card.sort", {"id": "card-x", "sort": ""}, "id"),
    ("card.withdraw", {"id": "card-x"}, "id"),
    ("card.credit", {"id": "card-x", "said_by": DANA}, "id"),
    ("words.write", {"id": "card-x", "field": "text", "text": "mine"}, "id"),
    ("words.write", {"id": "danger-x", "field": "act", "text": "mine"}, "id"),
    ("item.show", {"id": "card-x", "shown": "all"}, "id"),
    ("card.move", {"id": "card-own", "column": "worries", "after": "card-x"}, "after"),
    ("card.move", {"id": "card-own", "column": "worries", "under": "card-x"}, "under"),
    ("statement.add", {"form": "goal", "parts": {"who": "we"}, "danger": "danger-x"}, "danger"),
    ("goal.link", {"id": "goal-own", "danger": "danger-x"}, "danger"),
    ("step.add", {"what": "call", "goal": "goal-x"}, "goal"),
    ("step.add", {"what": "call", "owners": ["circle-x"]}, "owners"),
    ("step.add", {"what": "call", "checker": "circle-x"}, "checker"),
    ("step.plan", {"id": "step-own", "owners": ["circle-x"]}, "owners"),
    ("step.agree", {"id": "step-x", "says": "agree"}, "id"),
    ("step.move", {"id": "step-own", "after": "step-x"}, "after"),
    ("circle.place", {"id": "circle-x", "ring": 1}, "id"),
    ("circle.describe", {"id": "circle-x", "called": "me"}, "id"),
    ("card.credit", {"id": "card-own", "said_by": "circle-x"}, "said_by"),
    ("scale.answer", {"number": 1, "said_by": "circle-x"}, "said_by"),
    ("person.shelter", {"id": "circle-x"}, "id"),
    ("person.shelter", {"id": ELENA, "people": [JORGE]}, "people"),
]


@pytest.mark.parametrize(("command", "data", "field"), HIDDEN)
def test_what_one_may_not_see_is_not_there(meeting: Meeting, command, data, field) -> None:
    """For a worker, who may do most; from her one of the family is kept away."""
    add(meeting, DANA, "card-own")
    meeting.do(DANA, "step.add", id="step-own", what="walk")
    meeting.do(DANA, "statement.add", id="goal-own", form="goal", parts={"who": "we"})
    missing = refused(meeting, DANA, command, **data) if data.get("people") is None else None
    add(meeting, ROSA, "card-x", shown="own")
    for form, part in (("danger", "act"), ("goal", "what")):
        added = {"id": f"{form}-x", "form": form, "parts": {part: "fall"}, "shown": "own"}
        meeting.do(ROSA, "statement.add", **added)
    meeting.do(ROSA, "step.add", id="step-x", what="hide", owners=[DANA], shown="own")
    meeting.do(ROSA, "circle.add", id="circle-x", called="Ana", shown="own")
    meeting.do(SAM, "person.shelter", id=JORGE, people=[DANA])
    answer = refused(meeting, DANA, command, **data)
    assert answer == ("not_found", field)
    assert missing in (answer, None)


def test_an_id_that_is_taken_by_something_hidden_changes_nothing(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-x", shown="own", text="mine")
    data = {"id": "card-x", "column": "needs", "text": "stolen"}
    assert refused(meeting, DANA, "card.add", **data) == ("exists", "id")
    assert meeting.board.find(Card, "card-x").text == "mine"


def test_who_is_not_safe_to_show_is_nowhere(meeting: Meeting) -> None:
    do = meeting.do
    do(SAM, "circle.add", id="circle-elena", called="Elena", seat=ELENA)
    do(SAM, "circle.add", id="circle-ana", called="Ana", relation="grandma")
    add(meeting, ELENA, "card-1")
    add(meeting, DANA, "card-2", said_by="circle-ana")
    owners = [ELENA, ROSA, "circle-ana"]
    do(DANA, "step.add", id="step-1", what="fetch them", owners=owners, checker="circle-elena")
    do(ELENA, "step.agree", id="step-1", says="change", comment="not on Fridays")
    do(ELENA, "scale.answer", number=3, reason="nights")
    do(SAM, "scale.reveal")
    do(DANA, "person.shelter", id=ELENA, people=[JORGE], roles=["projector"], reason="an order")
    do(DANA, "person.shelter", id="circle-ana", roles=["family"])
    for person in (JORGE, WALL):
        told = json.dumps(board_as_seen(meeting.board, viewer(meeting, person)))
        assert "elena" not in told.lower() and "Fridays" not in told and "nights" not in told
        assert "order" not in told and "words of card-1" in told
    told = json.dumps(board_as_seen(meeting.board, viewer(meeting, ROSA)))
    assert "Elena" in told and "Fridays" in told
    assert "Ana" not in told and "circle-ana" not in told and "grandma" not in told
    assert "order" not in told
    for person in (SAM, DANA):
        told = json.dumps(board_as_seen(meeting.board, viewer(meeting, person)))
        assert "an order" in told and "Ana" in told
    jorge = View(meeting.board, Audience(viewer(meeting, JORGE), "en"))
    assert [one.name for one in jorge.people] == ["Sam", "Dana", "Rosa", "Jorge"]
    assert jorge.answered(jorge.scale) == [] and jorge.circle_people == []
    assert jorge.board.find(Step, "step-1").owners == [ROSA]
    # Who comes later with the role is kept away too; who is kept sees themself.
    late = meeting.join("Late", "family")
    assert "circle-ana" in hidden_from(meeting.board, viewer(meeting, late))
    do(DANA, "person.shelter", id=ROSA, roles=["family"])
    assert ROSA in seen_by(meeting.board, viewer(meeting, ROSA)).items
    assert ROSA not in seen_by(meeting.board, viewer(meeting, JORGE)).items


def test_a_place_in_the_circles_keeps_its_person_away_too(meeting: Meeting) -> None:
    meeting.do(SAM, "circle.add", id="circle-elena", called="Elena", seat=ELENA)
    meeting.do(SAM, "person.shelter", id="circle-elena", people=[JORGE])
    assert who_sees(meeting, ELENA) == who_sees(meeting, "circle-elena") == {*EVERYBODY} - {JORGE}
    meeting.do(SAM, "person.shelter", id="circle-elena", people=[ELENA])
    assert ELENA in who_sees(meeting, ELENA) and ELENA in who_sees(meeting, "circle-elena")


def test_who_does_not_see_somebody_does_not_take_them_away(meeting: Meeting) -> None:
    """Jorge plans a step anew; the hidden owner stays."""
    meeting.do(JORGE, "step.add", id="step-1", what="drive", owners=[JORGE])
    meeting.do(SAM, "step.plan", id="step-1", owners=[ELENA, JORGE], checker=ELENA)
    meeting.do(SAM, "person.shelter", id=ELENA, people=[JORGE])
    meeting.do(JORGE, "step.plan", id="step-1", owners=[JORGE, ROSA], due="2026-12-01")
    step = meeting.board.find(Step, "step-1")
    assert step.owners == [JORGE, ROSA, ELENA] and step.checker == ELENA
    assert meeting.log[-1].changes[0].was["owners"] == [ELENA, JORGE]
    meeting.do(JORGE, "undo")
    assert meeting.board.find(Step, "step-1").owners == [ELENA, JORGE]


def test_a_draft_under_a_card_is_not_lost_with_it(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1")
    add(meeting, JORGE, "card-2", shown="own")
    meeting.do(JORGE, "card.move", id="card-2", column="worries", under="card-1")
    meeting.do(ROSA, "card.withdraw", id="card-1")
    mine = seen_by(meeting.board, viewer(meeting, JORGE))
    assert [card.id for card in mine.shelf(shelf("worries"))] == ["card-2"]
    add(meeting, ROSA, "card-3")
    meeting.do(JORGE, "card.move", id="card-2", column="worries", under="card-3")
    meeting.do(ROSA, "undo")
    mine = seen_by(meeting.board, viewer(meeting, JORGE))
    assert [card.id for card in mine.shelf(shelf("worries"))] == ["card-2"]


def test_nothing_lies_under_a_card_that_fewer_people_see(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1", shown="own")
    add(meeting, ROSA, "card-2")
    move = {"column": "worries", "under": "card-1"}
    assert refused(meeting, ROSA, "card.move", id="card-2", **move)[0] == "not_a_group"
    add(meeting, ROSA, "card-3", shown="own")
    meeting.do(ROSA, "card.move", id="card-3", **move)
    meeting.do(ROSA, "item.show", id="card-3", shown="all")
    assert meeting.board.find(Card, "card-3").under == ""
    add(meeting, ROSA, "card-4")
    meeting.do(ROSA, "card.move", id="card-4", column="worries", under="card-2")
    meeting.do(SAM, "item.show", id="card-2", shown="team")
    others = seen_by(meeting.board, viewer(meeting, JORGE))
    assert {card.id for card in others.shelf(shelf("worries"))} == {"card-3", "card-4"}


def test_what_is_shown_brings_no_earlier_words_along(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1", shown="own", text="he hits me")
    meeting.do(ROSA, "words.write", id="card-1", field="text", text="he gets loud")
    state = meeting.board.text_state("card-1", "text")
    meeting.do(ROSA, "item.show", id="card-1", shown="all")
    assert meeting.board.text_state("card-1", "text") != state
    for person in (SAM, ELENA):
        told = [as_seen(meeting.board, one, viewer(meeting, person)) for one in meeting.log]
        assert "hits" not in json.dumps(told) and "he gets loud" in json.dumps(told)
        assert [one["type"] for one in told[-3:]] == ["hidden", "hidden", "item.shown"]
        assert told[-3]["by"] == "" and told[-1]["changes"][0]["was"] is None
    mine = [as_seen(meeting.board, one, viewer(meeting, ROSA)) for one in meeting.log]
    assert "he hits me" in json.dumps(mine)


def test_whose_words_they_are_hears_of_a_card_of_the_team(meeting: Meeting) -> None:
    add(meeting, DANA, "card-1", shown="team")
    credited = meeting.do(DANA, "card.credit", id="card-1", said_by=ROSA)
    assert who_sees(meeting, "card-1") == {SAM, DANA, ROSA}
    told = as_seen(meeting.board, credited, viewer(meeting, ROSA))["changes"][0]
    assert told["was"] is None and told["set"]["text"] == "words of card-1"
    gone = meeting.do(DANA, "card.credit", id="card-1", said_by=JORGE)
    told = as_seen(meeting.board, gone, viewer(meeting, ROSA))["changes"][0]
    assert told == {"kind": "card", "id": "card-1", "set": {"withdrawn": True}, "was": {}}
    assert as_seen(meeting.board, gone, viewer(meeting, ELENA))["changes"] == []


def test_words_that_were_agreed_to_in_a_draft_stay_there(meeting: Meeting) -> None:
    meeting.do(ROSA, "step.add", id="step-1", what="run away", owners=[ROSA], shown="own")
    meeting.do(ROSA, "step.agree", id="step-1", says="agree")
    meeting.do(ROSA, "words.write", id="step-1", field="what", text="call Elena")
    meeting.do(ROSA, "item.show", id="step-1", shown="all")
    told = [as_seen(meeting.board, one, viewer(meeting, ELENA)) for one in meeting.log]
    told.append(board_as_seen(meeting.board, viewer(meeting, SAM)))
    assert "run away" not in json.dumps(told) and "call Elena" in json.dumps(told)
    meeting.do(ROSA, "step.withdraw", id="step-1")
    told = json.dumps(board_as_seen(meeting.board, viewer(meeting, ELENA)))
    assert "agreement" not in told and "call Elena" not in told
    meeting.do(SAM, "step.restore", id="step-1")
    told = as_seen(meeting.board, meeting.log[-1], viewer(meeting, ELENA))
    assert [one["kind"] for one in told["changes"]] == ["step", "agreement"]


def test_the_history_tells_each_what_they_may_know(meeting: Meeting) -> None:
    def history(person: str) -> str:
        view = View(meeting.board, Audience(viewer(meeting, person), "en"))
        gettext = translations("en").gettext
        told = [
            sentence(view.board, one, view.viewer, gettext, view.name)
            for one in meeting.log
            if is_shown(meeting.board, one, view.viewer)
        ]
        return "\n".join(told)

    add(meeting, ROSA, "card-1", shown="own", text="he hits me")
    meeting.do(ROSA, "words.write", id="card-1", field="text", text="he gets loud")
    assert "he hits me" in history(ROSA)
    assert all("he " not in history(one) for one in EVERYBODY if one != ROSA)
    meeting.do(ROSA, "item.show", id="card-1", shown="all")
    assert "Rosa showed “he gets loud” to everyone" in history(ELENA)
    meeting.do(DANA, "words.write", id="card-1", field="text", text="he gets loud at night")
    assert all("hits" not in history(one) for one in EVERYBODY if one != ROSA)
    meeting.do(DANA, "person.shelter", id=ROSA, people=[ELENA], reason="an order")
    assert "Rosa" not in history(ELENA) and "Someone showed “he gets loud” to" in history(ELENA)
    assert "Dana changed who must not see Rosa" in history(SAM)
    assert all("must not" not in history(one) for one in (ROSA, JORGE, ELENA, WALL))


def test_undo_brings_no_earlier_words_back(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1", shown="own", text="he hits me")
    meeting.do(ROSA, "words.write", id="card-1", field="text", text="he gets loud")
    meeting.do(ROSA, "item.show", id="card-1", shown="all")
    assert refused(meeting, ROSA, "undo") == ("shown_before", "")
    add(meeting, ROSA, "card-2", shown="own", text="one")
    meeting.do(ROSA, "words.write", id="card-2", field="text", text="two")
    add(meeting, DANA, "card-3", shown="team", said_by=ROSA, text="three")
    meeting.do(ROSA, "words.write", id="card-3", field="text", text="four")
    meeting.do(SAM, "item.show", id="card-3", shown="all")
    assert refused(meeting, ROSA, "undo") == ("changed_since", "")


def test_safe_again_tells_nobody_why_it_was_not(meeting: Meeting) -> None:
    meeting.do(DANA, "person.shelter", id=ELENA, roles=["child"], reason="an order")
    meeting.do(DANA, "person.shelter", id=ELENA)
    for person in (ROSA, ELENA, WALL):
        told = [as_seen(meeting.board, one, viewer(meeting, person)) for one in meeting.log[-2:]]
        assert "order" not in json.dumps(told) and not any(one["changes"] for one in told)
    told = [as_seen(meeting.board, one, viewer(meeting, SAM)) for one in meeting.log[-2:]]
    assert "an order" in json.dumps(told)


def test_a_record_holds_nobody_elses_drafts_and_comes_to_a_board(meeting: Meeting) -> None:
    add(meeting, ROSA, "card-1", shown="own", text="still mine")
    add(meeting, ROSA, "card-2", shown="own", text="he hits me")
    meeting.do(ROSA, "words.write", id="card-2", field="text", text="he gets loud")
    meeting.do(ROSA, "item.show", id="card-2", shown="all")
    meeting.do(ELENA, "circle.add", id="circle-ana", called="Ana")
    meeting.do(SAM, "words.write", id="card-2", field="text", text="he gets loud at night")
    add(meeting, SAM, "card-3", shown="own", text="a draft of Sam's")
    add(meeting, DANA, "card-4", shown="team", text="for us")
    meeting.do(DANA, "person.shelter", id="circle-ana", people=[JORGE], reason="an order")
    told = record(meeting.board, meeting.log, "Rivera", viewer(meeting, SAM))
    text = json.dumps(told)
    assert "still mine" not in text and "hits" not in text
    assert all(one in text for one in ("loud at night", "a draft of Sam", "for us", "an order"))
    board = replay("again", read_record(json.loads(text)))
    assert board_as_dict(board) == told["board"]
    assert board.find(Card, "card-3").shown == "own" and board.find(Card, "card-4").shown == "team"
    assert board.find(CirclePerson, "circle-ana").away == [JORGE]


def test_those_who_see_the_same_are_one_audience(meeting: Meeting) -> None:
    def crowds() -> dict[str, Viewer]:
        return {one: crowd_of(meeting.board, meeting.board.find(Person, one)) for one in EVERYBODY}

    assert len(set(crowds().values())) == 2  # the facilitator, and all others
    add(meeting, DANA, "card-1", shown="team")
    before = crowds()
    assert before[ROSA] == before[JORGE] == before[ELENA] == before[WALL] != before[DANA]
    add(meeting, ROSA, "card-2", shown="own")
    assert crowds()[ROSA] != before[ROSA] and crowds()[JORGE] == before[JORGE]
    meeting.do(ROSA, "item.show", id="card-2", shown="all")
    assert crowds() == before
    meeting.do(SAM, "person.shelter", id=ELENA, roles=["family"])
    assert crowds()[ROSA] == crowds()[JORGE] != crowds()[WALL]
