"""Statements built from parts: harm, danger, and the safety goal that answers a danger.

The parts are those of Safety-Organized Practice. A statement may be unfinished for as long as
the people need: a missing part is shown, never refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item, Showable, Shown
from app.board.refusal import Refused
from app.board.words import OptionalWords
from app.ids import new_id
from app.people import rules
from app.people.person import Person


@dataclass(slots=True, kw_only=True)
class Statement(Showable):
    """What harm, danger and goal share: named parts of free text, in speaking order."""

    parts: ClassVar[tuple[str, ...]] = ()
    shared: ClassVar[bool] = True

    @property
    def shelf(self) -> str:
        return f"{self.kind}s"

    @property
    def missing(self) -> list[str]:
        return [part for part in self.parts if not getattr(self, part).strip()]


@dataclass(slots=True, kw_only=True)
class Harm(Statement):
    """It was reported or seen that `who` did or did not do `what`, `when`, with what `effect`."""

    kind: ClassVar[str] = "harm"
    parts: ClassVar[tuple[str, ...]] = ("who", "what", "when", "effect")
    words: ClassVar[frozenset[str]] = frozenset(parts)

    who: str = ""
    what: str = ""
    when: str = ""
    effect: str = ""


@dataclass(slots=True, kw_only=True)
class Danger(Statement):
    """`worried` are worried that `caregiver` may `act` in `situation`, and then `outcome`."""

    kind: ClassVar[str] = "danger"
    parts: ClassVar[tuple[str, ...]] = ("worried", "caregiver", "act", "situation", "outcome")
    words: ClassVar[frozenset[str]] = frozenset(parts)

    worried: str = ""
    caregiver: str = ""
    act: str = ""
    situation: str = ""
    outcome: str = ""


@dataclass(slots=True, kw_only=True)
class Goal(Statement):
    """`who` will do `what`, so that `met`; shown `how_long`, seen by `seen_by`."""

    kind: ClassVar[str] = "goal"
    parts: ClassVar[tuple[str, ...]] = ("who", "what", "met", "how_long", "seen_by")
    words: ClassVar[frozenset[str]] = frozenset(parts)

    danger: str = ""
    who: str = ""
    what: str = ""
    met: str = ""
    how_long: str = ""
    seen_by: str = ""


STATEMENTS: dict[str, type[Statement]] = {"harm": Harm, "danger": Danger, "goal": Goal}


class AddStatement(Command):
    """Composes a statement. `parts` may hold any of the kind's parts; the others stay open."""

    name = "statement.add"
    event = "statement.added"

    id: NewId = Field(default_factory=new_id)
    form: Literal["harm", "danger", "goal"]
    parts: Annotated[dict[str, OptionalWords], Field(max_length=8)] = Field(default_factory=dict)
    danger: str = ""
    shown: Shown = "all"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        cls = STATEMENTS[self.form]
        unknown = [part for part in self.parts if part not in cls.parts]
        if unknown:
            raise Refused("unknown_field", "parts")
        if not any(self.parts.values()):
            raise Refused("empty", "parts")
        statement = cls(id=self.id, by=who.id, **self.parts)  # type: ignore[arg-type]
        statement.shown = rules.shown(board, who, self.shown)
        if isinstance(statement, Goal):
            statement.danger = check_danger(board, self.danger)
        elif self.danger:
            raise Refused("unknown_field", "danger")
        statement.pos = order.last(board, statement.shelf)
        return only([made(statement)])


class LinkGoal(Command):
    """Says which danger a goal answers; "" for none yet."""

    name = "goal.link"
    event = "goal.linked"

    id: ItemId
    danger: str = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Goal, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        goal = board.standing(Goal, self.id)
        return only([changed(goal, danger=check_danger(board, self.danger))])


class _OnStatement(Command):
    id: ItemId

    def find(self, board: Board) -> Statement:
        item = board.find(Item, self.id)
        if not isinstance(item, Statement):
            raise Refused("not_found", "id")
        return item


class WithdrawStatement(_OnStatement):
    """Takes a statement off the board; goals and steps that point to it keep their link."""

    name = "statement.withdraw"
    event = "statement.withdrawn"

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(self.find(board), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        statement = self.find(board)
        if statement.withdrawn:
            raise Refused("withdrawn", "id")
        return only([changed(statement, withdrawn=True)])


class RestoreStatement(_OnStatement):
    """Brings a withdrawn statement back; only the facilitator can."""

    name = "statement.restore"
    event = "statement.restored"

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(self.find(board), withdrawn=False)])


def check_danger(board: Board, danger_id: str) -> str:
    return board.standing(Danger, danger_id, "danger").id if danger_id else ""
