"""What a child shares of their houses, takes back, and brings to the map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, made, told_again
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.events import Change
from app.board.refusal import Refused
from app.houses.making import child_of, is_own
from app.houses.things import (
    ROOMS,
    ChildsOwn,
    House,
    HouseNote,
    Room,
    all_of,
    house_id,
    inside,
    strokes,
)
from app.ids import new_id
from app.map.cards import Card, Column, shelf, ungroup
from app.people import rules
from app.people.person import Person

# Where a child's words go on the map, unless another column is named.
COLUMN_OF: dict[Room, Column] = {"worries": "worries", "good": "working", "dreams": "needs"}

# They stand in the same order whichever is shared first.
_PLACES: dict[Room, str] = {"good": "a0", "worries": "a1", "dreams": "a2"}

# One event tells of no more than a record holds in one (app/export/record.py).
_MOST_AT_ONCE = 1500


class _OfHouses(Command):
    """About one thing (`item`), all in one house (`house`), or all of a child's."""

    child: Annotated[str, Field(max_length=80)] = ""
    house: Room | None = None
    item: ItemId | None = None

    def allow(self, board: Board, who: Person) -> None:
        child_of(board, who, self.child)
        if self.item:
            is_own(board.find(ChildsOwn, self.item, "item"), who, "item")

    def chosen(self, board: Board, who: Person) -> list[ChildsOwn]:
        """What is meant of the child's things that are this person's to share: a child's are all
        of them, a grown-up's those which they made together."""
        child = child_of(board, who, self.child)
        if self.item:
            thing = board.standing(ChildsOwn, self.item, "item")
            return [thing] if thing.child == child else []
        things = inside(board, self.house, child) if self.house else all_of(board, child)
        return [thing for thing in things if thing.is_own_of(who.id)]


class ShareHouse(_OfHouses):
    """Shows it to everyone, as the child's own. A grown-up who made it together with the child
    says with `leave` that the child said yes; that is kept."""

    name = "house.share"
    event = "house.shared"

    leave: bool = False

    def decide(self, board: Board, who: Person) -> Outcome:
        things = [thing for thing in self.chosen(board, who) if thing.shown != "all"]
        is_child = who.id == child_of(board, who, self.child)
        if things and not is_child and not self.leave:
            raise Refused("needs_leave", "leave")
        changes = []
        for thing in things:
            # Told in full, with what is drawn on it: nobody else has heard of it yet.
            shown = told_again(thing)
            leave = "" if is_child else who.id
            shown.set |= {"shown": "all", "since": board.seq + 1, "leave": leave}
            changes.append(shown)
            changes += map(told_again, strokes(board, thing.id))
        if len(changes) > _MOST_AT_ONCE:
            raise Refused("too_many", "house", limit=_MOST_AT_ONCE)
        return only([*changes, *_standing(board, things, who)])


def _standing(board: Board, things: list[ChildsOwn], who: Person) -> Iterator[Change]:
    """The houses in which something is shared stand on the board."""
    for room in ROOMS:
        child = next((thing.child for thing in things if thing.house == room), "")
        if not child:
            continue
        house = board.get(House, house_id(room, child))
        if house is None:
            house = House(id=house_id(room, child), by=who.id, child=child, house=room)
            house.pos = _PLACES[room]
            yield made(house)
        elif house.withdrawn:
            yield changed(house, withdrawn=False)


class TakeBack(_OfHouses):
    """Hides it from everyone else again, with the cards that were made from it. What people have
    read they have read. A child's yes can be taken back at any time: also while others may not
    write, and after the meeting."""

    name = "house.take_back"
    event = "house.taken_back"
    when_closed = True

    def decide(self, board: Board, who: Person) -> Outcome:
        return hide(board, [one for one in self.chosen(board, who) if one.shown == "all"])


class RemoveFromHouse(Command):
    """Takes a note or a drawing out of its house; what was shared is hidden with it."""

    name = "house.remove"
    event = "house.removed"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        is_own(board.find(ChildsOwn, self.id), who, "id")

    def decide(self, board: Board, who: Person) -> Outcome:
        thing = board.standing(ChildsOwn, self.id)
        return hide(board, [thing], withdrawn=True)


def hide(board: Board, things: list[ChildsOwn], **values: bool) -> Outcome:
    changes = [changed(thing, shown="own", leave="", **values) for thing in things]
    hidden = {thing.id for thing in things}
    for thing in things:
        for card_id in thing.cards if isinstance(thing, HouseNote) else ():
            card = board.whole.get(Card, card_id)
            if card and not card.withdrawn:
                # The child's own from now on, so that nobody else can bring it back.
                own = changed(card, withdrawn=True, shown="own", by=thing.child)
                changes += [own, *ungroup(board.whole, card)]
    for house_of in {(thing.house, thing.child) for thing in things}:
        left = inside(board.whole, *house_of)
        house = board.whole.get(House, house_id(*house_of))
        if house and not any(one.shown == "all" and one.id not in hidden for one in left):
            changes.append(changed(house, withdrawn=True))
    return only(changes)


class TakeToMap(Command):
    """Makes a card of a note that is shared; the words stay the child's."""

    name = "house.card"
    event = "card.added"

    id: NewId = Field(default_factory=new_id)
    note: ItemId
    column: Column | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        note = board.find(HouseNote, self.note, "note")
        if not who.leads:
            is_own(note, who, "note")

    def decide(self, board: Board, who: Person) -> Outcome:
        note = board.standing(HouseNote, self.note, "note")
        if self.id in board.items:
            raise Refused("exists", "id")
        if note.shown != "all":
            raise Refused("share_first", "note")
        if len(note.cards) >= 20:
            raise Refused("too_many", "note")
        column = self.column or COLUMN_OF[note.house]
        card = Card(id=self.id, by=who.id, column=column, text=note.text, said_by=note.child)
        card.pos = order.last(board, shelf(column))
        return only([made(card), changed(note, cards=[*note.cards, card.id])])
