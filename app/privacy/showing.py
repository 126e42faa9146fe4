"""Showing what was a draft or the team's, and keeping it to the team."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.assessing.assessment import Assessment, Consensus, ratings_of
from app.board import order
from app.board.board import Board, changed, told_again
from app.board.commands import Command, ItemId, Outcome, only
from app.board.events import Change
from app.board.items import WIDTHS, Item, Showable, Shown
from app.board.refusal import Refused
from app.board.section import section_of
from app.circles.finding import finding_of
from app.circles.ties import Tie
from app.family.bonds import Bond
from app.family.kin import Kin
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
        if item.guarded:
            raise Refused("childs_own", "id")  # see app/houses/sharing.py
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
        if self.shown == "team" and item.shown == "all":
            # What is under a card stays in sight of those who lose the card.
            left = ungroup(board, item) if isinstance(item, Card) else []
            return only([changed(item, shown="team"), *left])
        if isinstance(item, Card) and item.shown == "own" and section_of(board, item.column).quiet:
            return self._wait(board, who, item)
        # While the family talks alone, its drafts come to the family first.
        is_draft = item.shown == "own" and self.shown == "all"
        wish = rules.shown(board, who, "all") if is_draft else self.shown
        return only(now_shown(board, {item.id: wish}))

    def _wait(self, board: Board, who: Person, card: Card) -> Outcome:
        """While all write quietly, a card waits until all are shown."""
        if card.quiet:
            raise Refused("still_quiet", "shown")
        return only([changed(card, quiet=rules.shown(board, who, self.shown))])


class ShareAll(Command):
    """Shows everyone all that is still the family's own."""

    name = "family_time.share"
    event = "item.shown"

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        if not who.with_family:
            raise Refused("not_allowed")

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(now_shown(board, {item.id: "all" for item in unshared(board)}))


def now_shown(board: Board, wishes: Mapping[str, Shown]) -> Iterator[Change]:
    """As `come_to_light`, with what was said to steps."""
    yield from come_to_light(board, wishes)
    for item_id in wishes:
        item = board.whole.find(Showable, item_id)
        yield from (_said(item, one) for one in said_to(board.whole, item_id))


def come_to_light(board: Board, wishes: Mapping[str, Shown]) -> Iterator[Change]:
    """Things that more people see from now on, told in full with what points to them: those who
    come to see them never heard of them. `wishes`: item id -> who sees it."""
    around: dict[str, Item] = {}
    for item_id, shown in wishes.items():
        item = board.whole.find(Showable, item_id)
        change = told_again(item)
        change.set |= {"shown": shown, "since": board.seq + 1}
        if isinstance(item, Card):
            change.set["quiet"] = ""
            head = board.whole.get(Card, item.under)
            width = WIDTHS[wishes.get(head.id, head.shown)] if head else 0
            if item.under and width < WIDTHS[shown]:
                change.set |= {"under": "", "pos": order.last(board, shelf(item.column))}
        around |= {one.id: one for one in _around(board.whole, item) if one.id not in wishes}
        yield change
    yield from map(told_again, around.values())


def _around(board: Board, item: Item) -> Iterator[Item]:
    """What points to an item."""
    for consensus in board.all(Consensus):
        if item.id == consensus.assessment or item.id in consensus.cards:
            yield consensus
    if isinstance(item, Assessment):
        yield from filter(item.counts, ratings_of(board, item.id))
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
    kin = [one for one in board.all(Kin) if item.id in (one.id, one.same_as)]
    yield from (one for one in kin if one is not item)
    ends = {item.id, *(one.id for one in kin)}
    lines: list[Tie | Bond] = [*board.all(Tie), *board.all(Bond)]
    for between in lines:
        if not ends.isdisjoint((between.one, between.other)):
            yield between
    if (finding := finding_of(board, item.id)) is not None:
        yield finding


def _said(step: Item, agreement: Agreement) -> Change:
    """What was said to a step comes into sight with it; but words of the step that were agreed
    to and changed since stay behind."""
    change = told_again(agreement)
    if isinstance(step, Step) and agreement.to != terms(step):
        change.set["to"] = ""
    return change
