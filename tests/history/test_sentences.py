"""The history in plain words: every kind of event has some, and hidden things have none."""

from __future__ import annotations

import pytest

from app.board.commands import COMMANDS
from app.fragments.language import translations
from app.fragments.view import Audience, View
from app.history.sentences import is_told, sentence, timeline
from app.people.person import Role
from app.sight import Viewer
from tests.boards import SAM, Meeting, usual_meeting


def told(meeting: Meeting, role: Role, person: str = "") -> list[str]:
    viewer = Viewer(role, person)
    view = View(meeting.board, Audience(viewer, "en"))
    gettext = translations("en").gettext
    return [sentence(meeting.board, one, viewer, gettext, view.name) for one in meeting.log]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_command_has_words_of_its_own(command) -> None:
    assert is_told(command.event)


@pytest.mark.parametrize("role", ["facilitator", "worker", "family", "child", "network"])
def test_a_usual_meeting_is_told_in_full_sentences(role: Role) -> None:
    sentences = told(usual_meeting(), role)
    assert all(text and "%(" not in text and "None" not in text for text in sentences)
    assert not [text for text in sentences if "changed something" in text]


def test_hidden_numbers_and_withdrawn_words_are_not_told() -> None:
    meeting = Meeting()
    rosa = meeting.join("Rosa")
    meeting.do(rosa, "card.add", id="card-1", column="worries", text="a secret worry")
    meeting.do(rosa, "card.withdraw", id="card-1")
    meeting.do(rosa, "scale.answer", number=3, reason="because of nights")

    for_family = " ".join(told(meeting, "family"))
    assert "secret" not in for_family and "3" not in for_family
    assert "Rosa gave a number on the scale" in for_family
    assert "Rosa took “a secret worry” off the board" in told(meeting, "facilitator")
    assert "Rosa gave the number 3 on the scale" in told(meeting, "family", rosa)
    meeting.do(SAM, "scale.reveal")
    assert "Rosa gave the number 3 on the scale" in told(meeting, "family")


def test_one_breath_of_typing_is_one_entry() -> None:
    meeting = Meeting()
    rosa = meeting.join("Rosa")
    meeting.do(rosa, "card.add", id="card-1", column="worries", text="I")
    for text in ("I am", "I am tired", "I am tired at night"):
        meeting.do(rosa, "words.write", id="card-1", field="text", text=text)
    shown = timeline(meeting.log)
    assert [event.type for event in shown][-2:] == ["card.added", "words.written"]
    assert shown[-1] is meeting.log[-1]
