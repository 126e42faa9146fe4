"""The meeting itself: made, opened, closed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from app.board.board import Board, changed, made
from app.board.commands import Command, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.section import Section
from app.board.words import Line, Name, OptionalLine, OptionalName, OptionalWords
from app.people import rules
from app.people.joining import Lang
from app.people.person import Person
from app.practice.loading import SHELF
from app.scale.scale import SAFETY_SCALE, Scale

MEETING = "meeting"
State = Literal["prepared", "open", "closed"]


@dataclass(slots=True, kw_only=True)
class Meeting(Item):
    """`date` is an ISO date or ""; `lang` is the language of the projector and of the export;
    `template` names its stages (app/practice). `greeting` is all that people at the door read of
    the meeting. While it is `locked`, only the facilitator and workers write. A group supervision
    is for `workers_only`, from its first moment on and for good.
    """

    kind: ClassVar[str] = "meeting"
    personal: ClassVar[frozenset[str]] = frozenset({"title", "purpose", "greeting", "contact"})

    title: str
    purpose: str = ""
    date: str = ""
    lang: str = "en"
    template: str = "family-team"
    state: State = "prepared"
    greeting: str = ""
    # Whom people far away call when the technology fails: a name and a number.
    contact: str = ""
    locked: bool = False
    workers_only: bool = False


def meeting_of(board: Board) -> Meeting:
    return board.find(Meeting, MEETING)


def may_write_now(board: Board, who: Person) -> None:
    """Raises Refused "closed", "locked" or "muted" while this person may only read."""
    meeting = meeting_of(board)
    if meeting.state == "closed":
        raise Refused("closed")
    if meeting.locked and not who.leads:
        raise Refused("locked")
    if who.muted:
        raise Refused("muted")


IsoDate = Annotated[str, StringConstraints(max_length=10)]
TemplateId = Annotated[str, StringConstraints(max_length=40)]


class CreateMeeting(Command):
    """The first event of every board: the meeting, its scale, its facilitator, its projector."""

    name = "meeting.create"
    event = "meeting.created"
    internal = True

    title: Line
    purpose: OptionalWords = ""
    date: IsoDate = ""
    lang: Lang = "en"
    template: TemplateId = "family-team"
    facilitator: NewId
    facilitator_called: Name
    projector: NewId
    projector_called: OptionalName = "Projector"

    def decide(self, board: Board, who: Person) -> Outcome:
        meeting = Meeting(
            id=MEETING,
            by=self.facilitator,
            title=self.title,
            purpose=self.purpose,
            date=check_date(self.date),
            lang=self.lang,
            template=check_template(self.template),
            workers_only=is_for_workers(self.template),
        )
        facilitator = Person(
            id=self.facilitator,
            by=self.facilitator,
            name=self.facilitator_called,
            lang=self.lang,
            role="facilitator",
            standing="in",
            pos="a0",
        )
        projector = Person(
            id=self.projector,
            by=self.facilitator,
            name=self.projector_called,
            lang=self.lang,
            role="projector",
            standing="in",
            pos="a1",
        )
        scale = Scale(id=SAFETY_SCALE, by=self.facilitator, pos="a0")
        return only([made(meeting), made(facilitator), made(projector), made(scale)])


class _Facilitates(Command):
    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)


class EditMeeting(_Facilitates):
    """Changes title, purpose, date, language, template, greeting or contact; what is left out
    stays."""

    name = "meeting.edit"
    event = "meeting.edited"

    title: Line | None = None
    purpose: OptionalWords | None = None
    date: IsoDate | None = None
    lang: Lang | None = None
    template: TemplateId | None = None
    greeting: OptionalWords | None = None
    contact: OptionalLine | None = None

    def decide(self, board: Board, who: Person) -> Outcome:
        given = self.model_dump(exclude_none=True)
        if "date" in given:
            given["date"] = check_date(given["date"])
        if "template" in given:
            check_template(given["template"])
            # Who may see what was written is not changed by the kind of meeting.
            if is_for_workers(given["template"]) != meeting_of(board).workers_only:
                raise Refused("not_a_choice", "template")
        return only([changed(meeting_of(board), **given)])


class OpenMeeting(_Facilitates):
    """From now on people can ask to come in. A closed meeting stays closed."""

    name = "meeting.open"
    event = "meeting.opened"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(meeting_of(board), state="open")])


class CloseMeeting(_Facilitates):
    """For good: only corrections can be added. All can still read and export.

    What waits in quiet writing stays with its writers: it was meant to be shown by the
    facilitator's own act, when all look at it together, and not by the end of a meeting that may
    have been broken off.
    """

    name = "meeting.close"
    event = "meeting.closed"
    when_closed = True

    def decide(self, board: Board, who: Person) -> Outcome:
        quiet = [changed(one, quiet=False) for one in board.all(Section) if one.quiet]
        return only([changed(meeting_of(board), state="closed"), *quiet])


class LockMeeting(_Facilitates):
    """For now only the facilitator and workers write; everyone reads."""

    name = "meeting.lock"
    event = "meeting.locked"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(meeting_of(board), locked=True)])


class UnlockMeeting(_Facilitates):
    name = "meeting.unlock"
    event = "meeting.unlocked"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(meeting_of(board), locked=False)])


def check_date(text: str) -> str:
    """An ISO date, or "". Raises Refused "not_a_date"."""
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refused("not_a_date", "date") from None


def check_template(template_id: str) -> str:
    """Raises Refused "not_a_choice" where no template has this id."""
    if template_id not in SHELF.ids:
        raise Refused("not_a_choice", "template")
    return template_id


def is_for_workers(template_id: str) -> bool:
    """Whether a kind of meeting is for workers only, as group supervision is."""
    template = SHELF.find(template_id, "en")
    return template is not None and template.for_workers
