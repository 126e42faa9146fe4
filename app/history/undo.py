"""Taking back one's own last change."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import PrivateAttr

from app.board import texts
from app.board.board import Board, changed, told_again
from app.board.commands import Command, Outcome
from app.board.events import Change, Event
from app.board.items import Showable
from app.board.refusal import Refused
from app.map.cards import Card, can_head, grouped_under, ungroup
from app.people import rules
from app.people.person import Person
from app.steps.steps import Step, said_to
from app.writing.write import rewritten

# People come and go, and what was shown cannot be unseen: these stay.
_NOT_UNDONE = (
    *("person.", "meeting.", "correction.", "stage.", "timer.", "spot.", "question.", "hand."),
    *("scale.revealed", "undone", "house.shared", "house.taken_back", "house.removed"),
    # A drawing has an undo of its own.
    *("house.drawing_begun", "house.drawn", "house.rubbed_out"),
    *("section.", "quiet.", "note.", "wall."),
    *("tool.", "supervision.", "nextquestion.taken", "prepared."),
    *("family_time.", "afar.", "phone."),
)
# Typing reaches the log in small pieces; pieces this close together are taken back as one.
_SAME_BREATH = datetime.timedelta(seconds=20)


class Undo(Command):
    """Takes back the last change that this person made and has not taken back yet."""

    name = "undo"
    event = "undone"

    _own: list[Event] = PrivateAttr(default_factory=list)

    def with_log(self, own: list[Event]) -> Undo:
        """The same, knowing this person's last events, newest first, as the house read them."""
        command = Undo()
        command._own = own
        return command

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        run = last_run([event for event in self._own if _is_there(board, event)])
        if not run:
            raise Refused("nothing_to_undo")
        if run[0].type == "item.shown":
            raise Refused("shown_before")
        if any(_is_before_shown(board, event) for event in run):
            raise Refused("changed_since")
        outcome = _unwrite(board, run) if run[0].merge else _reverse(board, run[0])
        outcome.undoes = [event.seq for event in run]
        return outcome


def _is_there(board: Board, event: Event) -> bool:
    """Whether the person still sees what the event was about."""
    return not event.changes or event.changes[0].id in board.items


def _is_before_shown(board: Board, event: Event) -> bool:
    """Whether more people came to see the item afterwards: words that were taken out of a draft
    must not come back before everyone's eyes."""
    return any(
        isinstance(item, Showable) and event.seq < item.since
        for item in (board.items.get(change.id) for change in event.changes)
    )


def last_run(own: list[Event]) -> list[Event]:
    """The last event to take back, newest first; for typing, all of it that was one breath."""
    undone = {seq for event in own for seq in event.undoes}
    open_events = [
        event for event in own if event.seq not in undone and not event.type.startswith(_NOT_UNDONE)
    ]
    if not open_events:
        return []
    run = open_events[:1]
    for event in open_events[1:]:
        if not _same_breath(event, run[-1]):
            break
        run.append(event)
    return run


def _same_breath(earlier: Event, later: Event) -> bool:
    one, two = earlier.merge, later.merge
    if not one or not two or (one.item, one.field) != (two.item, two.field):
        return False
    if not earlier.changes or not later.changes:
        return False
    gap = datetime.datetime.fromisoformat(later.at) - datetime.datetime.fromisoformat(earlier.at)
    # Where somebody else wrote in between, the later piece started from other words.
    return gap < _SAME_BREATH and _after(earlier) == _before(later)


def _after(event: Event) -> Any:
    return event.changes[0].set[event.merge.field] if event.merge else None


def _before(event: Event) -> Any:
    was = event.changes[0].was
    return was[event.merge.field] if event.merge and was else None


def _reverse(board: Board, event: Event) -> Outcome:
    """The opposite of an event. Raises Refused "changed_since" where others built on it."""
    changes = []
    # Heads that come out of a group again, with what was under them.
    out = {one.id for one in event.changes if one.was and one.was.get("under") == ""}
    for change in reversed(event.changes):
        item = board.whole.items[change.id]
        if change.was is None:
            if isinstance(item, Card) and (card := board.get(Card, item.id)):
                if grouped_under(board, card):
                    raise Refused("changed_since")
                changes += [] if card.withdrawn else ungroup(board, card)
            changes.append(changed(item, withdrawn=True))
            continue
        if any(getattr(item, name) != value for name, value in change.set.items()):
            if change.id not in board.items:  # somebody's draft that came along, and went on
                continue
            raise Refused("changed_since")
        head = board.whole.get(Card, change.was.get("under") or "")
        if head and head.id not in out and isinstance(item, Card) and not can_head(head, item):
            raise Refused("changed_since")
        changes.append(Change(change.kind, change.id, change.was, dict(change.set)))
        if isinstance(item, Step) and item.withdrawn:
            changes += map(told_again, said_to(board.whole, item.id))
    return Outcome(changes)


def _unwrite(board: Board, run: list[Event]) -> Outcome:
    """Takes out the words of a run; what others wrote in the same text stays."""
    newest, oldest = run[0], run[-1]
    assert newest.merge
    item = board.items[newest.merge.item]
    if item.withdrawn or not newest.changes or not oldest.changes:
        raise Refused("changed_since")
    field = newest.merge.field
    now = getattr(item, field)
    new = texts.merge(_after(newest), _before(oldest), now)
    return rewritten(board, item, field, new)
