"""Somebody who is not safe to show: whom they must not reach, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.board.board import Board, changed
from app.board.commands import Command, ItemId, Outcome, only
from app.board.refusal import Refused
from app.board.words import OptionalWords
from app.circles.circle import CirclePerson
from app.people import rules
from app.people.person import Person

KEPT_ROLES = ("worker", "family", "child", "network", "projector")
KeptRole = Literal["worker", "family", "child", "network", "projector"]


class ShelterPerson(Command):
    """Keeps somebody from people in the meeting and from roles; nobody and no role: safe again.

    `id` is a person in the meeting or in the circles. Who comes later with one of the roles is
    kept away too. Nobody is kept from the facilitator.
    """

    name = "person.shelter"
    event = "person.sheltered"

    id: ItemId
    people: Annotated[list[ItemId], Field(max_length=20)] = Field(default_factory=list)
    roles: Annotated[list[KeptRole], Field(max_length=5)] = Field(default_factory=list)
    reason: OptionalWords = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        item = board.items.get(self.id)
        if not isinstance(item, Person | CirclePerson):
            raise Refused("not_found", "id")
        if isinstance(item, Person) and item.role in ("facilitator", "projector"):
            raise Refused("not_allowed", "id")
        for person_id in self.people:
            person = board.find(Person, person_id, "people")
            if person.role == "facilitator" or person.id == item.id:
                raise Refused("not_allowed", "people")
        away = sorted(set(self.people))
        roles = [role for role in KEPT_ROLES if role in self.roles]
        reason = self.reason if away or roles else ""
        return only([changed(item, away=away, away_roles=roles, away_reason=reason)])
