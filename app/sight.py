"""Who sees what. The one place that decides it, for pages, sockets, history and exports alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.board.board import Board, changed
from app.board.events import Event
from app.board.items import Item
from app.people.knock import Knock
from app.people.person import Person, Role
from app.scale.scale import Answer, Scale


class Viewer(NamedTuple):
    """Somebody who looks; or, with no `person`, everyone of a role who looks at the same bytes."""

    role: Role
    person: str = ""

    @classmethod
    def of(cls, who: Person) -> Viewer:
        return cls(who.role, who.id)

    @classmethod
    def crowd(cls, role: Role) -> Viewer:
        """Everyone of the roles that see the same, as far as nothing is for one person alone."""
        return cls(role if role == "facilitator" else "network")


def may_see(board: Board, item: Item, viewer: Viewer) -> bool:
    """Whether an item may reach a viewer.

    - a number on the scale: its own person, and all once it is revealed; not even the
      facilitator before, whose screen may be on the wall;
    - somebody at the door: the facilitator, and they themselves;
    - how somebody came to the door: the facilitator;
    - what was withdrawn: the facilitator, who can bring it back.
    """
    if isinstance(item, Answer):
        scale = board.get(Scale, item.scale)
        shown = scale is not None and scale.revealed and not item.withdrawn
        return shown or bool(viewer.person and item.owned_by(viewer.person))
    facilitates = viewer.role == "facilitator"
    if isinstance(item, Person):
        return item.standing != "waiting" or facilitates or item.id == viewer.person
    if isinstance(item, Knock):
        return facilitates
    return not item.withdrawn or facilitates


def seen(board: Board, viewer: Viewer) -> Iterator[Item]:
    return (item for item in board.items.values() if may_see(board, item, viewer))


def hide_what_is_hidden_now(then: Board, now: Board, viewer: Viewer) -> None:
    """What somebody may not see any more they do not see in the past either."""
    hidden = [
        changed(item, withdrawn=True)
        for item in then.items.values()
        if not item.withdrawn and not may_see(now, now.items[item.id], viewer)
    ]
    if hidden:
        then.apply(Event("hidden", "", "", "", hidden, seq=then.seq + 1))


def as_seen(board: Board, event: Event, viewer: Viewer) -> dict[str, Any]:
    """The event as somebody may read it, in the form of `Event.as_dict`.

    Changes to items that they may not see are left out, but that something happened is told,
    so that sequence numbers stay without gaps. A change by which an item goes out of sight is
    told by its `withdrawn` field alone.
    """
    told = event.as_dict()
    told["changes"] = []
    hidden: set[str] = set()
    for change in event.changes:
        if may_see(board, board.items[change.id], viewer):
            told["changes"].append(change.as_dict())
            continue
        hidden.add(change.id)
        if change.set.get("withdrawn"):
            told["changes"].append(
                {"kind": change.kind, "id": change.id, "set": {"withdrawn": True}, "was": {}}
            )
    if event.merge and event.merge.item in hidden:
        told["merge"] = None
    return told
