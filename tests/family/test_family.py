"""The family's picture: what may be said, who sees it, and where it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.board.board import replay
from app.board.refusal import Refused
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.family.bonds import bonds
from app.family.kin import family
from app.fragments.targets import render, touched
from app.fragments.view import Audience, View
from app.history.redaction import MARK, redact
from app.meetings.bringing import to_bring
from app.sight import Viewer, as_seen, crowd_of, on_paper, seen_by
from tests.boards import SAM, Meeting

DANA, ROSA, WALL = "person-dana", "person-rosa", "person-wall"


@pytest.fixture
def meeting() -> Meeting:
    made = Meeting()
    for called, role in (("Dana", "worker"), ("Rosa", "family")):
        made.join(called, role)
    return made


def add(meeting: Meeting, called: str, who: str = DANA, **data: Any) -> str:
    kin = f"kin-{called.lower()}"
    meeting.do(who, "kin.add", id=kin, called=called, **data)
    return kin


def said(meeting: Meeting, who: str = SAM) -> set[tuple[str, str, str]]:
    board = seen_by(meeting.board, Viewer.of(meeting.board.items[who]))
    return {(bond.one[4:], bond.how, bond.other[4:]) for bond in bonds(board)}


def refused(meeting: Meeting, who: str, command: str, **data: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        meeting.do(who, command, **data)
    return refusal.value.code, refusal.value.field


def test_each_comes_with_their_place(meeting: Meeting) -> None:
    mia = add(meeting, "Mia", child=True, birth=2014, sex="woman")
    mother = add(meeting, "Mother", of=mia, place="parent", carer=True)
    father = add(meeting, "Father", who=ROSA, of=mother, place="partner", how="divorced")
    meeting.do(ROSA, "bond.add", one=father, other=mia, how="birth")
    add(meeting, "Luis", of=mother, also=father)
    add(meeting, "Ana", of=mia, place="sibling")
    add(meeting, "Sky", of=father, how="adoptive")
    assert said(meeting) == {
        ("father", "divorced", "mother"),
        *((parent, "birth", child) for parent in ("mother", "father") for child in ("mia", "luis")),
        *((parent, "birth", "ana") for parent in ("mother", "father")),
        ("father", "adoptive", "sky"),
    }
    meeting.do(DANA, "undo")
    assert "sky" not in {one.name.lower() for one in family(meeting.board)}


def test_who_is_here_already_needs_no_name(meeting: Meeting) -> None:
    meeting.do(SAM, "circle.add", id="place-ana", called="Ana")
    for kin, same in (("kin-0001", "place-ana"), ("kin-0002", ROSA)):
        meeting.do(ROSA, "kin.add", id=kin, same_as=same)
    assert [one.name for one in family(meeting.board)] == ["Ana", "Rosa"]
    # Her words are deleted: her name goes here too, whoever put it in.
    meeting.do(DANA, "kin.withdraw", id="kin-0002")
    meeting.do(DANA, "kin.add", id="kin-0004", same_as=ROSA)
    redacted = redact(meeting.board.id, meeting.log, ROSA, "2026-11-24T10:00:00+00:00").board
    assert redacted.items["kin-0004"].name == MARK and redacted.items["place-ana"].name == "Ana"
    meeting.do(DANA, "undo")
    meeting.do(SAM, "kin.restore", id="kin-0002")
    told = refused(meeting, ROSA, "kin.add", same_as="place-ana")
    assert told == ("exists", "same_as")
    # Who also stands in the circles is known by that place, which goes on to the next meeting.
    meeting.do(SAM, "circle.add", id="place-dana", called="Dana", seat=DANA)
    meeting.do(ROSA, "kin.add", id="kin-0003", same_as=DANA)
    same = {item.id: item.same_as for item in to_bring(meeting.board) if item.kind == "kin"}
    assert same == {"kin-0001": "place-ana", "kin-0002": "", "kin-0003": "place-dana"}
    meeting.join("Late", standing="waiting")
    told = refused(meeting, ROSA, "kin.add", same_as="person-late")
    assert told == ("not_found", "same_as")
    assert refused(meeting, ROSA, "kin.add") == ("empty", "called")
    assert refused(meeting, ROSA, "kin.add", same_as="kin-0001") == ("not_found", "same_as")


def test_what_cannot_be(meeting: Meeting) -> None:
    grandma = add(meeting, "Grandma")
    mother = add(meeting, "Mother", of=grandma)
    mia = add(meeting, "Mia", of=mother)
    father = add(meeting, "Father", of=mother, place="partner")
    other = add(meeting, "Other")
    for data, told in (
        ({"one": mia, "other": grandma, "how": "birth"}, ("own_ancestor", "other")),
        ({"one": mia, "other": grandma, "how": "adoptive"}, ("own_ancestor", "other")),
        ({"one": mia, "other": mia, "how": "birth"}, ("same_person", "other")),
        ({"one": mother, "other": father, "how": "married"}, ("bond_exists", "other")),
        ({"one": mother, "other": mia, "how": "step"}, ("bond_exists", "other")),
        ({"one": "kin-none", "other": mia, "how": "birth"}, ("not_found", "one")),
        ({"one": mother, "other": ROSA, "how": "birth"}, ("not_found", "other")),
        ({"one": mother, "other": mia, "how": "cousin"}, ("not_a_choice", "how")),
    ):
        assert refused(meeting, DANA, "bond.add", **data) == told
    # A third parent by birth is a mistake; parents by birth and by adoption are none.
    meeting.do(DANA, "bond.add", one=father, other=mia, how="birth")
    third = {"one": other, "other": mia}
    assert refused(meeting, DANA, "bond.add", **third, how="birth") == ("too_many_parents", "how")
    meeting.do(DANA, "bond.add", **third, how="adoptive", id="bond-0001")
    assert refused(meeting, DANA, "bond.change", id="bond-0001", how="birth")[0] == (
        "too_many_parents"
    )
    told = refused(meeting, DANA, "bond.change", id="bond-0001", how="married")
    assert told == ("not_a_choice", "how")
    meeting.do(DANA, "bond.change", id="bond-0001", how="foster")
    for data, told in (
        ({"birth": 85}, ("not_a_year", "birth")),
        ({"birth": 1985, "death": 1980}, ("died_before", "death")),
        ({"of": other, "place": "sibling"}, ("no_parents", "place")),
        ({"of": other, "place": "partner", "how": "birth"}, ("not_a_choice", "how")),
        ({"of": "kin-none"}, ("not_found", "of")),
        ({"of": mia, "place": "parent", "how": "birth"}, ("too_many_parents", "how")),
    ):
        assert refused(meeting, DANA, "kin.add", called="New", **data) == told
    assert refused(meeting, ROSA, "kin.withdraw", id=mia) == ("not_yours", "")
    assert refused(meeting, WALL, "kin.add", called="x") == ("not_allowed", "")
    assert refused(meeting, ROSA, "kin.restore", id=mia) == ("not_allowed", "")


def test_who_is_taken_out_takes_their_lines_along(meeting: Meeting) -> None:
    mother = add(meeting, "Mother")
    mia = add(meeting, "Mia", of=mother)
    meeting.do(DANA, "kin.withdraw", id=mia)
    assert said(meeting) == set()
    assert refused(meeting, DANA, "bond.add", one=mother, other=mia, how="birth")[0] == "withdrawn"
    meeting.do(SAM, "kin.restore", id=mia)
    assert said(meeting) == {("mother", "birth", "mia")}


def test_who_is_hidden_is_hidden_in_the_family_too(meeting: Meeting) -> None:
    meeting.do(SAM, "circle.add", id="place-jo", called="Uncle Jo")
    mother = add(meeting, "Mother")
    meeting.do(DANA, "kin.add", id="kin-jo", same_as="place-jo", of=mother, place="partner")
    add(meeting, "Teo", of="kin-jo", also=mother)
    meeting.do(SAM, "person.shelter", id="place-jo", people=[ROSA], roles=["projector"])
    meeting.do(DANA, "kin.describe", id="kin-jo", birth=1979)
    for who, sees in ((SAM, True), (DANA, True), (ROSA, False), (WALL, False)):
        person = meeting.board.items[who]
        view = View(meeting.board, Audience(crowd_of(meeting.board, person), "en"))
        told = "".join(render(view, target) for target in touched(meeting.board, meeting.log))
        told += json.dumps(as_seen(meeting.board, meeting.log[-1], Viewer.of(person)))
        plan = plan_of(meeting.board, on_paper(meeting.board, person), "en")["genogram"]
        told += json.dumps(plan)
        assert ("kin-jo" in told, "Uncle Jo" in told, "1979" in told) == (sees,) * 3, who
        assert "Teo" in told
        assert ("jo", "birth", "teo") in said(meeting, who) or not sees
    assert said(meeting, ROSA) == {("mother", "birth", "teo")}
    # The next meeting begins with them as the team's.
    brought = {item.id: item for item in to_bring(meeting.board)}
    assert brought["kin-jo"].shown == "team" and brought["kin-teo"].shown == "all"
    assert sum(item.kind == "bond" for item in brought.values()) == 3


def test_a_draft_is_seen_by_nobody_and_comes_with_its_lines(meeting: Meeting) -> None:
    mother = add(meeting, "Mother")
    add(meeting, "Secret", who=ROSA, of=mother, shown="own")
    assert said(meeting, ROSA) and not said(meeting)
    kept = json.dumps(record(meeting.board, meeting.log))
    assert "Secret" not in kept and "bond" not in json.loads(kept)["board"]["items"]
    read_record(json.loads(kept))
    meeting.do(ROSA, "item.show", id="kin-secret", shown="all")
    assert said(meeting) == {("mother", "birth", "secret")}
    saved = json.loads(json.dumps(record(meeting.board, meeting.log)))
    assert board_as_dict(replay("board-1", read_record(saved))) == saved["board"]
    assert len(saved["board"]["items"]["bond"]) == 1


def test_the_picture_in_words_and_in_a_second_language(meeting: Meeting) -> None:
    mother = add(meeting, "Mother", sex="woman")
    meeting.do(DANA, "kin.describe", id=mother, called="Rosa <b>&")
    add(meeting, "Mia", of=mother, how="foster")
    plan = plan_of(meeting.board, on_paper(meeting.board, meeting.board.items[ROSA]), "es")
    assert plan["genogram"]["words"] == ["Rosa <b>& es padre o madre de acogida de Mia"]
    view = View(meeting.board, Audience(Viewer("facilitator", SAM), "en"))
    assert "<b>&" not in view.genogram and "Rosa &lt;b&gt;&amp;" in view.genogram
