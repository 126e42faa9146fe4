"""What sockets are told: fragments of the page, or the events themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.board.board import Board, states
from app.board.events import Event
from app.fragments.language import translations
from app.fragments.targets import looks_alike, render, touched
from app.fragments.view import Audience, View
from app.history.sentences import sentence
from app.live.board import Follower, LiveBoard
from app.live.telling import Telling
from app.people.person import Person
from app.sight import Viewer, as_seen, may_see, seen

_EVERYONE = Viewer.crowd("network")


class Pages:
    """kinboard.v1.html: fragments, rendered once for all who see the same in one language."""

    name = "kinboard.v1.html"

    def audience(self, person: Person) -> Audience:
        return Audience(Viewer.crowd(person.role), person.lang)

    def split(self, telling: Telling, follower: Follower) -> Audience:
        own: Audience = follower.audience
        return Audience(_EVERYONE, own.lang) if telling.is_alike else own

    def happened(self, telling: Telling, audience: Audience) -> dict[str, Any]:
        live, events = telling.live, telling.events
        view = View(live.board, audience, live.here)
        return {
            "type": "event",
            "from": events[0].seq,
            "seq": events[-1].seq,
            "by": events[-1].by,
            "html": "".join(_fresh(telling, view)),
            "merges": _merges(live.board, events, audience.viewer),
            "say": _say(view, events),
        }

    def missed(self, live: LiveBoard, events: list[Event], person: Person) -> dict[str, Any]:
        view = View(live.board, self.audience(person), live.here)
        return {
            "type": "event",
            "from": events[0].seq,
            "seq": live.board.seq,
            "by": "",
            "html": "".join(render(view, target) for target in touched(live.board, events)),
            "merges": _merges(live.board, events, view.viewer),
            "say": "",
        }

    def welcome(self, live: LiveBoard, events: list[Event] | None, person: Person) -> dict:
        """What a page needs that was made at an older moment; too old, and it loads anew."""
        told: dict[str, Any] = {"type": "welcome", "seq": live.board.seq, "reset": events is None}
        if events:
            told |= self.missed(live, events, person) | {"type": "welcome"}
        return told

    def here(self, live: LiveBoard, audience: Audience) -> dict[str, Any]:
        return {"type": "soft", "html": render(View(live.board, audience, live.here), "here")}

    def loud(self, live: LiveBoard, audience: Audience) -> dict[str, Any]:
        view = View(live.board, audience, live.here)
        view.loud = live.loud
        return {"type": "soft", "html": render(view, "loud")}


class Programs:
    """kinboard.v1.json: the events themselves, as docs/protocol.md describes."""

    name = "kinboard.v1.json"

    def audience(self, person: Person) -> Viewer:
        return Viewer.crowd(person.role)

    def split(self, telling: Telling, follower: Follower) -> Viewer:
        own = Viewer.of(follower.person)
        crowd: Viewer = follower.audience
        for event in telling.events:
            for change in event.changes:
                item = telling.board.items[change.id]
                if may_see(telling.board, item, own) != may_see(telling.board, item, crowd):
                    return own
        return crowd

    def happened(self, telling: Telling, audience: Viewer) -> dict[str, Any]:
        return self._events(telling.board, telling.events, audience)

    def missed(self, live: LiveBoard, events: list[Event], person: Person) -> dict[str, Any]:
        return self._events(live.board, events, Viewer.of(person))

    def _events(self, board: Board, events: list[Event], viewer: Viewer) -> dict[str, Any]:
        return {"type": "events", "events": [as_seen(board, one, viewer) for one in events]}

    def welcome(self, live: LiveBoard, events: list[Event] | None, person: Person) -> dict:
        """The events after the one last seen; or the board itself for who has seen none."""
        told: dict[str, Any] = {"type": "welcome", "seq": live.board.seq}
        if events is None:
            told["board"] = board_as_seen(live.board, Viewer.of(person))
        else:
            told["events"] = self.missed(live, events, person)["events"]
        return told

    def here(self, live: LiveBoard, audience: Viewer) -> dict[str, Any]:
        return {"type": "here", "people": sorted(live.here)}

    def loud(self, live: LiveBoard, audience: Viewer) -> dict[str, Any]:
        return {"type": "loud", "people": live.loud}


DIALECTS = {dialect.name: dialect for dialect in (Pages(), Programs())}


def board_as_seen(board: Board, viewer: Viewer) -> dict[str, Any]:
    """The items that somebody may see, by kind, and the states of their texts."""
    items: dict[str, list[dict[str, Any]]] = {}
    for item in seen(board, viewer):
        items.setdefault(item.kind, []).append(item.as_dict())
    texts = [
        {"item": item_id, "field": field, "state": state}
        for item_id, field, state in states(board)
        if may_see(board, board.items[item_id], viewer)
    ]
    return {"seq": board.seq, "items": items, "texts": texts}


def _fresh(telling: Telling, view: View) -> Iterable[str]:
    """The fragments that do not look as they were last sent to this audience."""
    every_shown = telling.live.shown
    if telling.is_alike:
        for target in telling.targets:
            for shown in every_shown.values():
                shown.pop(target, None)
            yield render(view, target)
        return
    shown = every_shown.setdefault(view.audience, {})
    for target in telling.targets:
        html = _rendered(telling, view, target)
        if shown.get(target) != hash(html):
            shown[target] = hash(html)
            yield html


def _rendered(telling: Telling, view: View, target: str) -> str:
    if not looks_alike(telling.board, target):
        return render(view, target)
    key = (target, view.lang)
    if key not in telling.rendered:
        telling.rendered[key] = render(view, target)
    return telling.rendered[key]


def _merges(board: Board, events: Iterable[Event], viewer: Viewer) -> list[dict[str, str]]:
    return [
        event.merge.as_dict()
        for event in events
        if event.merge and may_see(board, board.items[event.merge.item], viewer)
    ]


def _say(view: View, events: list[Event]) -> str:
    """The last event in plain words, for those who hear the page; typing is not read out."""
    for event in reversed(events):
        if event.type != "words.written":
            gettext = translations(view.lang).gettext
            return sentence(view.board, event, view.viewer, gettext, view.name)
    return ""
