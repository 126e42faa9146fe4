"""Raised hands: who wants to speak, in the order in which they asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.clock import now
from app.people import rules
from app.people.person import Person


@dataclass(slots=True, kw_only=True)
class Hand(Item):
    """One person's hand. `at` is when it went up (UTC, ISO 8601), "" while it is down."""

    kind: ClassVar[str] = "hand"

    person: str
    at: str = ""


def raised(board: Board) -> list[Person]:
    """Who wants to speak, first come first."""
    hands = sorted((hand for hand in board.all(Hand) if hand.at), key=lambda one: (one.at, one.id))
    people = [board.get(Person, hand.person) for hand in hands]
    return [person for person in people if person and person.is_in]


def _hand_id(person_id: str) -> str:
    return f"hand-{person_id}"


class RaiseHand(Command):
    """Asks to speak; somebody who has asked already keeps their place. The team raises it for who
    is on the telephone."""

    name = "hand.raise"
    event = "hand.raised"

    person: ItemId | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if self.person not in (None, who.id):
            rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.find(Person, self.person or who.id, "person")
        if person is not who and not (person.is_on_phone and person.is_in):
            raise Refused("not_allowed", "person")
        hand = board.get(Hand, _hand_id(person.id))
        if hand is None:
            return only([made(Hand(id=_hand_id(person.id), by=who.id, person=person.id, at=now()))])
        return Outcome() if hand.at else only([changed(hand, at=now())])


class LowerHand(Command):
    """Takes one's own hand down; the facilitator takes down anybody's who has had their turn."""

    name = "hand.lower"
    event = "hand.lowered"

    person: ItemId | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if self.person not in (None, who.id):
            rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.find(Person, self.person or who.id, "person")
        hand = board.get(Hand, _hand_id(person.id))
        return only([changed(hand, at="")]) if hand else Outcome()
