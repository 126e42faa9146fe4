"""Next steps, and what each named person says to them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, laid, made, told_again
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item, Showable, Shown
from app.board.refusal import Refused
from app.board.words import OptionalWords, Words
from app.circles.circle import CirclePerson
from app.ids import new_id
from app.map.statements import Goal
from app.people import rules
from app.people.person import Person

# How a step went: still open, done, done in part, not done, or no longer the right step.
Went = Literal["", "done", "partly", "not", "changed"]
Owners = Annotated[list[ItemId], Field(max_length=20)]


@dataclass(slots=True, kw_only=True)
class Step(Showable):
    """An act that one can see done. `owners` and `checker` are people in the meeting or circles.

    `due` is an ISO date or "". Without owner or date a step is unfinished, which is shown.
    `brought` is the date of the earlier meeting from which it comes ("…" where that had none),
    `done` how it went since, and `told` what there is to say about that.
    """

    kind: ClassVar[str] = "step"
    words: ClassVar[frozenset[str]] = frozenset({"what", "how"})
    needed: ClassVar[frozenset[str]] = frozenset({"what"})
    personal: ClassVar[frozenset[str]] = frozenset({"told"})

    what: str
    owners: list[str] = field(default_factory=list)
    due: str = ""
    goal: str = ""
    how: str = ""
    checker: str = ""
    done: Went = ""
    told: str = ""
    brought: str = ""

    @property
    def shelf(self) -> str:
        return "steps"

    @property
    def missing(self) -> list[str]:
        return [name for name in ("owners", "due") if not getattr(self, name)]

    def owned_by(self, person_id: str) -> bool:
        return person_id == self.by or person_id in self.owners


@dataclass(slots=True, kw_only=True)
class Agreement(Item):
    """What one owner says to a step: agrees, or what would have to change.

    `to` keeps what was agreed to, so that a step changed afterwards is asked about again.
    """

    kind: ClassVar[str] = "agreement"
    personal: ClassVar[frozenset[str]] = frozenset({"comment", "to"})

    step: str
    person: str
    says: Literal["agree", "change"]
    comment: str = ""
    to: str = ""


def terms(step: Step) -> str:
    """What somebody agrees to: the act and its date."""
    return f"{step.due} {step.what}".strip()


def agreements(board: Board, step: Step) -> list[tuple[str, Agreement | None, bool]]:
    """(owner, agreement or None, still holds) for each owner of a step."""
    result = []
    for owner in step.owners:
        agreement = board.get(Agreement, agreement_id(step.id, owner))
        if agreement and agreement.withdrawn:
            agreement = None
        holds = agreement is not None and agreement.to == terms(step)
        result.append((owner, agreement, holds))
    return result


def said_to(board: Board, step_id: str) -> list[Agreement]:
    """Everything that was said to a step."""
    return [said for said in board.all(Agreement) if said.step == step_id]


class AddStep(Command):
    """Adds a step at the end."""

    name = "step.add"
    event = "step.added"

    id: NewId = Field(default_factory=new_id)
    what: Words
    owners: Owners = Field(default_factory=list)
    due: str = ""
    goal: str = ""
    how: OptionalWords = ""
    checker: str = ""
    shown: Shown = "all"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        step = Step(
            id=self.id,
            by=who.id,
            pos=order.last(board, "steps"),
            what=self.what,
            owners=check_people(board, self.owners, "owners"),
            due=check_date(self.due),
            goal=check_goal(board, self.goal),
            how=self.how,
            checker=check_checker(board, self.checker),
            shown=rules.shown(board, who, self.shown),
        )
        return only([made(step)])


class PlanStep(Command):
    """Says who, by when, for which goal and who checks; fields that are left out stay."""

    name = "step.plan"
    event = "step.planned"

    id: ItemId
    owners: Owners | None = None
    due: str | None = None
    goal: str | None = None
    checker: str | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Step, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        step = board.standing(Step, self.id)
        values: dict[str, object] = {}
        if self.owners is not None:
            values["owners"] = check_people(board, self.owners, "owners")
        if self.due is not None:
            values["due"] = check_date(self.due)
        if self.goal is not None:
            values["goal"] = check_goal(board, self.goal)
        if self.checker is not None:
            values["checker"] = check_checker(board, self.checker)
        return only([changed(step, **values)])


class LookBackAtStep(Command):
    """Says how a step went, as it is asked at the next meeting; "" for not known yet."""

    name = "step.look_back"
    event = "step.looked_back"

    id: ItemId
    done: Went
    told: OptionalWords = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Step, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Step, self.id), done=self.done, told=self.told)])


class MoveStep(Command):
    """Moves a step behind another one, or to the top."""

    name = "step.move"
    event = "step.moved"

    id: ItemId
    after: ItemId | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Step, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        step = board.standing(Step, self.id)
        if self.after == step.id:
            raise Refused("not_found", "after")
        return only([changed(step, pos=order.behind(board, "steps", self.after, step.id))])


class WithdrawStep(Command):
    name = "step.withdraw"
    event = "step.withdrawn"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Step, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Step, self.id), withdrawn=True)])


class RestoreStep(Command):
    name = "step.restore"
    event = "step.restored"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        step = board.find(Step, self.id)
        # What was said to it was out of sight with it, so it is told again.
        said = said_to(board.whole, step.id) if step.withdrawn else []
        return only([changed(step, withdrawn=False), *map(told_again, said)])


class AgreeToStep(Command):
    """An owner agrees, or says what would have to change. A worker may note it for another."""

    name = "step.agree"
    event = "step.agreed"

    id: ItemId
    says: Literal["agree", "change"]
    comment: OptionalWords = ""
    said_by: str = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        step = board.standing(Step, self.id)
        person = owner_as(board, step, rules.speaker(board, who, self.said_by))
        if self.says == "change" and not self.comment:
            raise Refused("empty", "comment")
        values: dict[str, Any] = {"says": self.says, "comment": self.comment, "to": terms(step)}
        of = {"step": step.id, "person": person, "withdrawn": False}
        said = agreement_id(step.id, person)
        return only([laid(board, Agreement, said, who.id, **of, **values)])


def owner_as(board: Board, step: Step, person_id: str) -> str:
    """The id under which somebody owns a step: their own, or that of their place in the circles."""
    for owner in step.owners:
        place = board.get(CirclePerson, owner)
        if owner == person_id or (place and place.seat and place.seat == person_id):
            return owner
    raise Refused("not_an_owner", "id")


def agreement_id(step_id: str, person_id: str) -> str:
    return f"{step_id}.{person_id}"


def check_people(board: Board, ids: list[str], spot: str) -> list[str]:
    for person_id in ids:
        item = board.items.get(person_id)
        if item is None or item.kind not in ("person", "circle") or item.withdrawn:
            raise Refused("not_found", spot)
    return list(dict.fromkeys(ids))


def check_checker(board: Board, person_id: str) -> str:
    return check_people(board, [person_id], "checker")[0] if person_id else ""


def check_goal(board: Board, goal_id: str) -> str:
    return board.standing(Goal, goal_id, "goal").id if goal_id else ""


def check_date(text: str) -> str:
    """An ISO date, or "". Raises Refused "not_a_date"."""
    if not text:
        return ""
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("not_a_date", "due") from None
