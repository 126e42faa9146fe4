"""Questions that were prepared for a family, and come from a group supervision to its board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import PrivateAttr

from app.board import order
from app.board.board import Board, changed, laid, made
from app.board.commands import Command, ItemId, Outcome, only
from app.board.items import Showable
from app.people import rules
from app.people.person import Person
from app.stages.agenda import AGENDA, Agenda
from app.supervision.questions import NextQuestion


@dataclass(slots=True, kw_only=True)
class Prepared(Showable):
    """A question to ask, for the team's eyes; `asked`: it was put before everyone's."""

    kind: ClassVar[str] = "prepared"
    personal: ClassVar[frozenset[str]] = frozenset({"text", "whom"})
    most: ClassVar[int] = 200

    text: str
    whom: str = ""
    asked: bool = False

    @property
    def shelf(self) -> str:
        return "prepared"


class BringQuestions(Command):
    """Lays questions on the family's board, each once. The house gives this command itself."""

    name = "prepared.bring"
    event = "prepared.brought"
    internal = True

    _questions: list[NextQuestion] = PrivateAttr(default_factory=list)

    @classmethod
    def of(cls, questions: list[NextQuestion]) -> BringQuestions:
        command = cls()
        command._questions = questions
        return command

    def decide(self, board: Board, who: Person) -> Outcome:
        changes = []
        pos = board.last_pos("prepared")
        for one in self._questions:
            # They keep their ids: what is here was taken before.
            if one.id in board.items:
                continue
            pos = order.between(pos, None)
            prepared = Prepared(
                id=one.id, by=who.id, pos=pos, text=one.text, whom=one.whom, shown="team"
            )
            changes.append(made(prepared))
        return only(changes)


class AskPrepared(Command):
    """Puts a prepared question before everyone's eyes: its words alone."""

    name = "prepared.show"
    event = "prepared.shown"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        prepared = board.standing(Prepared, self.id)
        asked = laid(board, Agenda, AGENDA, who.id, question="", asked=prepared.text)
        return only([asked, changed(prepared, asked=True)])


class PutAsidePrepared(Command):
    """Takes a prepared question off the list."""

    name = "prepared.withdraw"
    event = "prepared.withdrawn"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Prepared, self.id), withdrawn=True)])
