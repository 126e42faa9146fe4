"""One board that people are looking at: the board, and the sockets that follow it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from app.board.board import Board
from app.board.events import Event
from app.board.items import Shown
from app.live.telling import Telling
from app.live.wire import Frame, Wire
from app.people.afar import TellAlone
from app.people.family_time import is_alone, is_outside, unshared
from app.people.person import Person
from app.sight import Viewer, kept_from, may_know, seen_by, turns_apart, turns_sight

log = logging.getLogger("kinboard.live")

_RECENT_COMMANDS = 512
RECENT_EVENTS = 512
_WELCOMES = 64
# Who sent too much is named for so long after they stopped, in seconds.
_LOUD_FOR = 60.0
NOT_LET_IN, REMOVED = 4401, 4403


class Dialect(Protocol):
    """How a socket is told what happens: fragments for pages, JSON for programs."""

    name: str

    def audience(self, board: Board, person: Person) -> Hashable:
        """Sockets with equal audiences are sent the same bytes."""

    def split(self, telling: Telling, follower: Follower) -> Hashable:
        """The audience for these events: one's own where they hold something for one alone,
        a wider one where they are alike for more."""

    def happened(self, telling: Telling, audience: Any) -> dict[str, Any]: ...

    def returning(self, board: Board, person: Person) -> Hashable:
        """Those with equal ones who come back at the same moment are told the same."""

    def missed(self, live: LiveBoard, events: list[Event], person: Person) -> dict[str, Any]: ...

    def anew(self, live: LiveBoard, person: Person) -> dict[str, Any]:
        """All that this person may see, where that is not what it was."""

    def welcome(
        self, live: LiveBoard, events: list[Event] | None, person: Person
    ) -> dict[str, Any]: ...

    def here(self, live: LiveBoard, audience: Any) -> dict[str, Any]: ...

    def loud(self, live: LiveBoard, audience: Any) -> dict[str, Any]: ...

    def stages(self, live: LiveBoard, audience: Any) -> dict[str, Any]: ...


class Outside(Protocol):
    """The other workers, on which more people of this meeting may be."""

    def wrote(self, live: LiveBoard, first: int, bodies: Sequence[bytes]) -> None: ...

    def relay(
        self, live: LiveBoard, told: dict[str, Any], by: str, about: str, shown: str
    ) -> None: ...

    def here(self, live: LiveBoard) -> None: ...

    def loud(self, live: LiveBoard, person_id: str) -> None: ...

    def look(self, live: LiveBoard) -> None: ...


class Follower:
    """A socket of somebody who was let in. `seq` is the last event that it was sent."""

    def __init__(
        self, wire: Wire, dialect: Dialect, person: Person, seq: int, board: Board
    ) -> None:
        self.wire = wire
        self.dialect = dialect
        self.seq = seq
        self.sees_as(board, person)
        # The last that was said of who is here.
        self.told_here = ""
        # The others may still show that this one is writing somewhere.
        self.has_typed = False

    def sees_as(self, board: Board, person: Person) -> None:
        self.person = person
        # As they were when the page was made: it is made anew when they change.
        self.role = person.role
        self.lang = person.lang
        self.with_family = person.with_family
        # Of what was hidden from this one since, nothing is sent yet.
        self.is_held = is_outside(board, person)
        self.audience: Any = self.dialect.audience(board, person)
        # Those who must not reach this person.
        self.kept = kept_from(board, Viewer.of(person))

    def send(self, frame: Frame) -> None:
        self.wire.send(frame)


class LiveBoard:
    def __init__(self, board: Board, backlog_limit: int, family_id: str) -> None:
        self.board = board
        self.family_id = family_id
        self.is_gone = False
        self.outside: Outside | None = None
        self.lock = asyncio.Lock()
        self.followers: set[Follower] = set()
        # Those who take so slowly what they are sent that they are left out for now.
        self.lagging: set[Follower] = set()
        # Those at the door: person id -> their wires.
        self.waiting: dict[str, set[Wire]] = {}
        # The seat by which each socket came in, by its token's digest.
        self.seats: dict[Wire, str] = {}
        # Who sits at other workers: worker id -> until when that is believed, and their ids.
        self._elsewhere: dict[str, tuple[float, set[str]]] = {}
        self._said_here: set[str] = set()
        # Who sends too much: person id -> until when that is told.
        self._loud: dict[str, float] = {}
        # Until when that was last said to other workers.
        self._loud_told: dict[str, float] = {}
        self.recent: _Bounded = _Bounded(_RECENT_COMMANDS)
        self.past: list[Event] = []
        # What each audience was last shown: fragment id -> hash of its HTML.
        self.shown: dict[Hashable, dict[str, int]] = {}
        # What those who came back since the last event were told; see `welcome`.
        self._welcomes: dict[Hashable, Frame] = {}
        self._veiled = set(board.veiled)
        self._backlog_limit = backlog_limit
        self._telling: asyncio.TimerHandle | None = None
        # As the pages show it; None where that has to be learned.
        self._code: tuple[object, ...] | None = None

    @asynccontextmanager
    async def settled(self) -> AsyncIterator[Board]:
        """The board as committed: waits while a group is being written."""
        async with self.lock:
            yield self.board

    @property
    def sitting(self) -> set[str]:
        """Those whose sockets are at this worker."""
        return {follower.person.id for follower in self.followers}

    @property
    def here(self) -> set[str]:
        return self.sitting.union(*(people for _, people in self._elsewhere.values()))

    # -- telling ---------------------------------------------------------------------------

    def take_in(self, events: Sequence[Event]) -> None:
        """Puts the next events on the board, which another worker committed, and tells of them;
        up to the first that is not understood, which it raises."""
        taken: list[Event] = []
        try:
            for event in events:
                self.board.apply(event)
                taken.append(event)
        finally:
            self.board.unfolded += taken
            self.publish(taken)

    def publish(self, events: list[Event]) -> None:
        """Tells every follower what was committed, each audience in the same bytes."""
        if not events:
            return
        self._welcomes.clear()
        self.past.extend(events)
        del self.past[:-RECENT_EVENTS]
        try:
            self._tell(events)
        except Exception:  # what was committed stays so all the same
            log.exception("events could not be told")
            for follower in self.followers:
                follower.wire.close(1011, "not shown")  # it comes back and asks for all anew

    def _tell(self, events: list[Event]) -> None:
        people = self._touched_people(events)
        turns = any(map(turns_sight, events))
        if any(map(turns_apart, events)):
            self._part()
        # Of these some are told nothing, not even that something happened: when, and how often,
        # would tell enough.
        is_quiet = is_alone(self.board) or any(one.type == TellAlone.event for one in events)
        shifts = self._shifts(events)
        for follower in self.followers:
            if shifts or follower.person in people:
                self._place(follower, turns)
        telling = Telling(self, events)
        for follower in list(self.followers):
            if follower.wire.backlog > self._backlog_limit:
                self.lagging.add(follower)  # it stays at its seq until `catch_up`
                continue
            if follower.seq == self.board.seq:
                continue  # shown anew just now
            if is_quiet and not self._hears(follower, events):
                continue
            follower.is_held = False
            if follower.seq != events[0].seq - 1:
                self.catch_up(follower)
                continue
            frame = telling.frame(follower)
            if frame is None:
                follower.wire.close(1011, "not shown")  # it comes back and asks for all anew
                continue
            follower.seq = self.board.seq
            follower.wire.send(frame)
        for person in people:
            self._act_on(person)
        if any(person.is_on_phone for person in people):
            self._tell_who_is_here()
        if any(event.type == "meeting.closed" for event in events):
            for wires in list(self.waiting.values()):
                for wire in list(wires):
                    send_away(wire, "closed")

    def _shifts(self, events: list[Event]) -> bool:
        """Whether events touch what may be hidden from somebody, so that who sees the same may
        be others than before."""
        was_veiled, self._veiled = self._veiled, set(self.board.veiled)
        maybe = was_veiled | self._veiled
        return bool(maybe) and any(
            change.id in maybe or change.kind in ("person", "circle")
            for event in events
            for change in event.changes
        )

    def _place(self, follower: Follower, turns: bool) -> None:
        """Puts a follower among those who see the same by now. `turns`: the events change who
        must not reach whom."""
        audience = follower.dialect.audience(self.board, follower.person)
        if audience != follower.audience:
            follower.audience = audience
            self.shown.pop(audience, None)  # it may tell of what this one has not been shown
        kept = kept_from(self.board, Viewer.of(follower.person))
        was_kept, follower.kept = follower.kept, kept
        if turns and kept != was_kept and follower.wire.backlog <= self._backlog_limit:
            # What names somebody is all over the board: it is shown anew, not mended.
            follower.send(Frame(follower.dialect.anew(self, follower.person)))
            follower.seq = self.board.seq

    def _part(self) -> None:
        """The family begins to talk alone, or calls the others back: those outside begin anew."""
        for follower in self.followers:
            if follower.person.with_family or follower.wire.backlog > self._backlog_limit:
                continue
            self._begin_anew(follower, follower.person)
        self.shown.clear()
        self._tell_who_is_here()

    def _begin_anew(self, follower: Follower, person: Person) -> None:
        follower.sees_as(self.board, person)
        follower.seq = self.board.seq
        follower.send(Frame(follower.dialect.anew(self, person)))

    def _hears(self, follower: Follower, events: list[Event]) -> bool:
        """Whether somebody is told of these events, or held back until there is something that
        they may know."""
        viewer = Viewer.of(follower.person)
        is_inside = viewer.family and is_alone(self.board)
        known = (may_know(self.board, event, viewer) for event in events)
        follower.is_held = not is_inside and not any(known)
        return not follower.is_held

    def catch_up(self, follower: Follower) -> None:
        """Sends one slow follower all that it has missed, as one frame of how things are now.

        Only while the board is settled.
        """
        if follower.wire.backlog > self._backlog_limit:
            return
        self.lagging.discard(follower)
        if follower.seq >= self.board.seq:
            return
        if follower.is_held:
            return
        missed = self.since(follower.seq)
        if missed is None:
            follower.wire.close(1013, "too far behind")
            return
        self.shown.pop(follower.audience, None)
        told = follower.dialect.missed(self, missed, follower.person)
        follower.seq = self.board.seq
        follower.send(Frame(told))

    def since(self, seq: int) -> list[Event] | None:
        """The events after `seq`; None where they are too long ago to be kept here."""
        if seq >= self.board.seq:
            return []
        if not self.past or self.past[0].seq > seq + 1:
            return None
        return self.past[seq + 1 - self.past[0].seq :]

    def relay(
        self, told: dict[str, Any], by: Follower, about: str = "", shown: Shown = "all"
    ) -> None:
        """Soft news of somebody, such as typing: to everyone else who may see them, the item
        that it is about, and what is `shown` so; no harm where it is lost."""
        self.hear(told, by.person.id, about, shown, but=by)
        if self.outside:
            self.outside.relay(self, told, by.person.id, about, shown)

    def hear(
        self, told: dict[str, Any], by: str, about: str, shown: Shown, but: Follower | None = None
    ) -> None:
        """As `relay`, for the people here alone."""
        frame = Frame(told)
        speaker = self.board.get(Person, by)
        if speaker is None:
            return
        alone = is_alone(self.board)
        for follower in self.followers:
            if follower is but or follower.wire.backlog:
                continue
            if alone and not (follower.person.with_family and speaker.with_family):
                continue
            viewer = Viewer.of(follower.person)
            known = seen_by(self.board, viewer).items
            is_shown = shown == "all" or (shown == "team" and viewer.leads)
            is_shown = is_shown or (shown == "family" and viewer.family)
            if is_shown and by in known and (not about or about in known):
                follower.send(frame)

    # -- coming and going ------------------------------------------------------------------

    def welcome(self, dialect: Dialect, events: list[Event] | None, person: Person) -> Frame:
        """What somebody is told first who has missed these events. When a network returns, many
        come at once and have missed the same.

        Only while the board is settled.
        """
        if not events:
            return Frame(dialect.welcome(self, events, person))
        key = (dialect, dialect.returning(self.board, person), events[0].seq)
        if key not in self._welcomes:
            if len(self._welcomes) >= _WELCOMES:
                self._welcomes.clear()
            self._welcomes[key] = Frame(dialect.welcome(self, events, person))
        return self._welcomes[key]

    def follow(self, follower: Follower) -> None:
        # A page made just now may hold what this audience was not told of while it was empty.
        if not any(one.audience == follower.audience for one in self.followers):
            self.shown.pop(follower.audience, None)
        self.followers.add(follower)
        self._tell_who_is_here()

    def unfollow(self, follower: Follower) -> None:
        self.followers.discard(follower)
        self.lagging.discard(follower)
        if follower.has_typed:
            told = {"type": "typing", "person": follower.person.id, "where": None, "text": None}
            self.relay(told, by=follower)
        self._tell_who_is_here()

    def are_elsewhere(self, worker: str, people: set[str], until: float) -> None:
        """Who sits at another worker; believed until a moment of this machine's steady clock."""
        was = self.here
        self._elsewhere[worker] = (until, people)
        if self.here != was:
            self._tell_who_is_here()

    def forget_silent(self, now: float) -> None:
        """Forgets the people of workers that have not been heard of for long."""
        silent = [worker for worker, (until, _) in self._elsewhere.items() if until < now]
        for worker in silent:
            del self._elsewhere[worker]
        if silent:
            self._tell_who_is_here()

    def wait(self, person_id: str, wire: Wire) -> None:
        self.waiting.setdefault(person_id, set()).add(wire)

    def stop_waiting(self, person_id: str, wire: Wire) -> None:
        wires = self.waiting.get(person_id, set())
        wires.discard(wire)
        if not wires:
            self.waiting.pop(person_id, None)

    def renew(self, board: Board) -> None:
        """Takes the board as it is after a deletion; every page and program begins anew with it.

        Only while the board is settled.
        """
        self.board = board
        self._veiled = set(board.veiled)
        self._welcomes.clear()
        self.past.clear()
        self.recent.clear()
        self.shown.clear()
        for follower in list(self.followers):
            person = board.get(Person, follower.person.id)
            if person is None or not person.is_in:
                self.unfollow(follower)
                send_away(follower.wire, (person or follower.person).standing)
                continue
            self._begin_anew(follower, person)
        for person_id, wires in list(self.waiting.items()):
            waiting = board.get(Person, person_id)
            for wire in list(wires):
                if waiting and waiting.is_in:
                    wire.send(Frame({"type": "admitted"}))
                elif waiting is None or waiting.standing != "waiting":
                    send_away(wire, waiting.standing if waiting else "removed")

    def end(self) -> None:
        """The meeting was deleted: nobody finds anything of it any more."""
        self.is_gone = True
        wires = [wire for waiting in self.waiting.values() for wire in waiting]
        for wire in [*wires, *(follower.wire for follower in self.followers)]:
            wire.close(4401, "deleted")

    def seat_ended(self, seat: str) -> None:
        """Closes the sockets that came in by a seat which opens nothing any more."""
        if self.outside:
            self.outside.look(self)
        for wire, own in list(self.seats.items()):
            if own == seat:
                del self.seats[wire]
                send_away(wire, "signed_out", NOT_LET_IN)
        for follower in [one for one in self.followers if one.wire not in self.seats]:
            self.unfollow(follower)

    def code_is(self, code: tuple[object, ...]) -> None:
        """What the database says of the code; another worker may have changed it."""
        if self._code not in (None, code):
            self._make_pages_anew()
        self._code = code

    def code_changed(self) -> None:
        self._code = None
        self._make_pages_anew()
        if self.outside:
            self.outside.look(self)

    def _make_pages_anew(self) -> None:
        """Where the code is shown, the page is asked to load again."""
        again = Frame({"type": "welcome", "seq": self.board.seq, "reset": True})
        for follower in self.followers:
            shows_code = follower.role in ("facilitator", "projector")
            if shows_code and follower.dialect.name == "kinboard.v1.html":
                follower.send(again)

    def show_stages_again(self) -> None:
        """Where templates were read anew: nothing happened on the board, but the plan of the
        meeting may be another one. What somebody is writing is left alone."""
        self._welcomes.clear()
        for follower in self.followers:
            follower.send(Frame(follower.dialect.stages(self, follower.audience)))

    # -- who sends too much ----------------------------------------------------------------

    @property
    def loud(self) -> list[str]:
        return list(self._loud)

    def is_loud(self, person_id: str, here: bool = True) -> None:
        """Has the facilitator told that somebody sends too much, `here` or at another worker."""
        until = time.monotonic() + _LOUD_FOR
        is_new = person_id not in self._loud
        # Others hear of it once in a while: each refused frame comes by here.
        if here and self.outside and until > self._loud_told.get(person_id, 0.0) + _LOUD_FOR / 4:
            self._loud_told[person_id] = until
            self.outside.loud(self, person_id)
        self._loud[person_id] = until
        if is_new:
            self._tell_who_is_loud()

    def quieten(self) -> None:
        """Forgets who has stopped long ago."""
        over = [one for one, until in self._loud.items() if until < time.monotonic()]
        for person_id in over:
            del self._loud[person_id]
            self._loud_told.pop(person_id, None)
        if over:
            self._tell_who_is_loud()

    def _tell_who_is_loud(self) -> None:
        for follower in self.followers:
            if follower.role == "facilitator":
                follower.send(Frame(follower.dialect.loud(self, follower.audience)))

    @property
    def is_idle(self) -> bool:
        return not self.followers and not self.waiting and not self.lock.locked()

    def _tell_who_is_here(self) -> None:
        # Many come at once when a network returns: they are told of in one frame.
        if self._telling is None:
            delay = 0.1 + 0.002 * len(self.followers)
            self._telling = asyncio.get_running_loop().call_later(delay, self._tell_here_now)

    def _tell_here_now(self) -> None:
        self._telling = None
        if self.outside and self.sitting != self._said_here:
            self._said_here = self.sitting
            self.outside.here(self)
        frames: dict[Hashable, Frame] = {}
        for follower in self.followers:
            if is_outside(self.board, follower.person):
                continue
            key = (follower.dialect.name, follower.audience)
            if key not in frames:
                frames[key] = Frame(follower.dialect.here(self, follower.audience))
            # Where somebody came whom this one does not see, not even a frame tells of it.
            is_new = not follower.kept or follower.told_here != frames[key].text
            if is_new and not follower.wire.backlog:
                follower.told_here = frames[key].text
                follower.send(frames[key])

    def _touched_people(self, events: list[Event]) -> list[Person]:
        ids = {change.id for event in events for change in event.changes if change.kind == "person"}
        return [self.board.find(Person, person_id) for person_id in ids]

    def _act_on(self, person: Person) -> None:
        """Removal and a new role reach open pages at once."""
        if person.id in self._loud and (person.muted or not person.is_in):
            del self._loud[person.id]
            self._loud_told.pop(person.id, None)
            self._tell_who_is_loud()
        for wire in list(self.waiting.get(person.id, ())):
            if person.is_in:
                wire.send(Frame({"type": "admitted"}))
            elif person.standing != "waiting":
                send_away(wire, person.standing)
        for follower in [one for one in self.followers if one.person.id == person.id]:
            if not person.is_in:
                send_away(follower.wire, person.standing)
                self.unfollow(follower)
            elif (
                follower.role != person.role
                or follower.lang != person.lang
                or self._turned(follower)
            ):
                follower.role, follower.lang = person.role, person.lang
                follower.with_family = person.with_family
                follower.send(Frame(follower.dialect.anew(self, person)))

    def _turned(self, follower: Follower) -> bool:
        """Whether somebody came to the family, or left it, who sees other things from now on."""
        is_turned = follower.with_family != follower.person.with_family
        return is_turned and (is_alone(self.board) or bool(unshared(self.board)))


def send_away(wire: Wire, why: str, code: int = REMOVED) -> None:
    wire.send(Frame({"type": "bye", "code": why}))
    wire.close(code, why)


class _Bounded(OrderedDict):
    """Remembers the last few."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > self._size:
            self.popitem(last=False)
