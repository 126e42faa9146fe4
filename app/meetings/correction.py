"""Corrections: all that a closed meeting still takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from app.board import order
from app.board.board import Board, made
from app.board.commands import Command, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import Words
from app.ids import new_id
from app.meetings.meeting import meeting_of
from app.people import rules
from app.people.person import Person


@dataclass(slots=True, kw_only=True)
class Correction(Item):
    """What the facilitator adds after the end; nobody changes it or takes it back.

    `about` is the id of the item that it puts right, or "" for the meeting as a whole.
    """

    kind: ClassVar[str] = "correction"
    personal: ClassVar[frozenset[str]] = frozenset({"text"})

    text: str
    about: str = ""

    @property
    def shelf(self) -> str:
        return "corrections"


class AddCorrection(Command):
    """Adds a correction below the others. While a meeting is open, one changes the thing itself."""

    name = "correction.add"
    event = "correction.added"
    when_closed = True

    id: NewId = Field(default_factory=new_id)
    text: Words
    about: str = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if meeting_of(board).state != "closed":
            raise Refused("not_closed")
        if self.id in board.items:
            raise Refused("exists", "id")
        about = board.find(Item, self.about, "about").id if self.about else ""
        correction = Correction(id=self.id, by=who.id, text=self.text, about=about)
        correction.pos = order.last(board, correction.shelf)
        return only([made(correction)])
