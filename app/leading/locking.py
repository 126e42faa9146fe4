"""Closing parts of the board for writing, and opening them again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from app.board.board import Board, laid
from app.board.commands import Command, Outcome, only
from app.board.events import Change
from app.board.section import Section, SectionName, section_id
from app.people import rules
from app.people.person import Person

Sections = Annotated[list[SectionName], Field(min_length=1, max_length=6)]


class _OnSections(Command):
    sections: Sections
    locked: ClassVar[bool]

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        names = dict.fromkeys(self.sections)
        return only(said_of(board, who, name, locked=self.locked) for name in names)


class LockSections(_OnSections):
    """For now only the facilitator and workers write in these parts; everyone reads."""

    name = "section.lock"
    event = "section.locked"
    locked = True


class UnlockSections(_OnSections):
    name = "section.unlock"
    event = "section.unlocked"
    locked = False


def said_of(board: Board, who: Person, name: str, **values: bool) -> Change:
    """The change that says something of a part of the board."""
    return laid(board, Section, section_id(name), who.id, **values)
