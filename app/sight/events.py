"""What happened, as somebody may know it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

from app.board.board import Board
from app.board.events import Change, Event
from app.board.items import Item, Showable
from app.people.afar import Afar
from app.people.family_time import FamilyTime
from app.people.person import Person
from app.sight.rules import LEANS, Viewer, hidden_from, is_shown_to, kept_from
from app.sight.views import FOR_TEAM, blanked, may_see, pointers, seen_by, unshown_ratings
from app.steps.steps import Agreement

# The type of an event of which somebody may know nothing but that it happened.
HIDDEN = "hidden"
# Those that tell of things, and of what hangs on them, as if they were new.
_SHOWING = ("item.shown", "house.shared")
# The fields that say who sees something.
_OPENS = ("shown", "said_by", "raters")
# With what things come into sight; what was said to a step comes with that alone.
_TOLD_WITH = LEANS | {Agreement.kind: ("step",)}


def as_seen(board: Board, event: Event, viewer: Viewer) -> dict[str, Any]:
    """The event as somebody may read it, in the form of `Event.as_dict`.

    Changes to items that they may not see are left out, but that something happened is told,
    so that sequence numbers stay without gaps. A change by which an item goes out of sight is
    told by its `withdrawn` field alone; one by which it comes into sight as if it were new.
    """
    hidden = hidden_from(board, viewer)
    told = event.as_dict()
    told["changes"] = [
        change
        for change in (_as_seen(board, event, one, viewer, hidden) for one in event.changes)
        if change
    ]
    if not may_know(board, event, viewer):
        return told | {"type": HIDDEN, "by": "", "command": "", "merge": None, "undoes": []}
    by = board.items.get(event.by)
    if by is not None and not may_see(board, by, viewer):
        told["by"] = ""
    if event.merge and not may_read(board, event, event.merge.item, viewer):
        told["merge"] = None
    return told


def _as_seen(
    board: Board, event: Event, change: Change, viewer: Viewer, hidden: frozenset[str]
) -> dict[str, Any] | None:
    item = board.items[change.id]
    if not may_read(board, event, change.id, viewer):
        if change.id in hidden:
            is_lost = "shown" in change.set and _was_seen(board, item, change, viewer)
        else:
            is_lost = bool(change.set.get("withdrawn"))
        set_ = {"withdrawn": True}
        return {"kind": change.kind, "id": change.id, "set": set_, "was": {}} if is_lost else None
    told = change.as_dict()
    is_plain = event.type not in _SHOWING and change.set.keys().isdisjoint(("shown", *FOR_TEAM))
    if is_plain and not board.veiled:
        return told
    told["set"] = _fields(change.kind, change.set, viewer, hidden)
    if change.was is not None:
        told["was"] = _fields(change.kind, change.was, viewer, hidden)
        comes_along = item.kind in LEANS and event.type in _SHOWING
        if comes_along or ("shown" in change.was and not _was_seen(board, item, change, viewer)):
            told["was"] = None
    return told if told["set"] else None


def _fields(
    kind: str, values: dict[str, Any], viewer: Viewer, hidden: frozenset[str]
) -> dict[str, Any]:
    fields = pointers(kind)
    told = {
        name: blanked(value, hidden) if name in fields else value
        for name, value in values.items()
        if viewer.leads or name not in FOR_TEAM
    }
    is_whole = "id" in values and "away" in values
    return told if viewer.leads or not is_whole else told | FOR_TEAM


def _was_seen(board: Board, item: Item, change: Change, viewer: Viewer) -> bool:
    """Whether a viewer saw something before the event that says anew who sees it."""
    if not isinstance(item, Showable) or "shown" not in (change.was or {}):
        return False
    assert change.was is not None
    was = {name: change.was[name] for name in _OPENS if name in change.was}
    before = replace(item, **was)
    return is_shown_to(before, viewer) and item.id not in kept_from(board, viewer)


def loses(board: Board, events: list[Event], viewer: Viewer) -> set[str]:
    """The fragments' ids ("kind-item") of what these events put out of a viewer's sight."""
    hidden = hidden_from(board, viewer)
    return {
        f"{change.kind}-{change.id}"
        for event in events
        for change in event.changes
        if change.id in hidden
        and "shown" in change.set
        and _was_seen(board, board.items[change.id], change, viewer)
    }


def turns_sight(event: Event) -> bool:
    """Whether an event may change what somebody sees of what happened before it."""
    if event.type in ("person.sheltered", "person.role_changed"):
        return True
    if turns_apart(event) or any(map(_joins_family, event.changes)):
        return True
    return any(
        "shown" in change.set
        and change.was is not None
        and any(change.set.get(name) != change.was.get(name) for name in _OPENS)
        for change in event.changes
    )


def _joins_family(change: Change) -> bool:
    """Whether somebody comes to those with whom the family talks alone, or goes from them."""
    was = change.was or {}
    return "with_family" in was and change.set.get("with_family") != was["with_family"]


def turns_apart(event: Event) -> bool:
    """Whether the family is alone, or no longer alone, from this event on."""
    return any(
        change.kind == FamilyTime.kind
        and "running" in (change.set.get("state"), (change.was or {}).get("state"))
        for change in event.changes
    )


def _is_before(board: Board, item_id: str, seq: int, viewer: Viewer) -> bool:
    """Whether, at a moment, something was not yet shown to as many as see it now."""
    item = board.items.get(item_id)
    if item is None:
        return False
    if isinstance(item, Showable) and seq < item.since and not item.is_own_of(viewer.person):
        return True
    bases = (getattr(item, name) for name in _TOLD_WITH.get(item.kind, ()))
    return any(_is_before(board, base, seq, viewer) for base in bases)


def may_read(board: Board, event: Event, item_id: str, viewer: Viewer) -> bool:
    """Whether what an event did to an item may reach a viewer."""
    item = board.items[item_id]
    return may_see(board, item, viewer) and not _is_before(board, item_id, event.seq, viewer)


def may_know(board: Board, event: Event, viewer: Viewer) -> bool:
    """Whether a viewer may know what kind of thing happened, and who did it."""
    board = board.whole
    if event.type == "person.sheltered" and not viewer.leads:
        return False
    seen = seen_by(board, viewer)
    for change in event.changes[:1]:
        item = board.items[change.id]
        if item.id not in seen.items:
            return "shown" in change.set and _was_seen(board, item, change, viewer)
        if isinstance(item, Person) and item.standing == "waiting":
            return may_see(board, item, viewer)
        if _is_before(board, item.id, event.seq, viewer):
            return False
    return True


def without_drafts(
    board: Board, events: list[Event], viewer: Viewer, apart: Set[str] = frozenset()
) -> list[Event]:
    """The log without what is, or was at the time, another person's draft or the family's own;
    and without the items whose ids are set `apart`.

    What was shown later begins there, as if it were new. Of an event of which nothing is left,
    only its number and its time are.
    """
    hidden = {*hidden_from(board, viewer), *unshown_ratings(board, viewer), *apart}
    drafts: set[str] = set()
    known: set[str] = set()
    kept = []
    for event in events:
        no_merge = event.merge is not None and event.merge.item in drafts | hidden
        changes = []
        for change in event.changes:
            _follow_draft(drafts, change, viewer)
            if change.id in drafts or change.id in hidden:
                continue
            away = frozenset(drafts | hidden)
            values = _fields(change.kind, change.set, viewer, away)
            was = None
            if change.was is not None and change.id in known:
                was = _fields(change.kind, change.was, viewer, away)
            known.add(change.id)
            changes.append(Change(change.kind, change.id, values, was))
        if event.changes and not changes:
            event = replace(event, type=HIDDEN, by="", command=f"hidden-{event.seq}", undoes=[])
        kept.append(replace(event, changes=changes, merge=None if no_merge else event.merge))
    return kept


def _follow_draft(drafts: set[str], change: Change, viewer: Viewer) -> None:
    """Keeps count of what is another's draft or the family's, or hangs on one, after a change."""
    bases = [change.set[name] for name in _TOLD_WITH.get(change.kind, ()) if name in change.set]
    leans_on_draft = not drafts.isdisjoint(bases)
    if change.kind == Afar.kind:  # who listens beside somebody far away is for the moment only
        drafts.add(change.id)
    elif change.was is None:
        shown = change.set.get("shown")
        is_draft = shown == "own" and change.set["by"] != viewer.person
        is_draft = is_draft or (shown == "family" and not viewer.family)
        if is_draft or leans_on_draft:
            drafts.add(change.id)
    elif change.id in drafts:
        is_told = change.set.get("shown", "own") not in ("own", "family") or bases
        if is_told and not leans_on_draft:
            drafts.discard(change.id)
