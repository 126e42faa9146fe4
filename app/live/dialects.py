"""What sockets are told: fragments of the page, or the events themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from app.board.board import Board, states
from app.board.events import Event
from app.fragments.language import translations
from app.fragments.targets import gone, looks_alike, render, touched
from app.fragments.view import Audience, View
from app.history.sentences import is_shown, sentence
from app.live.board import Follower, LiveBoard
from app.live.telling import Telling
from app.people.person import Person
from app.sight import (
    EVERYONE,
    Viewer,
    as_seen,
    crowd_of,
    loses,
    may_know,
    may_read,
    may_see,
    seen,
    seen_by,
    turns_sight,
)


class Pages:
    """kinboard.v1.html: fragments, rendered once for all who see the same in one language."""

    name = "kinboard.v1.html"

    def audience(self, board: Board, person: Person) -> Audience:
        return Audience(crowd_of(board, person), person.lang)

    def returning(self, board: Board, person: Person) -> Audience:
        return self.audience(board, person)

    def split(self, telling: Telling, follower: Follower) -> Audience:
        own: Audience = follower.audience
        return _all_who_read(own.lang) if telling.is_alike else own

    def happened(self, telling: Telling, audience: Audience) -> dict[str, Any]:
        live, events = telling.live, telling.events
        view = View(live.board, audience, live.here)
        rewritten = telling.rewritten if telling.is_alike else {}
        return {
            "type": "event",
            "from": events[0].seq,
            "seq": events[-1].seq,
            "by": _by(live.board, events[-1], audience.viewer),
            "html": "".join(_fresh(telling, view, rewritten)),
            "texts": list(rewritten.values()),
            "merges": _merges(live.board, events, audience.viewer),
            "say": _say(view, events),
        }

    def missed(self, live: LiveBoard, events: list[Event], person: Person) -> dict[str, Any]:
        if any(map(turns_sight, events)):
            return self.anew(live, person)
        view = View(live.board, self.audience(live.board, person), live.here)
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

    def anew(self, live: LiveBoard, person: Person) -> dict[str, Any]:
        """The page is loaded again: what this person may see is not what it was."""
        return {"type": "welcome", "seq": live.board.seq, "reset": True}

    def here(self, live: LiveBoard, audience: Audience) -> dict[str, Any]:
        return {"type": "soft", "html": render(View(live.board, audience, live.here), "here")}

    def loud(self, live: LiveBoard, audience: Audience) -> dict[str, Any]:
        view = View(live.board, audience, live.here)
        view.loud = live.loud
        return {"type": "soft", "html": render(view, "loud")}

    def stages(self, live: LiveBoard, audience: Audience) -> dict[str, Any]:
        view = View(live.board, audience, live.here)
        return {"type": "soft", "html": render(view, "agenda") + render(view, "stage-list")}


class Programs:
    """kinboard.v1.json: the events themselves, as docs/protocol.md describes."""

    name = "kinboard.v1.json"

    def audience(self, board: Board, person: Person) -> Viewer:
        return crowd_of(board, person)

    def returning(self, board: Board, person: Person) -> Viewer:
        return Viewer.of(person)

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
        if any(map(turns_sight, events)):
            return self.anew(live, person)
        return self._events(live.board, events, Viewer.of(person))

    def _events(self, board: Board, events: list[Event], viewer: Viewer) -> dict[str, Any]:
        return {"type": "events", "events": [as_seen(board, one, viewer) for one in events]}

    def welcome(self, live: LiveBoard, events: list[Event] | None, person: Person) -> dict:
        """The events after the one last seen; or the board itself for who has seen none."""
        if events is None:
            return self.anew(live, person)
        told = self.missed(live, events, person)
        return told | {"type": "welcome", "seq": live.board.seq}

    def anew(self, live: LiveBoard, person: Person) -> dict[str, Any]:
        """The board as this person may see it, in the place of all that they were told before."""
        board = board_as_seen(live.board, Viewer.of(person))
        return {"type": "welcome", "seq": live.board.seq, "board": board}

    def here(self, live: LiveBoard, audience: Viewer) -> dict[str, Any]:
        known = seen_by(live.board, audience).items
        phones = {one.id for one in live.board.all(Person) if one.is_on_phone and one.is_in}
        return {"type": "here", "people": sorted((live.here | phones) & known.keys())}

    def loud(self, live: LiveBoard, audience: Viewer) -> dict[str, Any]:
        return {"type": "loud", "people": live.loud}

    def stages(self, live: LiveBoard, audience: Viewer) -> dict[str, Any]:
        return {"type": "stages"}


DIALECTS = {dialect.name: dialect for dialect in (Pages(), Programs())}


@cache
def _all_who_read(lang: str) -> Audience:
    return Audience(EVERYONE, lang)


def board_as_seen(board: Board, viewer: Viewer) -> dict[str, Any]:
    """The items that somebody may see, by kind, and the states of their texts."""
    items: dict[str, list[dict[str, Any]]] = {}
    for item in seen(board, viewer):
        items.setdefault(item.kind, []).append(item.as_dict())
    view = seen_by(board, viewer)
    texts = [
        {"item": item_id, "field": field, "state": state}
        for item_id, field, state in states(view)
        if may_see(view, view.items[item_id], viewer)
    ]
    return {"seq": board.seq, "items": items, "texts": texts}


def _fresh(telling: Telling, view: View, without: Collection[str]) -> Iterable[str]:
    """The fragments that do not look as they were last sent to this audience; `without` those
    that are told in another way."""
    every_shown = telling.live.shown
    if telling.is_alike:
        for target in telling.targets:
            for shown in every_shown.values():
                shown.pop(target, None)
            if target not in without:
                yield render(view, target)
        return
    shown = every_shown.setdefault(view.audience, {})
    lost = loses(telling.board, telling.events, view.viewer) if telling.board.veiled else ()
    for target in telling.targets:
        html = gone(target) if target in lost else _rendered(telling, view, target)
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
        if event.merge and may_read(board, event, event.merge.item, viewer)
    ]


def _by(board: Board, event: Event, viewer: Viewer) -> str:
    """Who did it, so that a page does not tell people of their own doings."""
    if not board.veiled:
        return event.by
    is_told = may_know(board, event, viewer) and event.by in seen_by(board, viewer).items
    return event.by if is_told else ""


def _say(view: View, events: list[Event]) -> str:
    """The last event in plain words, for those who hear the page; typing is not read out."""
    for event in reversed(events):
        if event.type != "words.written" and is_shown(view.board, event, view.viewer):
            gettext = translations(view.lang).gettext
            return sentence(view.board, event, view.viewer, gettext, view.name, view.lang)
    return ""
