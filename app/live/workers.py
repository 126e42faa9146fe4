"""Several workers, one meeting: what they tell each other of a board, and what they make of it.

Events travel sealed, as they stand in the log; whoever has missed one reads the log. Who is here
and who is typing is soft: it is said again, and forgotten when it is not.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from app.access.limits import SHARED, Limits
from app.board.items import Shown
from app.ids import new_id
from app.live.board import LiveBoard
from app.live.news import News
from app.store.seal import NotSealed, Seal
from app.store.store import read_event

if TYPE_CHECKING:
    from app.live.commit import Commits

log = logging.getLogger("kinboard.workers")

# Looks up in the database what others did to some boards.
Look = Callable[[list[LiveBoard]], Coroutine[Any, Any, None]]

# Seconds after which who is here is said again, and after which a silent worker's people are gone.
_SAY_EVERY, _GONE_AFTER = 5.0, 16.0
# In the place of a board's id: news for every worker.
_ALL = ""


class Workers:
    """This worker among the others. `id` is its own, new with each start."""

    def __init__(
        self, news: News, seal: Seal, boards: dict[str, LiveBoard], limits: Limits
    ) -> None:
        self.id = new_id()
        self._news = news
        self._seal = seal
        self._boards = boards
        self._limits = limits
        self._commits: Commits
        self._look: Look
        self._said_at: dict[str, float] = {}
        # What is being taken in; kept, so that no task is lost half-way.
        self._busy: set[asyncio.Task[None]] = set()

    def start(self, commits: Commits, look: Look) -> None:
        self._commits, self._look = commits, look
        self._news.follow(_ALL)
        for name in SHARED:
            getattr(self._limits, name).tell = partial(self._spent, name)
        self._news.start(self._heard, self._followed)

    async def stop(self) -> None:
        await self._news.stop()

    @property
    def are_apart(self) -> bool:
        """Whether news does not reach the others just now: they look in the database instead."""
        return self._news.is_away

    # -- saying ----------------------------------------------------------------------------

    def follow(self, live: LiveBoard) -> None:
        live.outside = self
        self._news.follow(live.board.id)

    def leave(self, live: LiveBoard) -> None:
        self._news.leave(live.board.id)
        self._said_at.pop(live.board.id, None)

    def wrote(self, live: LiveBoard, first: int, bodies: Sequence[bytes]) -> None:
        """Events were committed: from which number on, and as they stand in the log."""
        told = [base64.b64encode(body).decode() for body in bodies]
        self._tell(live, "events", first=first, epoch=live.board.epoch, bodies=told)

    def relay(self, live: LiveBoard, told: dict[str, Any], by: str, about: str, shown: str) -> None:
        soft = {"told": told, "by": by, "about": about, "shown": shown}
        said = orjson.dumps(soft | {"seq": live.board.seq, "epoch": live.board.epoch})
        sealed = self._seal.close(said, "news", live.board.id)
        self._tell(live, "soft", sealed=base64.b64encode(sealed).decode())

    def here(self, live: LiveBoard) -> None:
        self._said_at[live.board.id] = time.monotonic()
        self._tell(live, "here", people=sorted(live.sitting))

    def loud(self, live: LiveBoard, person_id: str) -> None:
        self._tell(live, "loud", person=person_id)

    def look(self, live: LiveBoard) -> None:
        """Something about the board was changed beside its log."""
        self._tell(live, "look")

    def say_again(self) -> None:
        """Who is here, for boards where that was last said a while ago."""
        for board_id, live in self._boards.items():
            said_at = self._said_at.get(board_id, 0.0)
            if live.followers and time.monotonic() - said_at > _SAY_EVERY:
                self.here(live)
            live.forget_silent(time.monotonic())

    def _spent(self, name: str, key: str) -> None:
        """Somebody guessed wrong, or flooded; sealed, as the key may be an address."""
        said = orjson.dumps({"worker": self.id, "limit": name, "key": key})
        self._news.tell(_ALL, self._seal.close(said, "news", _ALL))

    def _tell(self, live: LiveBoard, kind: str, **more: Any) -> None:
        said = orjson.dumps({"worker": self.id, "kind": kind, **more})
        self._news.tell(live.board.id, said)

    def _followed(self, board_id: str) -> None:
        """From now on news is heard: who was here before says so, and so do we."""
        if live := self._boards.get(board_id):
            self._tell(live, "ask")
            self.here(live)

    # -- hearing ---------------------------------------------------------------------------

    def _heard(self, board_id: str, said: bytes) -> None:
        live = self._boards.get(board_id)
        try:
            if board_id == _ALL:
                self._count(orjson.loads(self._seal.open(said, "news", _ALL)))
            elif live and not live.is_gone:
                self._take(live, orjson.loads(said))
        except (ValueError, KeyError, TypeError, NotSealed):
            log.warning("news that is none was heard of board %s", board_id)

    def _count(self, spent: dict[str, str]) -> None:
        if spent["worker"] != self.id and spent["limit"] in SHARED:
            getattr(self._limits, spent["limit"]).was_spent(spent["key"])

    def _take(self, live: LiveBoard, news: dict[str, Any]) -> None:
        if news["worker"] == self.id:
            return
        match news["kind"]:
            case "events":
                bodies = [base64.b64decode(body) for body in news["bodies"]]
                self._do(self._take_events(live, news["epoch"], news["first"], bodies))
            case "soft":
                place = ("news", live.board.id)
                soft = orjson.loads(self._seal.open(base64.b64decode(news["sealed"]), *place))
                self._do(self._take_soft(live, soft))
            case "here":
                until = time.monotonic() + _GONE_AFTER
                live.are_elsewhere(news["worker"], set(news["people"]), until)
            case "ask":
                if live.followers:
                    self.here(live)
            case "loud":
                live.is_loud(news["person"], here=False)
            case "look":
                self._do(self._look([live]))

    async def _take_events(
        self, live: LiveBoard, epoch: int, first: int, bodies: list[bytes]
    ) -> None:
        async with live.settled() as board:
            last = first + len(bodies) - 1
            if epoch == board.epoch and first <= board.seq + 1 <= last:
                fresh = range(board.seq + 1, last + 1)
                live.take_in(
                    [read_event(self._seal, board.id, seq, bodies[seq - first]) for seq in fresh]
                )
                return
        if epoch != live.board.epoch or first > live.board.seq + 1:
            await self._commits.catch_up(live)  # something was not heard

    async def _take_soft(self, live: LiveBoard, soft: dict[str, Any]) -> None:
        """After the events that came before it, as these may change who may know of it; where
        they were not heard, it is left out."""
        async with live.settled() as board:
            if board.epoch == soft["epoch"] and board.seq >= soft["seq"]:
                shown: Shown = soft["shown"]
                live.hear(soft["told"], soft["by"], soft["about"], shown)

    def _do(self, task: Any) -> None:
        running = asyncio.ensure_future(task)
        self._busy.add(running)
        running.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        if not task.cancelled() and task.exception():
            log.error("news could not be taken in", exc_info=task.exception())
