"""Where the meeting is: its stage, and the timer that all can see."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from app.board.board import Board, laid
from app.board.commands import Command, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.section import SECTIONS, section_id
from app.clock import now
from app.meetings.meeting import meeting_of
from app.people import rules
from app.people.person import Person
from app.practice.bank import question
from app.practice.loading import SHELF
from app.practice.template import Template

AGENDA = "agenda"
StageId = Annotated[str, StringConstraints(max_length=40)]
_HOURS = 8 * 3600
SPOTTED = (
    *("card", "harm", "danger", "goal", "step", "circle"),
    *("house", "housenote", "drawing", "assessment", "kin"),
)


@dataclass(slots=True, kw_only=True)
class Agenda(Item):
    """One for each board, from the first stage or timer on.

    `stage` is a stage's id in the meeting's template, "" before the first. A timer that runs has
    `ends` (UTC, ISO 8601); one that is stopped for a while has `left`, in seconds; else "" and 0.
    `spot` is the id of the item or section, and `question` that of the question
    (app/practice/bank.py), that the facilitator has put before everyone's eyes; `asked` are the
    words of a question that is in no bank.
    """

    kind: ClassVar[str] = "agenda"
    personal: ClassVar[frozenset[str]] = frozenset({"asked"})

    stage: str = ""
    ends: str = ""
    left: int = 0
    spot: str = ""
    question: str = ""
    asked: str = ""


def agenda_of(board: Board) -> Agenda:
    """The board's agenda; one that is still to begin where there is none yet."""
    return board.get(Agenda, AGENDA) or Agenda(id=AGENDA)


def template_of(board: Board, lang: str) -> Template | None:
    return SHELF.find(meeting_of(board).template, lang)


def _set(board: Board, who: Person, **values: object) -> Outcome:
    return only([laid(board, Agenda, AGENDA, who.id, **values)])


class _Leads(Command):
    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)


class GoToStage(_Leads):
    """Takes the meeting to a stage of its template; its timer does not go along.

    `was` is the stage from which the asker saw the meeting go: of two who move it at once, the
    second is told so instead of skipping a stage.
    """

    name = "stage.go"
    event = "stage.begun"

    stage: StageId
    was: StageId | None = None

    def decide(self, board: Board, who: Person) -> Outcome:
        agenda = agenda_of(board)
        template = template_of(board, "en")
        if template is None or template.stage(self.stage) is None:
            raise Refused("not_found", "stage")
        if self.was is not None and self.was != agenda.stage:
            raise Refused("moved_on", "stage")
        return _set(board, who, stage=self.stage, ends="", left=0)


class StartTimer(_Leads):
    """Starts the timer anew, for 1 to 180 minutes."""

    name = "timer.start"
    event = "timer.started"

    minutes: Annotated[int, Field(ge=1, le=180, strict=True)]

    def decide(self, board: Board, who: Person) -> Outcome:
        return _set(board, who, ends=_in(self.minutes * 60), left=0)


class ChangeTimer(_Leads):
    """Holds the timer, lets it go on, adds five minutes, or takes it away."""

    name = "timer.change"
    event = "timer.changed"

    to: Literal["hold", "go_on", "longer", "off"]

    def decide(self, board: Board, who: Person) -> Outcome:
        agenda = agenda_of(board)
        if not agenda.ends and not agenda.left:
            raise Refused("no_timer", "to")
        left = _left(agenda)
        if self.to == "hold":
            return _set(board, who, ends="", left=max(left, 1))
        if self.to == "off":
            return _set(board, who, ends="", left=0)
        more = 300 if self.to == "longer" else 0
        left = min(max(left, 0) + more, _HOURS)
        if self.to == "longer" and not agenda.ends:
            return _set(board, who, left=left)
        return _set(board, who, ends=_in(left), left=0)


class SetSpot(_Leads):
    """Puts one thing of the board before everyone's eyes, or a part of it by its name
    ("section-worries"); "" takes it away again."""

    name = "spot.set"
    event = "spot.set"

    id: Annotated[str, StringConstraints(max_length=80)]

    def decide(self, board: Board, who: Person) -> Outcome:
        is_part = self.id in map(section_id, SECTIONS)
        if self.id and not is_part and board.standing(Item, self.id).kind not in SPOTTED:
            raise Refused("not_found", "id")
        return _set(board, who, spot=self.id)


class ShowQuestion(_Leads):
    """Puts a question of the bank before everyone's eyes, each in their language; "": none."""

    name = "question.show"
    event = "question.shown"

    question: StageId

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.question and question(self.question, "en") is None:
            raise Refused("not_found", "question")
        return _set(board, who, question=self.question, asked="")


def _in(seconds: int) -> str:
    end = datetime.datetime.fromisoformat(now()) + datetime.timedelta(seconds=seconds)
    return end.isoformat(timespec="milliseconds")


def _left(agenda: Agenda) -> int:
    """Seconds until the timer ends; below zero where it is over."""
    if not agenda.ends:
        return agenda.left
    end = datetime.datetime.fromisoformat(agenda.ends)
    return round((end - datetime.datetime.fromisoformat(now())).total_seconds())
