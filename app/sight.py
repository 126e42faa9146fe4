"""Who sees what. The one place that decides it, for pages, sockets, history and exports alike.

What somebody may not see is not on the board as they see it (`seen_by`), and what points to it
points nowhere there. Pages are drawn from that board, and commands are decided on it
(`decide_for`): so a hidden thing is the same as a missing one, whatever asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple, get_type_hints

from app.board.board import Board, changed
from app.board.commands import Command, decide
from app.board.events import Change, Event
from app.board.items import KINDS, Item, Sheltered, Showable
from app.board.refusal import Refused
from app.circles.circle import CirclePerson
from app.people.person import LEADERS, Person, Role
from app.scale.scale import Answer, Scale
from app.steps.steps import Agreement

_NOBODY: frozenset[str] = frozenset()
_FOR_TEAM: dict[str, Any] = {"away": [], "away_roles": [], "away_reason": ""}
# The type of an event of which somebody may know nothing but that it happened.
HIDDEN = "hidden"


class Viewer(NamedTuple):
    """Somebody who looks; or, as `crowd_of` makes it, everyone who sees the same.

    `kept` are the people whom a crowd must not see; None: it is worked out from role and person.
    """

    role: Role
    person: str = ""
    kept: frozenset[str] | None = None

    @classmethod
    def of(cls, who: Person) -> Viewer:
        return cls(who.role, who.id)

    @property
    def leads(self) -> bool:
        return self.role in LEADERS


EVERYONE = Viewer("network", "", _NOBODY)
FACILITATOR = Viewer("facilitator", "", _NOBODY)


def crowd_of(board: Board, who: Person) -> Viewer:
    """All who see the same as somebody; equal for those who may be sent the same bytes."""
    if not board.veiled:
        return FACILITATOR if who.role == "facilitator" else EVERYONE
    viewer = Viewer.of(who)
    role: Role = who.role if who.leads else "network"
    crowd = Viewer(role, "", kept_from(board, viewer))
    for item in board.veiled.values():
        if isinstance(item, Showable) and _is_shown(item, viewer) != _is_shown(item, crowd):
            return crowd._replace(person=who.id)
    return crowd


# -- what is hidden --------------------------------------------------------------------------


def kept_from(board: Board, viewer: Viewer) -> frozenset[str]:
    """The ids of those in the meeting and in the circles who must not reach a viewer.

    Who sits in the meeting and stands in the circles is one person: both are kept.
    """
    if viewer.kept is not None or viewer.role == "facilitator":
        return viewer.kept or _NOBODY
    kept = {
        item.id
        for item in board.veiled.values()
        if isinstance(item, Sheltered)
        and (viewer.person in item.away or viewer.role in item.away_roles)
    }
    if not kept:
        return _NOBODY
    places = [place for place in board.all(CirclePerson) if place.seat]
    kept |= {place.seat for place in places if place.id in kept}
    kept |= {place.id for place in places if place.seat in kept}
    if viewer.person:
        kept -= {place.id for place in places if place.seat == viewer.person}
        kept.discard(viewer.person)
    return frozenset(kept)


def _is_shown(item: Showable, viewer: Viewer) -> bool:
    """A draft to who wrote it; what is the team's to the team and to whose words it holds."""
    if item.shown == "own":
        return bool(viewer.person) and item.by == viewer.person
    return item.shown == "all" or viewer.leads or item.is_by(viewer.person)


def all_see_all_people(board: Board) -> bool:
    """Whether names, and the colours that go with them, are the same for everyone."""
    return not any(isinstance(item, Sheltered) for item in board.veiled.values())


def hidden_from(board: Board, viewer: Viewer) -> frozenset[str]:
    """The ids of all that may not even be known to a viewer."""
    if not board.veiled:
        return _NOBODY
    hidden = set(kept_from(board, viewer))
    for item in board.veiled.values():
        if isinstance(item, Showable) and not _is_shown(item, viewer):
            hidden.add(item.id)
    if hidden:
        hidden |= {answer.id for answer in board.all(Answer) if answer.person in hidden}
        for said in board.all(Agreement):
            if said.person in hidden or said.step in hidden:
                hidden.add(said.id)
    return frozenset(hidden)


def may_see(board: Board, item: Item, viewer: Viewer) -> bool:
    """Whether an item may reach a viewer: it is on the board as they see it, and

    - a number on the scale: its own person, and all once it is revealed; not even the
      facilitator before, whose screen may be on the wall;
    - somebody at the door: the facilitator, and they themselves;
    - what was withdrawn: the facilitator, who can bring it back.
    """
    if item.id not in seen_by(board, viewer).items:
        return False
    if isinstance(item, Answer):
        scale = board.get(Scale, item.scale)
        shown = scale is not None and scale.revealed and not item.withdrawn
        return shown or bool(viewer.person and item.owned_by(viewer.person))
    facilitates = viewer.role == "facilitator"
    if isinstance(item, Person):
        return item.standing != "waiting" or facilitates or item.id == viewer.person
    return not item.withdrawn or facilitates


# -- the board as somebody sees it -----------------------------------------------------------


def seen_by(board: Board, viewer: Viewer) -> Board:
    """The board without what is hidden from a viewer; the board itself where nothing is.

    Only for reading. A board that is somebody's view already stays as it is.
    """
    if not board.veiled or board.whole is not board:
        return board
    known = board.views.get(viewer)
    if known is None:
        known = board.views[viewer] = _view(board, hidden_from(board, viewer), viewer)
    return known


def seen_as(board: Board, viewer: Viewer, over: Viewer) -> Board:
    """The board as `viewer` sees it, for `over` who looks over their shoulder: no more than both
    may see."""
    hidden = hidden_from(board, viewer) | hidden_from(board, over)
    unshown = frozenset(one.id for one in board.all(Answer) if not may_see(board, one, over))
    view = _view(board, hidden, viewer)
    # Who has given a number is known to all; the number itself only to who gave it.
    return view.view(frozenset(), {id: _numberless(view.items[id]) for id in unshown - hidden})


def _numberless(answer: Item) -> Item:
    assert isinstance(answer, Answer)
    return replace(answer, number=-1, reason="", by="")


def seen_then(then: Board, now: Board, viewer: Viewer) -> Board:
    """The past as somebody may see it: without what is hidden now, or was hidden then, as a
    draft was. Changes `then`."""
    gone = [
        changed(item, withdrawn=True)
        for item in then.items.values()
        if not item.withdrawn and not may_see(now, now.items[item.id], viewer)
    ]
    if gone:
        then.apply(Event("gone", "", "", "", gone, seq=then.seq + 1))
    hidden = hidden_from(now, viewer) | hidden_from(then, viewer)
    return _view(then, hidden, viewer)


def _view(board: Board, hidden: frozenset[str], viewer: Viewer) -> Board:
    instead: dict[str, Item] = {}
    for item in board.items.values() if hidden else board.veiled.values():
        if item.id in hidden:
            continue
        values = {}
        for name in _pointers(item.kind) if hidden else ():
            value = getattr(item, name)
            if value and (blank := _blanked(value, hidden)) != value:
                values[name] = blank
        if isinstance(item, Sheltered) and item.is_sheltered and not viewer.leads:
            values |= _FOR_TEAM
        if values:
            instead[item.id] = replace(item, **values)
    return board.view(hidden, instead) if hidden or instead else board


def _blanked(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [one for one in value if one not in hidden]
    return "" if value in hidden else value


@cache
def _pointers(kind: str) -> tuple[str, ...]:
    """The fields of a kind that can hold the id of something else."""
    cls = KINDS[kind]
    hints = get_type_hints(cls)
    free = {"id", "pos", "born", "rev", "kind", "away_reason", *cls.words}
    return tuple(
        name for name, hint in hints.items() if hint in (str, list[str]) and name not in free
    )


def seen(board: Board, viewer: Viewer) -> Iterator[Item]:
    board = seen_by(board, viewer)
    return (item for item in board.items.values() if may_see(board, item, viewer))


# -- what happened, as somebody may know it --------------------------------------------------


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
    if not board.veiled and change.set.keys().isdisjoint(("shown", *_FOR_TEAM)):
        return told
    told["set"] = _fields(change.kind, change.set, viewer, hidden)
    if change.was is not None:
        told["was"] = _fields(change.kind, change.was, viewer, hidden)
        if event.type == "item.shown" and not _was_seen(board, item, change, viewer):
            told["was"] = None
    return told if told["set"] else None


def _fields(
    kind: str, values: dict[str, Any], viewer: Viewer, hidden: frozenset[str]
) -> dict[str, Any]:
    pointers = _pointers(kind)
    told = {
        name: _blanked(value, hidden) if name in pointers else value
        for name, value in values.items()
        if viewer.leads or name not in _FOR_TEAM
    }
    is_whole = "id" in values and "away" in values
    return told if viewer.leads or not is_whole else told | _FOR_TEAM


def _was_seen(board: Board, item: Item, change: Change, viewer: Viewer) -> bool:
    """Whether a viewer saw something before the event that says anew who sees it."""
    if not isinstance(item, Showable) or "shown" not in (change.was or {}):
        return False
    assert change.was is not None
    before = replace(item, shown=change.was["shown"])
    return _is_shown(before, viewer) and item.id not in kept_from(board, viewer)


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
    return event.type in ("item.shown", "person.sheltered", "person.role_changed")


def _is_before(board: Board, item_id: str, seq: int, viewer: Viewer) -> bool:
    """Whether, at a moment, something was not yet shown to as many as see it now."""
    item = board.items[item_id]
    if isinstance(item, Agreement):
        item = board.items[item.step]
    return isinstance(item, Showable) and seq < item.since and item.by != viewer.person


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


def on_paper(board: Board, who: Person) -> Viewer:
    """Who somebody's printed plan is for: it is passed on, so it holds no drafts, nothing that is
    for the team, and nobody who must not reach them."""
    return EVERYONE._replace(kept=kept_from(board, Viewer.of(who)))


def without_drafts(board: Board, events: list[Event], viewer: Viewer) -> list[Event]:
    """The log without what is, or was at the time, another person's draft.

    What was shown later begins there, as if it were new.
    """
    hidden = set(hidden_from(board, viewer))
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
        kept.append(replace(event, changes=changes, merge=None if no_merge else event.merge))
    return kept


def _follow_draft(drafts: set[str], change: Change, viewer: Viewer) -> None:
    """Keeps count of what is another's draft, or hangs on one, after a change."""
    if change.was is None:
        is_draft = change.set.get("shown") == "own" and change.set["by"] != viewer.person
        if is_draft or change.set.get("step") in drafts:
            drafts.add(change.id)
    elif change.id in drafts:
        told = change.set.get("shown", change.set.get("step"))
        if told is not None and told != "own" and told not in drafts:
            drafts.discard(change.id)


# -- what somebody asks for ------------------------------------------------------------------


def decide_for(
    who: Person, command: Command, command_id: str, board: Board, at: str
) -> Event | None:
    """Permission, rule, event, on the board as the person sees it. Raises Refused."""
    seen = seen_by(board, Viewer.of(who))
    event = decide(command, command_id, seen, who, at)
    if event and seen is not board:
        for change in event.changes:
            _mean(board, seen, change)
    return event


def _mean(board: Board, seen: Board, change: Change) -> None:
    """Puts back into a change what its maker could not see: it is theirs neither to keep nor to
    take away."""
    item, view = board.items.get(change.id), seen.items.get(change.id)
    if change.was is None:
        if item is not None:
            raise Refused("exists", "id")
        return
    if item is None or view is None or view is item:
        return
    for name, was in change.was.items():
        real = getattr(item, name)
        if was == real:
            continue
        wish, shown = change.set.get(name), getattr(view, name)
        if wish == shown:
            change.set[name] = real
        elif isinstance(wish, list):
            change.set[name] = [*wish, *(one for one in real if one not in shown)]
        change.was[name] = real
