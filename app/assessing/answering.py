"""Opening a tool, answering it apart, showing all answers, and what comes of talking."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.assessing.assessment import (
    MOST_RATERS,
    Assessment,
    Consensus,
    Rating,
    consensus_id,
    rating_id,
    ratings_of,
)
from app.board import order
from app.board.board import Board, changed, laid, made, told_again
from app.board.commands import Command, ItemId, Outcome, only
from app.board.items import Shown
from app.board.refusal import Refused
from app.board.words import OptionalWords
from app.ids import new_id
from app.people import rules
from app.people.person import Person
from app.practice.tool import Tool
from app.practice.toolbox import TOOLBOX

# With an item's and a person's id behind it, it still has to be an id.
NewAssessmentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{6,32}$")]
Raters = Annotated[list[ItemId], Field(max_length=MOST_RATERS)]
Cards = Annotated[list[ItemId], Field(max_length=20)]
PartOf = Annotated[str, StringConstraints(max_length=20)]
# What an item can be about.
LINKED = ("card", "harm", "danger", "goal", "step")


class OpenTool(Command):
    """Opens a tool. The facilitator chooses who answers; else it is everyone who works here."""

    name = "tool.open"
    event = "tool.opened"

    id: NewAssessmentId = Field(default_factory=new_id)
    tool: Annotated[str, StringConstraints(max_length=40)]
    raters: Raters | None = None
    shown: Shown = "team"

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)
        if self.raters is not None:
            rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        if self.shown not in ("team", "all"):
            raise Refused("not_a_choice", "shown")
        versions = TOOLBOX.versions(self.tool)
        if not versions:
            raise Refused("not_found", "tool")
        wished = professionals(board) if self.raters is None else self.raters
        assessment = Assessment(
            id=self.id,
            by=who.id,
            pos=order.last(board, "assessments"),
            tool=self.tool,
            version=next(iter(versions.values())).version,
            definitions={lang: one.model_dump_json() for lang, one in versions.items()},
            raters=_check_raters(board, wished),
            shown=self.shown,
        )
        return only([made(assessment)])


def professionals(board: Board) -> list[str]:
    """The workers; the facilitator alone, who is neutral, where there are none."""
    inside = [one for one in board.shelf("people") if one.is_in]
    workers = [one.id for one in inside if one.role == "worker"][:MOST_RATERS]
    return workers or [one.id for one in inside if one.role == "facilitator"]


def _check_raters(board: Board, wished: list[str]) -> list[str]:
    """Each once, and all of them let in. Raises Refused."""
    raters = list(dict.fromkeys(wished))
    if not raters:
        raise Refused("empty", "raters")
    for one in raters:
        person = board.find(Person, one, "raters")
        if not person.is_in or person.role == "projector":
            raise Refused("not_found", "raters")
    return raters


class _OnAssessment(Command):
    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def hidden(self, board: Board) -> Assessment:
        """The assessment, while its answers are hidden."""
        assessment = board.standing(Assessment, self.id)
        if assessment.revealed:
            raise Refused("answers_shown", "id")
        return assessment


class AskToRate(_OnAssessment):
    """Says anew who answers, until the answers are shown. What somebody has answered who is not
    asked any more does not count."""

    name = "tool.ask"
    event = "tool.asked"

    raters: Raters

    def decide(self, board: Board, who: Person) -> Outcome:
        assessment = self.hidden(board)
        raters = _check_raters(board, self.raters)
        if raters == assessment.raters:
            return Outcome()
        # Told in full: somebody may never have heard of it.
        change = told_again(assessment)
        change.set["raters"] = raters
        return only([change])


class Rate(Command):
    """Answers one item, for oneself alone; again, as long as the answers are hidden."""

    name = "tool.rate"
    event = "tool.rated"

    id: ItemId
    item: PartOf
    answer: PartOf
    note: OptionalWords = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if who.id not in board.find(Assessment, self.id).raters:
            raise Refused("not_allowed")

    def decide(self, board: Board, who: Person) -> Outcome:
        assessment = board.standing(Assessment, self.id)
        if assessment.revealed:
            raise Refused("answers_shown", "id")
        _check_answer(assessment, self.item, self.answer)
        mine = rating_id(self.id, self.item, who.id)
        values = {"answer": self.answer, "note": self.note, "withdrawn": False}
        of = {"assessment": self.id, "item": self.item, "person": who.id}
        return only([laid(board, Rating, mine, who.id, **of, **values)])


def _check_answer(assessment: Assessment, item_id: str, answer: str) -> None:
    tool: Tool = assessment.tool_in("en")
    item = tool.item(item_id)
    if item is None:
        raise Refused("not_found", "item")
    if tool.choice(item, answer) is None:
        raise Refused("not_a_choice", "answer")


class RevealTool(_OnAssessment):
    """Shows all answers together, to everyone who sees the assessment."""

    name = "tool.reveal"
    event = "tool.revealed"

    def decide(self, board: Board, who: Person) -> Outcome:
        assessment = board.standing(Assessment, self.id)
        if assessment.revealed:
            return Outcome()
        asked = board.whole.find(Assessment, assessment.id).raters
        given = [one for one in ratings_of(board.whole, assessment.id) if one.person in asked]
        if not given:
            raise Refused("nothing_to_show", "id")
        # Told again in full: those who follow the log could not see them before.
        return Outcome([changed(assessment, revealed=True), *map(told_again, given)])


class WithdrawTool(_OnAssessment):
    """Takes away a tool that was opened by mistake; not once its answers were shown."""

    name = "tool.withdraw"
    event = "tool.withdrawn"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(self.hidden(board), withdrawn=True)])


class _OnItem(Command):
    id: ItemId
    item: PartOf

    def consensus(self, board: Board, who: Person, **values: object) -> Outcome:
        """What is held of the item, with other values."""
        held, of = consensus_id(self.id, self.item), {"assessment": self.id, "item": self.item}
        return only([laid(board, Consensus, held, who.id, **of, **values)])


class AgreeOnAnswer(_OnItem):
    """Notes what all agreed on after talking; "" takes it away. Nobody's own answer changes."""

    name = "tool.agree"
    event = "tool.agreed"

    answer: PartOf
    reason: OptionalWords = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        assessment = board.standing(Assessment, self.id)
        if not assessment.revealed:
            raise Refused("answers_hidden", "id")
        if self.answer:
            _check_answer(assessment, self.item, self.answer)
        elif assessment.item(self.item) is None:
            raise Refused("not_found", "item")
        return self.consensus(board, who, answer=self.answer, reason=self.reason)


class LinkItem(_OnItem):
    """Says which cards, statements and steps of the board an item is about: all of them."""

    name = "tool.link"
    event = "tool.linked"

    cards: Cards

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        assessment = board.standing(Assessment, self.id)
        if assessment.item(self.item) is None:
            raise Refused("not_found", "item")
        cards = list(dict.fromkeys(self.cards))
        for one in cards:
            linked = board.items.get(one)
            if linked is None or linked.kind not in LINKED or linked.withdrawn:
                raise Refused("not_found", "cards")
        return self.consensus(board, who, cards=cards)
