"""One group of events on its way to all who follow a board: each frame is made once."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.board.events import Event
from app.fragments.targets import looks_alike, touched
from app.live.wire import Frame
from app.map.cards import Card
from app.people.family_time import is_alone
from app.sight import EVERYONE, all_see_all_people, may_know

if TYPE_CHECKING:
    from app.live.board import Follower, LiveBoard

log = logging.getLogger("kinboard.live")


class Telling:
    def __init__(self, live: LiveBoard, events: list[Event]) -> None:
        self.live = live
        self.board = live.board
        self.events = events
        # What looks the same for all audiences of a language: (fragment id, language) -> HTML.
        self.rendered: dict[tuple[str, str], str] = {}
        self._frames: dict[Hashable, Frame | None] = {}

    def frame(self, follower: Follower) -> Frame | None:
        """The frame for one follower; None where it could not be made."""
        dialect = follower.dialect
        audience = dialect.split(self, follower)
        key = (dialect, audience)
        if key not in self._frames:
            try:
                self._frames[key] = Frame(dialect.happened(self, audience))
            except Exception:  # what was committed stays so all the same
                log.exception("events could not be shown")
                self._frames[key] = None
        return self._frames[key]

    @cached_property
    def targets(self) -> list[str]:
        """The fragments that these events touch."""
        return touched(self.board, self.events)

    @cached_property
    def rewritten(self) -> dict[str, dict[str, Any]]:
        """The cards of which nothing but the words is new: fragment id -> what to put there.

        Most of what happens in a meeting is somebody typing; a phone on a weak connection gets
        these words alone, and its page has little to do.
        """
        if not any(event.merge for event in self.events):
            return {}
        found = {}
        for event in self.events:
            card = self.board.items[event.merge.item] if event.merge else None
            if isinstance(card, Card):
                told = {"card": card.id, "rev": card.rev, "text": card.text}
                found[f"{Card.kind}-{card.id}"] = told
        for target in touched(self.board, [event for event in self.events if not event.merge]):
            found.pop(target, None)
        return found

    @cached_property
    def is_alike(self) -> bool:
        """Whether everyone who reads one language is told the same, whatever their role."""
        return (
            not is_alone(self.board)
            and all(looks_alike(self.board, target) for target in self.targets)
            and (
                not self.board.veiled
                or all_see_all_people(self.board)
                and all(may_know(self.board, event, EVERYONE) for event in self.events)
            )
        )
