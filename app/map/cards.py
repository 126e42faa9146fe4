"""Cards on the three-column map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.board import order
from app.board.board import Board, changed, made, told_again
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.events import Change
from app.board.items import Showable, Shown
from app.board.refusal import Refused
from app.board.section import section_of
from app.board.words import Words
from app.ids import new_id
from app.people import rules
from app.people.person import Person

Column = Literal["worries", "working", "needs"]
COLUMNS: tuple[Column, ...] = ("worries", "working", "needs")

PARKING = "parking"

Sort = Literal["", "harm", "danger", "complicating", "strength", "safety"]
SORTS: dict[str, tuple[str, ...]] = {
    "worries": ("harm", "danger", "complicating"),
    "working": ("strength", "safety"),
    "needs": (),
}


@dataclass(slots=True, kw_only=True)
class Card(Showable):
    """Somebody's words. `said_by` spoke them, `by` wrote them down; `under` groups it."""

    kind: ClassVar[str] = "card"
    words: ClassVar[frozenset[str]] = frozenset({"text"})
    needed: ClassVar[frozenset[str]] = frozenset({"text"})

    column: Column
    text: str
    sort: Sort = ""
    said_by: str = ""
    under: str = ""
    # Whom it is meant for while it waits for the others to be shown (app/privacy/quiet.py).
    quiet: Literal["", "all", "team", "family"] = ""
    # Put aside for later; it keeps its column, and what is grouped under it.
    parked: bool = False

    @property
    def shelf(self) -> str:
        return PARKING if self.parked else shelf(self.column, self.under)

    def owned_by(self, person_id: str) -> bool:
        return person_id in (self.by, self.said_by)


def shelf(column: str, under: str = "") -> str:
    return f"under-{under}" if under else f"column-{column}"


def can_head(head: Card, card: Card) -> bool:
    """Whether a card may be grouped under another: all who see it have to find it there."""
    on_top = not (head.under or head.withdrawn or head.parked) and head.id != card.id
    return on_top and head.is_as_wide_as(card)


def grouped_under(board: Board, card: Card) -> list[Card]:
    return board.shelf(shelf(card.column, card.id))


class AddCard(Command):
    """Adds a card at the end of a column."""

    name = "card.add"
    event = "card.added"

    id: NewId = Field(default_factory=new_id)
    column: Column
    text: Words
    sort: Sort = ""
    said_by: str = ""
    shown: Shown = "all"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        check_sort(self.column, self.sort)
        card = Card(
            id=self.id,
            by=who.id,
            column=self.column,
            text=self.text,
            sort=self.sort,
            said_by=rules.speaker(board, who, self.said_by),
            shown=rules.shown(board, who, self.shown),
        )
        if card.shown != "own" and section_of(board, self.column).quiet:
            card.quiet, card.shown = card.shown, "own"
        card.pos = order.last(board, card.shelf)
        return only([made(card)])


class _OnCard(Command):
    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Card, self.id), who)


class SortCard(_OnCard):
    """Marks a worry as harm, danger or complicating factor; what works as strength or safety."""

    name = "card.sort"
    event = "card.sorted"

    sort: Sort

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        check_sort(card.column, self.sort)
        return only([changed(card, sort=self.sort)])


class CreditCard(_OnCard):
    """Says whose words a card holds."""

    name = "card.credit"
    event = "card.credited"

    said_by: ItemId

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        said_by = rules.speaker(board, who, self.said_by)
        if card.shown == "all" or said_by == card.said_by:
            return only([changed(card, said_by=said_by)])
        # Whose words they are may see a card of the team: told in full, as they never heard of it.
        change = told_again(card)
        change.set["said_by"] = said_by
        return only([change])


class MoveCard(_OnCard):
    """Moves a card behind another one (`after`; none: to the top), or groups it (`under`)."""

    name = "card.move"
    event = "card.moved"

    column: Column
    after: ItemId | None = None
    under: str = ""

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        if self.under:
            head = board.standing(Card, self.under, "under")
            if head.column != self.column or not can_head(head, card):
                raise Refused("not_a_group", "under")
        target = shelf(self.column, self.under)
        if self.after == card.id:
            raise Refused("not_found", "after")
        pos = order.behind(board, target, self.after, card.id)
        if self.under and self.after is None:
            pos = order.last(board, target)
        sort = card.sort if card.sort in SORTS[self.column] else ""
        values = {"column": self.column, "under": self.under, "pos": pos, "sort": sort}
        moved = changed(card, **values, parked=False)
        return only([moved, *self._followers(board, card, pos)])

    def _followers(self, board: Board, card: Card, pos: str) -> list[Change]:
        """The cards grouped under this one come along, or go to the end of its new group."""
        followers = []
        end = max(pos, board.last_pos(shelf(self.column, self.under)) or pos)
        for child in grouped_under(board.whole, card):
            sort = child.sort if child.sort in SORTS[self.column] else ""
            if self.under:
                end = order.between(end, None)
                values = {"under": self.under, "pos": end}
            else:
                values = {}
            followers.append(changed(child, column=self.column, sort=sort, **values))
        return followers


class GroupCards(_OnCard):
    """Puts several cards of a column under one of them, with what is grouped under each."""

    name = "card.group"
    event = "card.grouped"

    cards: Annotated[list[ItemId], Field(min_length=1, max_length=40)]

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        for card_id in self.cards:
            rules.changes(board.find(Card, card_id, "cards"), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        head = board.standing(Card, self.id)
        target = shelf(head.column, head.id)
        end, changes = board.whole.last_pos(target), []
        for card_id in dict.fromkeys(self.cards):
            card = board.standing(Card, card_id, "cards")
            if card.column != head.column or not can_head(head, card):
                raise Refused("not_a_group", "cards")
            for one in (card, *grouped_under(board.whole, card)):
                end = order.between(end, None)
                changes.append(changed(one, under=head.id, pos=end, parked=False))
        return only(changes)


class ParkCard(_OnCard):
    """Puts a card aside for later, with what is grouped under it; it is not taken off the board."""

    name = "card.park"
    event = "card.parked"

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        if card.parked:
            return Outcome()
        return only([changed(card, parked=True, under="", pos=order.last(board, PARKING))])


class UnparkCard(_OnCard):
    """Brings a parked card back, to the end of its column."""

    name = "card.unpark"
    event = "card.unparked"

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        if not card.parked:
            return Outcome()
        return only([changed(card, parked=False, pos=order.last(board, shelf(card.column)))])


class WithdrawCard(_OnCard):
    """Takes a card off the board; it stays in the log and can be brought back."""

    name = "card.withdraw"
    event = "card.withdrawn"

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.standing(Card, self.id)
        return only([changed(card, withdrawn=True), *ungroup(board, card)])


class RestoreCard(Command):
    """Brings a withdrawn card back; only the facilitator can."""

    name = "card.restore"
    event = "card.restored"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        card = board.find(Card, self.id)
        head = board.get(Card, card.under) if card.under else None
        lost_group = bool(card.under) and (head is None or not can_head(head, card))
        under = "" if lost_group else card.under
        column = head.column if head and under else card.column
        return only([changed(card, withdrawn=False, under=under, column=column)])


def ungroup(board: Board, head: Card) -> list[Change]:
    """Cards under a withdrawn one take its place in the column, so that none is lost to sight."""
    left, right = board.neighbours(head.shelf, head.id, head.id)
    changes = []
    for child in grouped_under(board.whole, head):
        left = order.between(left, right)
        changes.append(changed(child, under=head.under, pos=left, parked=head.parked))
    return changes


def check_sort(column: str, sort: str) -> None:
    if sort and sort not in SORTS[column]:
        raise Refused("not_a_choice", "sort")
