"""Showing what was a draft or the team's, and keeping it to the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.board import order
from app.board.board import Board, changed, told_again
from app.board.commands import Command, ItemId, Outcome, only
from app.board.events import Change
from app.board.items import WIDTHS, Item, Showable, Shown
from app.board.refusal import Refused
from app.map.cards import Card, shelf, ungroup
from app.map.statements import Goal
from app.people import rules
from app.people.family_time import unshared
from app.people.person import Person
from app.scale.scale import Scale, answers
from app.steps.steps import Agreement, Step, said_to, terms


class ShowItem(Command):
    """Says who sees something. What was shown does not become a draft again: others read it."""

    name = "item.show"
    event = "item.shown"

    id: ItemId
    shown: Shown

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        item = board.find(Showable, self.id)
        if item.shown == self.shown:
            return
        if self.shown == "own":
            raise Refused("shown_before", "shown")
        if item.shown == "family":
            # Any of the family may share it, with everyone.
            if not who.with_family or self.shown != "all":
                raise Refused("not_allowed", "shown")
            return
        if self.shown == "family" and not (who.with_family and item.shown == "own"):
            raise Refused("not_allowed", "shown")
        # A draft is shown by its writer; nobody else can point at it.
        if item.shown != "own" or self.shown == "team":
            rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        item = board.standing(Showable, self.id)
        if item.shown == self.shown:
            return Outcome()
        if item.shown == "own" and self.shown == "all":
            # While the family talks alone, its drafts come to the family first.
            return only(now_shown(board, [item], rules.shown(board, who, "all")))
        if self.shown == "team" and item.shown == "all":
            # What is under a card stays in sight of those who lose the card.
            left = ungroup(board, item) if isinstance(item, Card) else []
            return only([changed(item, shown="team"), *left])
        return only(now_shown(board, [item], self.shown))


class ShareAll(Command):
    """Shows everyone all that is still the family's own."""

    name = "family_time.share"
    event = "item.shown"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if not who.with_family:
            raise Refused("not_allowed")

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(now_shown(board, unshared(board), "all"))


def now_shown(board: Board, items: Sequence[Showable], wish: Shown) -> Iterator[Change]:
    """More people come to see these. Told in full, with what points to them: those who come to
    see them never heard of them."""
    ids = {item.id for item in items}
    for item in items:
        shown = told_again(item)
        shown.set |= {"shown": wish, "since": board.seq + 1}
        if isinstance(item, Card) and item.under and item.under not in ids:
            head = board.whole.get(Card, item.under)
            if head is None or WIDTHS[head.shown] < WIDTHS[wish]:
                column = shelf(item.column)
                shown.set |= {"under": "", "pos": order.last(board, column)}
        yield shown
    told = set(ids)
    for item in items:
        around = [one for one in _around(board.whole, item) if one.id not in told]
        told |= {one.id for one in around}
        yield from map(told_again, around)
        yield from (_said(item, one) for one in said_to(board.whole, item.id))


def _around(board: Board, item: Item) -> Iterator[Item]:
    """What points to an item."""
    for card in board.all(Card):
        if card.under == item.id:
            yield card
    for goal in board.all(Goal):
        if goal.danger == item.id:
            yield goal
    for step in board.all(Step):
        if step.goal == item.id:
            yield step
    for scale in board.all(Scale):
        if scale.goal == item.id:
            yield scale
            if scale.revealed:
                yield from answers(board, scale.id)


def _said(step: Item, agreement: Agreement) -> Change:
    """What was said to a step comes into sight with it; but words of the step that were agreed
    to and changed since stay behind."""
    change = told_again(agreement)
    if isinstance(step, Step) and agreement.to != terms(step):
        change.set["to"] = ""
    return change
