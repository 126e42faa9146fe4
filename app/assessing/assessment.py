"""A structured assessment in a meeting: each answers apart, then all answers are shown together.

What is asked comes from a tool (app/practice/tool.py). The whole definition is kept with the
answers, in every language, so that a tool which changes later does not change what was answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from app.board.board import Board
from app.board.items import Item, Showable
from app.practice.reading import nearest
from app.practice.tool import Tool, ToolItem

# So many may answer one tool.
MOST_RATERS = 20


def _check_definitions(definitions: dict[str, str]) -> dict[str, str]:
    """Raises ValueError for what no tool can have been, as in a forged record."""
    tools = [Tool.model_validate_json(text) for text in definitions.values()]
    if not tools or any(list(tool.flaws()) for tool in tools):
        raise ValueError("not a tool")
    if len({tool.shape for tool in tools}) > 1 or {tool.language for tool in tools} != set(
        definitions
    ):
        raise ValueError("its languages do not fit together")
    return definitions


Definitions = Annotated[dict[str, str], AfterValidator(_check_definitions)]


@dataclass(slots=True, kw_only=True)
class Assessment(Showable):
    """A tool that was opened. `definitions` holds it as JSON: language -> text. `raters` are the
    ids of those who answer; until it is `revealed`, each sees only their own answers (app/sight).
    It is the team's, and for those who answer, until it is shown to everyone.
    """

    kind: ClassVar[str] = "assessment"
    most: ClassVar[int] = 40

    tool: str
    version: str
    definitions: Definitions
    raters: list[str] = field(default_factory=list)
    revealed: bool = False

    @property
    def shelf(self) -> str:
        return "assessments"

    def is_by(self, person_id: str) -> bool:
        return bool(person_id) and (person_id == self.by or person_id in self.raters)

    def counts(self, rating: Rating) -> bool:
        """Whether an answer is shown to all: not that of somebody who is not asked any more."""
        return self.revealed and rating.person in self.raters

    def tool_in(self, lang: str) -> Tool:
        return _read(self.definitions[nearest(self.definitions, lang)])

    def item(self, item_id: str) -> ToolItem | None:
        return self.tool_in("en").item(item_id)


@lru_cache(maxsize=200)
def _read(definition: str) -> Tool:
    return Tool.model_validate_json(definition)


@dataclass(slots=True, kw_only=True)
class Rating(Item):
    """What one person answers to one item: the answer's id, and words of their own."""

    kind: ClassVar[str] = "rating"
    personal: ClassVar[frozenset[str]] = frozenset({"note"})
    # 20 people, 60 items, a few tools.
    most: ClassVar[int] = 5000

    assessment: str
    item: str
    person: str
    answer: str
    note: str = ""

    def owned_by(self, person_id: str) -> bool:
        return self.person == person_id


@dataclass(slots=True, kw_only=True)
class Consensus(Item):
    """What belongs to one item of an assessment for all: the `cards` on the map that it is about,
    and, after talking, the answer that was agreed on, with the reason."""

    kind: ClassVar[str] = "consensus"
    personal: ClassVar[frozenset[str]] = frozenset({"reason"})

    assessment: str
    item: str
    answer: str = ""
    reason: str = ""
    cards: list[str] = field(default_factory=list)


def ratings_of(board: Board, assessment_id: str) -> list[Rating]:
    return [one for one in board.all(Rating) if one.assessment == assessment_id and one.answer]


def consensus_of(board: Board, assessment_id: str) -> dict[str, Consensus]:
    """By the id of the tool's item."""
    return {one.item: one for one in board.all(Consensus) if one.assessment == assessment_id}


def consensus_about(board: Board, card_id: str) -> list[Consensus]:
    """What is linked to a card, or another thing of the map."""
    return [one for one in board.all(Consensus) if card_id in one.cards]


def rating_id(assessment_id: str, item_id: str, person_id: str) -> str:
    return f"{assessment_id}.{item_id}.{person_id}"


def consensus_id(assessment_id: str, item_id: str) -> str:
    return f"{assessment_id}.{item_id}"
