"""All boards that are open in this process."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from app.access.limits import Limits
from app.board.commands import Command, read_command, refused
from app.ids import new_id
from app.keeping.audit import Audit
from app.keeping.daily import every_day
from app.keeping.notices import Notices
from app.live.board import RECENT_EVENTS, LiveBoard
from app.live.commit import Commits
from app.live.news import Alone, News
from app.live.watch import look, watch
from app.live.wire import Wire
from app.live.workers import Workers
from app.settings import Settings
from app.store.accounts import Accounts
from app.store.alone import OneAtATime
from app.store.engine import patience_of
from app.store.families import Families
from app.store.invitations import Invitations
from app.store.keys import keyring_of
from app.store.store import Store

C = TypeVar("C", bound=Command)

log = logging.getLogger("kinboard.house")

# How often slow followers are looked after, and how long an empty board stays in memory.
_ROUND = 0.25
_IDLE_ROUNDS = 4 * 600


class House:
    """Opens boards, takes commands for them, and looks after followers that fell behind."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        patience = patience_of(settings)
        self.store = Store(settings.database_url, keyring_of(settings), patience)
        self.families = Families(self.store)
        self.accounts = Accounts(self.store)
        self.audit = Audit(self.store)
        self.one_at_a_time = OneAtATime(self.store)
        self._notices = Notices(self.audit)
        self.invitations = Invitations(self.store)
        self.limits = Limits(settings)
        self.commits = Commits(self.store, self.audit)
        self.boards: dict[str, LiveBoard] = {}
        # Others may write to the same boards.
        self._is_shared = self.store.engine.dialect.name != "sqlite" or settings.workers > 1
        # About to end: no new socket comes in (app/live/draining.py).
        self.is_draining = False
        news = _news(settings)
        self.workers = Workers(news, self.store.seal, self.boards, self.limits)
        self._opening: dict[str, asyncio.Future[LiveBoard | None]] = {}
        self._idle: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises KeyTrouble where the keys do not fit the database."""
        await self.store.unlock()
        self.audit.start()
        self._notices.start()
        self.commits.start()
        self.workers.start(self.commits, partial(look, self))
        self._tasks = [
            asyncio.create_task(self._look_after(), name="rounds"),
            asyncio.create_task(watch(self), name="watch"),
            asyncio.create_task(every_day(self.store, self.audit), name="daily"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for wire in self.wires():
            wire.close(1012, "restart")
        await self.commits.stop()
        await self.workers.stop()
        self._notices.stop()
        await self.audit.stop()
        await self.store.close()

    async def open(self, board_id: str) -> LiveBoard | None:
        """The board, from memory or from its tables; None where there is none."""
        live = self.boards.get(board_id)
        if live is not None:
            self._idle[board_id] = 0  # whoever asks is about to sit down
            return await self._fresh(live)
        opening = self._opening.get(board_id)
        if opening is None:
            opening = asyncio.ensure_future(self._load(board_id))
            self._opening[board_id] = opening
            opening.add_done_callback(lambda _: self._opening.pop(board_id, None))
        return await asyncio.shield(opening)

    async def _fresh(self, live: LiveBoard) -> LiveBoard | None:
        """With all that was committed before now: people come here from other workers, and find
        what they saw there."""
        if self._is_shared:
            head = (await self.store.heads([live.board.id])).get(live.board.id)
            if head is None or head.epoch != live.board.epoch or head.seq > live.board.seq:
                await self.commits.catch_up(live)
        return None if live.is_gone else live

    async def _load(self, board_id: str) -> LiveBoard | None:
        row = await self.families.board(board_id)
        board = await self.store.load(board_id) if row else None
        if row is None or board is None:
            return None
        live = LiveBoard(board, self.settings.backlog_limit, row.family_id)
        self.boards[board.id] = live
        if self.settings.redis_url:
            self.workers.follow(live)
        return live

    async def recall(self, live: LiveBoard) -> None:
        """Reads the last events of a board that was opened lately: once for all who come back."""
        async with live.settled() as board:
            missing = RECENT_EVENTS - len(live.past)
            first = live.past[0].seq if live.past else board.seq + 1
            if missing > 0 and first > 1:
                older = await self.store.events(board.id, before=first, limit=missing)
                live.past[:0] = older

    def wires(self) -> list[Wire]:
        """All sockets of people who were let in, or wait at a door."""
        boards = self.boards.values()
        return [
            *(follower.wire for live in boards for follower in live.followers),
            *(wire for live in boards for some in live.waiting.values() for wire in some),
        ]

    def show_stages_again(self) -> None:
        for live in self.boards.values():
            live.show_stages_again()

    def ask_again_who(self, board_id: str, person_id: str) -> None:
        """Has the sockets of somebody come back, and show again that they may."""
        live = self.boards.get(board_id)
        if live and live.outside:
            live.outside.look(live)
        for follower in list(live.followers) if live else ():
            if follower.person.id == person_id:
                follower.wire.close(1012, "come back")

    async def ask(
        self, live: LiveBoard, person_id: str, command: Command, command_id: str = ""
    ) -> int:
        """Has a command carried out; returns the sequence number once it is committed.

        Raises Refused.
        """
        return await self.commits.ask(live, person_id, command, command_id or new_id())

    async def tell(self, live: LiveBoard, person_id: str, name: str, **data: Any) -> int:
        """`ask` by the command's name, as REST routes and the demo do."""
        return await self.ask(live, person_id, read_command(name, data))

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(_ROUND)
            for live in list(self.boards.values()):
                try:
                    self._look_after_one(live)
                except Exception:  # the others are looked after all the same
                    log.exception("board %s could not be looked after", live.board.id)

    def _look_after_one(self, live: LiveBoard) -> None:
        board_id = live.board.id
        live.quieten()
        # Not while a group is being written: the board is ahead of its log then.
        if live.lagging and not live.lock.locked():
            for follower in list(live.lagging):
                live.catch_up(follower)
        self._idle[board_id] = self._idle.get(board_id, 0) + 1 if live.is_idle else 0
        if self._idle[board_id] > _IDLE_ROUNDS or live.is_gone:
            del self.boards[board_id], self._idle[board_id]
            self.workers.leave(live)


def _news(settings: Settings) -> News:
    if not settings.redis_url:
        return Alone()
    from app.live.redis_news import RedisNews  # 18 MB, which one worker alone does not need

    return RedisNews(settings.redis_url)


def make(cls: type[C], **data: Any) -> C:
    """A command of the house's own, with people's input in it. Raises Refused."""
    try:
        return cls.model_validate(data)
    except ValidationError as wrong:
        raise refused(wrong) from None
