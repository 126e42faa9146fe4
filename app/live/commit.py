"""From a command to a committed event: many people's commands, one transaction.

While one group is being written, the next one gathers; so a lone command waits for nobody, and
a busy hour needs few commits. A board changes in memory first and is taken back if the commit
fails; nobody reads it in between (see `LiveBoard.settled`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.board.board import TextStates
from app.board.commands import Command
from app.board.events import Event
from app.board.refusal import Refused
from app.clock import now
from app.history.undo import Undo
from app.keeping.audit import Audit
from app.live.board import LiveBoard
from app.meetings.meeting import CreateMeeting, may_write_now, meeting_of
from app.people.joining import AskToJoin
from app.people.person import Person
from app.sight import decide_for
from app.store.faults import Away, Broken, Held
from app.store.store import Behind, Entry, Head, Repeated, Said, Store

log = logging.getLogger("kinboard.commit")

# How far back undo looks among one person's own events.
_UNDO_REACH = 400


@dataclass(slots=True)
class Asked:
    live: LiveBoard
    person_id: str
    command: Command
    command_id: str
    # The sequence number at which the board holds what was asked; Refused otherwise.
    answer: asyncio.Future[int]

    @property
    def said(self) -> Said:
        return Said(self.live.board.id, self.person_id, self.command_id)


@dataclass(slots=True)
class _Group:
    """What one transaction will hold, so far."""

    entries: dict[str, Entry] = field(default_factory=dict)
    # What brings each board back, newest last: the event, and the texts it changes, before.
    undo: list[tuple[LiveBoard, Event, TextStates]] = field(default_factory=list)
    done: list[tuple[Asked, int]] = field(default_factory=list)
    events: dict[str, tuple[LiveBoard, list[Event]]] = field(default_factory=dict)
    refused: list[tuple[Asked, Refused]] = field(default_factory=list)
    # Where nothing was left to do; and the number at which the board holds what was asked.
    idle: list[tuple[Asked, int]] = field(default_factory=list)
    # What was written, sealed, by board.
    written: dict[str, list[bytes]] = field(default_factory=dict)

    def take_back(self) -> None:
        for live, event, texts_before in reversed(self.undo):
            live.board.revert(event, texts_before)
            live.recent.pop((event.by, event.command), None)


class Commits:
    """The one door through which boards change."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store = store
        self._audit = audit
        self._waiting: list[Asked] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="commits")

    async def stop(self) -> None:
        """Writes what was asked before now, then ends."""
        self._stopping = True
        self._wake.set()
        if self._task:
            await self._task

    def ask(
        self, live: LiveBoard, person_id: str, command: Command, command_id: str
    ) -> asyncio.Future[int]:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(Asked(live, person_id, command, command_id, answer))
        self._wake.set()
        return answer

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            asked, self._waiting = self._waiting, []
            for group in _groups(asked):
                try:
                    await self._take(group)
                except Exception:  # whatever it was, the next group is written
                    log.exception("a group of commands was given up")
                    for one in group:
                        _fail(one, Refused("not_saved"))

    async def _take(self, asked: list[Asked]) -> None:
        failure = await self._took(asked)
        if isinstance(failure, Broken):
            # A new connection may do. Was the commit made, and only its answer lost, the log says.
            failure = await self._took(asked)
        if failure is None:
            return
        parts = _parts(asked, failure)
        for part in parts:
            await self._take(part)
        for one in asked if not parts else ():
            _fail(one, Refused("not_saved"))

    async def _took(self, asked: list[Asked]) -> Exception | None:
        """Writes and tells a group. What went wrong, if it did; then all is as it was before."""
        boards = {one.live.board.id: one.live for one in asked}
        async with _all_locked([boards[board_id] for board_id in sorted(boards)]):
            try:
                group = await self._commit(asked)
            except asyncio.CancelledError:
                raise
            except Away as trouble:
                return trouble
            except Exception as failure:
                log.exception("a group of commands could not be written")
                return failure
            for live, events in group.events.values():
                live.publish(events)
                if live.outside:
                    live.outside.wrote(live, events[0].seq, group.written[live.board.id])
                self._audit.happened(live.board.id, events)
        for one, seq in group.done:
            if not one.answer.done():
                one.answer.set_result(seq)
        for one, refusal in group.refused:
            _fail(one, refusal)
        return None

    async def _commit(self, asked: list[Asked]) -> _Group:
        """Decides and writes; again from the start where another worker came in between."""
        repeated: dict[int, int] = {}
        while True:
            group = _Group()
            try:
                for one in asked:
                    if id(one) in repeated:
                        group.done.append((one, repeated[id(one)]))
                    else:
                        await self._decide(one, group)
                await self._check_unwritten(group)
                await self._forgive_repeated(group)
                if group.entries:
                    group.written = await self._store.append(group.entries.values())
            except Behind as behind:
                group.take_back()
                for live in {one.live for one in asked if one.live.board.id in behind.board_ids}:
                    await self._catch_up(live)
                continue
            except Repeated:
                group.take_back()
                repeated |= await self._find_repeated(asked)
                continue
            except BaseException:
                group.take_back()
                raise
            return group

    async def _decide(self, one: Asked, group: _Group) -> None:
        live, board = one.live, one.live.board
        before = live.recent.get((one.person_id, one.command_id))
        if before is not None:
            group.done.append((one, before))
            return
        try:
            command = one.command
            who = _who(live, one)
            if isinstance(command, Undo):
                own = await self._store.own_events(board.id, who.id, _UNDO_REACH)
                command = command.with_log(own)
            event = decide_for(who, command, one.command_id, board, now())
        except Refused as refusal:
            group.refused.append((one, refusal))
            return
        if event is None:
            group.idle.append((one, board.seq))
            return
        texts_before = board.texts_in(event)
        entry = group.entries.get(board.id)
        if entry is None:
            entry = group.entries[board.id] = Entry(board)
        board.apply(event)
        live.recent[one.person_id, one.command_id] = event.seq
        entry.add(event)
        group.undo.append((live, event, texts_before))
        group.done.append((one, event.seq))
        group.events.setdefault(board.id, (live, []))[1].append(event)

    async def catch_up(self, live: LiveBoard) -> None:
        """Tells the people here what another worker wrote."""
        async with live.settled():
            await self._catch_up(live)

    async def _catch_up(self, live: LiveBoard) -> None:
        if not await self.renew(live):
            live.take_in(await self._store.events(live.board.id, after=live.board.seq))

    async def renew(self, live: LiveBoard) -> bool:
        """Whether the board was deleted or written anew since it was loaded, or the database has
        fallen back behind it, as a copy may that took over; if so, it is loaded again, or ended.
        Only with its lock."""
        head = (await self._store.heads([live.board.id])).get(live.board.id)
        if head and head.epoch == live.board.epoch and head.seq >= live.board.seq:
            return False
        board = await self._store.load(live.board.id)
        if board is None:
            live.end()
        else:
            live.renew(board)
        return True

    async def _check_unwritten(self, group: _Group) -> None:
        """Raises Behind where something was refused, or was nothing new, on a board that another
        worker had moved on.

        What is to be written finds that out by itself.
        """
        lives = {one.live for one, _ in [*group.refused, *group.idle]}
        unsure = [live for live in lives if live.board.id not in group.entries]
        if not unsure:
            return
        heads = await self._store.heads([live.board.id for live in unsure])
        behind = [live for live in unsure if _has_moved(live, heads.get(live.board.id))]
        if behind:
            raise Behind([live.board.id for live in behind])

    async def _find_repeated(self, asked: list[Asked]) -> dict[int, int]:
        done = await self._store.done({one.said for one in asked})
        found = {id(one): done[one.said] for one in asked if one.said in done}
        if not found:
            raise RuntimeError("the database refused a group, though nothing in it was repeated")
        return found

    async def _forgive_repeated(self, group: _Group) -> None:
        """A command sent again, long after it was carried out or to another worker, may look wrong
        now, or like nothing new; it was neither."""
        unsure = [*(one for one, _ in group.refused), *(one for one, _ in group.idle)]
        done = await self._store.done({one.said for one in unsure})
        forgiven = [one for one, _ in group.refused if one.said in done]
        group.done += [(one, done[one.said]) for one in forgiven]
        group.done += [(one, done.get(one.said, at)) for one, at in group.idle]
        group.refused = [(one, why) for one, why in group.refused if one.said not in done]


def _has_moved(live: LiveBoard, head: Head | None) -> bool:
    return not live.is_gone and (
        head is None or head.epoch != live.board.epoch or head.seq != live.board.seq
    )


@asynccontextmanager
async def _all_locked(boards: list[LiveBoard]) -> AsyncIterator[None]:
    held: list[LiveBoard] = []
    try:
        for live in boards:
            await live.lock.acquire()
            held.append(live)
        yield
    finally:
        for live in held:
            live.lock.release()


def _groups(asked: list[Asked]) -> Iterator[list[Asked]]:
    """Undo reads the log, so what came before it must be in there: it starts a group of its own."""
    group: list[Asked] = []
    for one in asked:
        if isinstance(one.command, Undo) and group:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _parts(asked: list[Asked], failure: Exception) -> list[list[Asked]]:
    """What is worth trying apart, so that one board that somebody holds, or one command that
    nobody foresaw, does not cost the others theirs. Nothing where all would fail alike."""
    if isinstance(failure, Away) and not isinstance(failure, Held):
        return []
    boards: dict[str, list[Asked]] = {}
    for one in asked:
        boards.setdefault(one.live.board.id, []).append(one)
    if len(boards) > 1:
        return list(boards.values())
    if isinstance(failure, Held) or len(asked) == 1:
        return []
    return [[one] for one in asked]


def _who(live: LiveBoard, one: Asked) -> Person:
    """The person as they are now: rights are read again for each command."""
    if live.is_gone:
        raise Refused("not_let_in")
    if isinstance(one.command, AskToJoin | CreateMeeting):
        if isinstance(one.command, AskToJoin) and meeting_of(live.board).state != "open":
            raise Refused("no_such_code", "code")  # it was closed while they filled in the form
        return Person(id=one.person_id, name="")
    who = live.board.get(Person, one.person_id)
    if who is None or not who.is_in:
        raise Refused("not_allowed")
    if not one.command.when_closed:
        may_write_now(live.board, who)
    return who


def _fail(one: Asked, refusal: Refused) -> None:
    if not one.answer.done():
        one.answer.set_exception(refusal)
