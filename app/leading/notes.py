"""The facilitator's own notes: for nobody else's eyes (app/sight), and on no paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from app.board import texts
from app.board.board import Board, changed, made
from app.board.commands import Command, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import WORDS_LIMIT, OptionalWords
from app.people import rules
from app.people.person import Person


@dataclass(slots=True, kw_only=True)
class Note(Item):
    """One for each stage, and one for the meeting as a whole, whose `stage` is ""."""

    kind: ClassVar[str] = "note"
    personal: ClassVar[frozenset[str]] = frozenset({"text"})

    stage: str = ""
    text: str = ""

    @property
    def is_veiled(self) -> bool:
        return True


def note_id(stage: str) -> str:
    return f"note-on-{stage}" if stage else "note-of-meeting"


class WriteNote(Command):
    """Keeps a note as it is by now. `was` is what its writer started from: what was written on
    another device in between is kept."""

    name = "note.write"
    event = "note.written"

    stage: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9-]{1,39})?$")] = ""
    text: OptionalWords
    was: OptionalWords | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        note = board.get(Note, note_id(self.stage))
        if note is None:
            note = Note(id=note_id(self.stage), by=who.id, stage=self.stage, text=self.text)
            return only([made(note)]) if self.text else Outcome()
        text = self.text
        if self.was is not None and self.was != note.text:
            text = texts.merge(self.was, text, note.text)
        if len(text) > WORDS_LIMIT:
            raise Refused("too_long", "text", limit=WORDS_LIMIT)
        return only([changed(note, text=text)])
