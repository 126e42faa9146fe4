"""People far away: who is not in the room, who listens beside them, and who is on the telephone
only (docs/people-far-away.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import Name, OptionalName
from app.clock import now
from app.ids import new_id
from app.people import rules
from app.people.joining import GivenRole, Lang
from app.people.person import Person


@dataclass(slots=True, kw_only=True)
class Afar(Item):
    """What somebody who is not in the room last said: whether they are `alone` there. For them
    and the facilitator only; it stands in no history, replay or record. `at` is UTC, ISO 8601."""

    kind: ClassVar[str] = "afar"

    person: str
    alone: bool = False
    at: str = ""

    @property
    def is_veiled(self) -> bool:
        return True


def afar_id(person_id: str) -> str:
    return f"afar-{person_id}"


class TellAlone(Command):
    """Somebody who is not in the room says whether anybody is beside them."""

    name = "afar.tell"
    event = "afar.told"

    alone: bool = Field(strict=True)

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if who.joins_by != "remote":
            raise Refused("not_allowed")
        before = board.get(Afar, afar_id(who.id))
        if before is None:
            told = Afar(id=afar_id(who.id), by=who.id, person=who.id, alone=self.alone, at=now())
            return only([made(told)])
        is_same = before.alone == self.alone
        return Outcome() if is_same else only([changed(before, alone=self.alone, at=now())])


class PlacePerson(Command):
    """Says that somebody is in the room, or somewhere else: they themselves, or the team."""

    name = "person.place"
    event = "person.placed"

    id: ItemId
    joins_by: Literal["", "remote"]

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if self.id != who.id:
            rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.find(Person, self.id)
        if person.is_on_phone or person.role == "projector" or not person.is_in:
            raise Refused("not_allowed", "id")
        return only([changed(person, joins_by=self.joins_by)])


class CallIn(Command):
    """Somebody takes part by telephone alone: they are in the meeting without a page, and the
    team writes for them."""

    name = "phone.add"
    event = "phone.added"

    id: NewId = Field(default_factory=new_id)
    called: Name
    relation: OptionalName = ""
    role: GivenRole = "family"
    lang: Lang = "en"

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        rules.may_come_as(board, self.role)
        person = Person(
            id=self.id,
            by=who.id,
            name=self.called,
            relation=self.relation,
            role=self.role,
            lang=self.lang,
            standing="in",
            joins_by="phone",
            pos=order.last(board, "people"),
        )
        return only([made(person)])
