"""Coming in: asking, being let in, changing one's name, being muted, being removed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.board import order
from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.refusal import Refused
from app.board.words import Name, OptionalLine, OptionalName
from app.people import rules
from app.people.knock import Device, Knock, knock_id
from app.people.person import Person, Role

# "en", "pt-BR", "zh-Hant": what a person reads. The pages fall back where none is shipped.
Lang = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
GivenRole = Literal["worker", "family", "child", "network"]


class AskToJoin(Command):
    """Somebody stands at the door. The house gives this command itself, for who used the code."""

    name = "person.ask"
    event = "person.asked"
    internal = True

    id: NewId
    called: Name
    relation: OptionalName = ""
    pronouns: OptionalName = ""
    lang: Lang = "en"
    joins_by: Literal["", "remote"] = ""
    role: Role = "family"
    standing: Literal["waiting", "in"] = "waiting"
    # What the facilitator knows them by, see Knock.
    phrase: OptionalName = ""
    device: Device = ""
    invitation: OptionalName = ""
    invited_as: OptionalLine = ""
    at: OptionalName = ""

    def decide(self, board: Board, who: Person) -> Outcome:
        person = Person(
            id=self.id,
            by=self.id,
            name=self.called,
            relation=self.relation,
            pronouns=self.pronouns,
            lang=self.lang,
            joins_by=self.joins_by,
            role=self.role,
            standing=self.standing,
            pos=order.last(board, "people"),
        )
        knock = Knock(
            id=knock_id(self.id),
            by=self.id,
            person=self.id,
            phrase=self.phrase,
            device=self.device,
            invitation=self.invitation,
            invited_as=self.invited_as,
            at=self.at,
        )
        return only([made(person), made(knock)])


class _OnPerson(Command):
    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def other(self, board: Board, who: Person) -> Person:
        person = board.find(Person, self.id)
        if person.id == who.id or person.role in ("facilitator", "projector"):
            raise Refused("not_allowed", "id")
        return person


class AdmitPerson(_OnPerson):
    """Lets somebody in and confirms their role."""

    name = "person.admit"
    event = "person.admitted"

    role: GivenRole = Field(default="family")

    def decide(self, board: Board, who: Person) -> Outcome:
        person = self.other(board, who)
        rules.may_come_as(board, self.role)
        if person.is_in and person.role == self.role:
            return Outcome()
        change = made(person)
        # Told in full: until now only the facilitator knew of this person.
        change.was = person.as_dict()
        change.set |= {"standing": "in", "role": self.role}
        if self.role == "worker":
            change.set["with_family"] = False
        return only([change])


class ChangeRole(_OnPerson):
    name = "person.role"
    event = "person.role_changed"

    role: GivenRole

    def decide(self, board: Board, who: Person) -> Outcome:
        rules.may_come_as(board, self.role)
        person = self.other(board, who)
        stays = person.with_family and self.role != "worker"
        return only([changed(person, role=self.role, with_family=stays)])


class RemovePerson(_OnPerson):
    """Sends somebody out, or away from the door; their open pages close."""

    name = "person.remove"
    event = "person.removed"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(self.other(board, who), standing="removed")])


class MutePerson(_OnPerson):
    """From now on this person reads only; what they wrote stays."""

    name = "person.mute"
    event = "person.muted"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(self.other(board, who), muted=True)])


class UnmutePerson(_OnPerson):
    name = "person.unmute"
    event = "person.unmuted"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(self.other(board, who), muted=False)])


class DescribeMyself(Command):
    """Changes what one wants to be called, and the language one reads."""

    name = "person.describe"
    event = "person.described"

    called: Name | None = None
    relation: OptionalName | None = None
    pronouns: OptionalName | None = None
    lang: Lang | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        given = self.model_dump(exclude_none=True)
        if "called" in given:
            given["name"] = given.pop("called")
        return only([changed(who, **given)])


class Leave(Command):
    """Goes for good; what they wrote stays."""

    name = "person.leave"
    event = "person.left"
    when_closed = True

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if who.role == "facilitator":
            raise Refused("not_allowed")

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(who, standing="left")])
