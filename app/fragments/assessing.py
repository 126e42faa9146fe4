"""Assessments and supervision as one audience sees them, for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from babel.numbers import format_decimal

from app.assessing.assessment import (
    Assessment,
    Rating,
    consensus_about,
    consensus_of,
    rating_id,
)
from app.assessing.results import Results, results
from app.board.items import Item
from app.history.sentences import subject
from app.people.person import Person
from app.practice.tool import Tool, ToolItem
from app.practice.toolbox import TOOLBOX
from app.sight import may_see
from app.supervision.prepared import Prepared
from app.supervision.questions import NextQuestion, Supervision, supervision_of

if TYPE_CHECKING:
    from app.fragments.view import View


class Progress(NamedTuple):
    """How many of the items somebody has answered; who they are is told, what they say is not."""

    person: str
    answered: int
    items: int


@dataclass(frozen=True, slots=True)
class Own:
    """One item of a tool, and what the reader has answered to it."""

    item: ToolItem
    rating: Rating | None


class Assessing:
    """What templates ask of assessments; `v.assessing`."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.board = view.board

    @property
    def toolbox(self) -> list[Tool]:
        found = (TOOLBOX.find(one, self.view.lang) for one in TOOLBOX.ids)
        return [tool for tool in found if tool]

    @property
    def all(self) -> list[Assessment]:
        return self.board.shelf("assessments")

    def tool(self, assessment: Assessment) -> Tool:
        return assessment.tool_in(self.view.lang)

    def progress(self, assessment: Assessment) -> list[Progress]:
        given = [one for one in self.board.all(Rating) if one.assessment == assessment.id]
        asked = [one for one in assessment.raters if self.board.get(Person, one)]
        items = len(self.tool(assessment).items)
        return [
            Progress(one, sum(not r.withdrawn and r.person == one for r in given), items)
            for one in asked
        ]

    def results(self, assessment: Assessment) -> Results | None:
        """None until the answers were shown."""
        if not assessment.revealed:
            return None
        return results(self.board, assessment, self.view.lang)

    def own(self, assessment: Assessment, person: str) -> list[Own]:
        """For this person's own page alone."""
        return [
            Own(one, self.board.get(Rating, rating_id(assessment.id, one.id, person)))
            for one in self.tool(assessment).items
        ]

    def linked(self, assessment: Assessment, item: ToolItem) -> list[Item]:
        """The things of the map that an item is about, as far as they may be seen."""
        consensus = consensus_of(self.board, assessment.id).get(item.id)
        items = [self.board.items.get(one) for one in consensus.cards] if consensus else []
        return [
            one
            for one in items
            if one and not one.withdrawn and may_see(self.board, one, self.view.viewer)
        ]

    def about(self, item: Item) -> list[tuple[str, str]]:
        """(name of the tool, what it asks) of all that is linked to a thing of the map."""
        told = []
        for consensus in consensus_about(self.board, item.id):
            assessment = self.board.get(Assessment, consensus.assessment)
            if assessment and not assessment.withdrawn:
                tool = self.tool(assessment)
                asked = tool.item(consensus.item)
                told.append((tool.name, asked.text if asked else ""))
        return told

    def words(self, item: Item) -> str:
        return subject(item)

    def number(self, value: float, pattern: str = "0.##") -> str:
        return format_decimal(value, pattern, locale=self.view.lang.replace("-", "_"))


class Supervising:
    """What templates ask of a group supervision, and of questions that come from one;
    `v.supervising`."""

    def __init__(self, view: View) -> None:
        self.board = view.board

    @property
    def about(self) -> Supervision:
        return supervision_of(self.board)

    @property
    def questions(self) -> list[NextQuestion]:
        return self.board.shelf("nextquestions")

    @property
    def to_take(self) -> list[NextQuestion]:
        return [one for one in self.questions if one.is_to_take]

    @property
    def prepared(self) -> list[Prepared]:
        return self.board.shelf("prepared")
