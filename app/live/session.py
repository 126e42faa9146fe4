"""One socket, from its hello to its end. The frames are described in docs/protocol.md."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.access.cookies import seat_cookie
from app.access.limits import network
from app.board.board import Board
from app.board.commands import CommandId, read_command
from app.board.items import WIDTHS, Item
from app.board.refusal import Refused
from app.board.section import may_write_in, section_of, sections_of
from app.board.words import WORDS_LIMIT, check_characters
from app.fragments.sentences import explain
from app.live.board import NOT_LET_IN, REMOVED, Follower, LiveBoard, send_away
from app.live.dialects import DIALECTS, Pages, Programs
from app.live.house import House
from app.live.pace import Flood, Pace
from app.live.seats import seated
from app.live.wire import Frame, Wire, wire_of
from app.map.cards import COLUMNS
from app.meetings.meeting import may_write_now, meeting_of
from app.people import rules
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.sight import EVERYONE, Viewer, may_see, seen_by
from app.store.faults import Away

log = logging.getLogger("kinboard.socket")

_HELLO_WITHIN = 10.0
# Commands of one socket that may be under way at once; a flood waits in its own queue.
_UNDER_WAY = 64
_TYPING_EVERY = 0.1
# How often it is looked whether somebody reads again, in seconds.
_UNREAD = 0.1
_command_id = TypeAdapter(CommandId)
_COLUMNS = frozenset(f"column-{column}" for column in COLUMNS)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

NO_HELLO, BAD_START, FLOOD = 4408, 4400, 4429
TRY_LATER = 4503


class Session:
    def __init__(self, house: House, live: LiveBoard, websocket: WebSocket) -> None:
        self.house = house
        self.live = live
        self.websocket = websocket
        self.dialect: Pages | Programs = DIALECTS["kinboard.v1.html"]
        self.wire: Wire
        self.lang = "en"
        self.follower: Follower | None = None
        self._room = asyncio.Semaphore(_UNDER_WAY)
        self._typed_at = 0.0
        self._address = network(websocket.client.host if websocket.client else None)
        self._pace = Pace(house.limits, live.board.id, self._address)
        self._size = 0

    async def run(self) -> None:
        offered = self.websocket.scope.get("subprotocols", [])
        chosen = next((name for name in offered if name in DIALECTS), None)
        await self.websocket.accept(subprotocol=chosen)
        self.wire = wire_of(self.websocket)
        if chosen is None:
            self.wire.close(BAD_START, "offer kinboard.v1.html or kinboard.v1.json")
            await self.wire.closed()
            return
        self.dialect = DIALECTS[chosen]
        limits = self.house.limits
        places = [
            (limits.sockets_of_address, self._address),
            (limits.sockets_of_board, self.live.board.id),
        ]
        if any(held.is_full(key) for held, key in places):
            self._refuse(Refused("slow_down", wait=60))
            self.wire.close(FLOOD, "too many sockets")
            await self.wire.closed()
            return
        for held, key in places:
            held.enter(key)
        try:
            await self._attend()
        finally:
            for held, key in places:
                held.leave(key)

    async def _attend(self) -> None:
        person: Person | None = None
        held = self.house.limits.sockets_of_person
        try:
            person = await self._hello()
            if person is None:
                return
            held.enter(person.id)
            await self._begin(person)
            while True:
                await self._take(await self._receive())
        except WebSocketDisconnect:
            pass
        except Flood:
            self.wire.close(FLOOD, "too much")
        except Away:
            self.wire.close(TRY_LATER, "try again later")
        finally:
            self.live.seats.pop(self.wire, None)
            if person:
                held.leave(person.id)
            if self.follower:
                self.live.unfollow(self.follower)
            elif person:
                self.live.stop_waiting(person.id, self.wire)
            await self.wire.closed()

    # -- beginning -------------------------------------------------------------------------

    async def _hello(self) -> Person | None:
        """Who this is; None, and the socket closed, where that cannot be shown."""
        try:
            async with asyncio.timeout(_HELLO_WITHIN):
                frame = await self._receive()
        except TimeoutError:
            self.wire.close(NO_HELLO, "no hello")
            return None
        if frame.get("type") != "hello" or not isinstance(frame.get("person"), str):
            self._refuse(Refused("no_hello", "type"))
            self.wire.close(NO_HELLO, "no hello")
            return None
        person_id = frame["person"]
        token = frame.get("token") or seat_cookie(self.websocket, person_id)
        board_id = self.live.board.id
        seat = (
            await seated(self.house, board_id, person_id, token) if isinstance(token, str) else None
        )
        if seat is None:
            self._refuse(Refused("not_let_in", "token"))
            self.wire.close(NOT_LET_IN, "not let in")
            return None
        person = seat.person
        self._pace.of(person_id)
        if self._pace.is_shut_out or self.house.limits.sockets_of_person.is_full(person_id):
            self._refuse(Refused("slow_down", wait=30))
            self.wire.close(FLOOD, "too many sockets")
            return None
        self.live.seats[self.wire] = seat.row.token
        self.lang = person.lang
        self._after = _whole_number(frame.get("after"))
        return person

    async def _begin(self, person: Person) -> None:
        if person.standing == "waiting":
            self._wait(person)
            return
        self._stay(person)
        epoch = self.live.board.epoch
        missed = await self._missed()
        async with self.live.settled() as board:
            person = board.get(Person, person.id) or person
            self._stay(person)  # they may have been removed in between
            if board.epoch != epoch:
                missed = None  # some of it was deleted in between
            if missed is not None:  # what came while the older ones were read
                # The log may hold more than has been told here; that comes by itself.
                missed = [event for event in missed if event.seq <= board.seq]
                last = missed[-1].seq if missed else self._after
                recent = self.live.since(last or 0)
                missed = None if recent is None else [*missed, *recent]
            self.wire.send(self.live.welcome(self.dialect, missed, person))
            self.follower = Follower(self.wire, self.dialect, person, board.seq, board)
            self.live.follow(self.follower)
        self.house.audit.note(person.id, "board.joined", board.id, role=person.role)
        log.debug("%s joined %s at %d", person.id, board.id, board.seq)

    def _wait(self, person: Person) -> None:
        """At the door: nothing of the board but its greeting is told."""
        meeting = meeting_of(self.live.board)
        knock = self.live.board.get(Knock, knock_id(person.id))
        if meeting.state == "closed":
            send_away(self.wire, "closed")
            raise WebSocketDisconnect(REMOVED)
        self.live.wait(person.id, self.wire)
        told = {"type": "waiting", "name": person.name, "greeting": meeting.greeting}
        self._send(told | {"phrase": knock.phrase if knock else ""})

    def _stay(self, person: Person) -> None:
        if self.live.is_gone:
            self.wire.close(NOT_LET_IN, "deleted")
            raise WebSocketDisconnect(NOT_LET_IN)
        if not person.is_in:
            send_away(self.wire, person.standing)
            raise WebSocketDisconnect(REMOVED)

    async def _missed(self) -> list | None:
        """The events since the one last seen; None asks for everything anew."""
        after, now = self._after, self.live.board.seq
        if after is None or after > now or now - after > 2000:
            return None
        recent = self.live.since(after)
        if recent is None:
            await self.house.recall(self.live)
            recent = self.live.since(after)
        if recent is not None:
            return list(recent)
        return await self.house.store.events(self.live.board.id, after=after)

    # -- frames ----------------------------------------------------------------------------

    async def _receive(self) -> dict[str, Any]:
        """The next frame that is a JSON object; the others are answered with an error."""
        while True:
            await self._heard()
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1000))
            text = message.get("text")
            self._size = len(text or message.get("bytes") or "")
            try:
                return _read(text)
            except Refused as refusal:
                await self._refuse_junk(refusal)

    async def _heard(self) -> None:
        """Who does not read the answers is not listened to either, so that they cannot pile up."""
        while self.wire.backlog > self.house.settings.backlog_limit:  # noqa: ASYNC110
            await asyncio.sleep(_UNREAD)

    async def _refuse_junk(self, refusal: Refused) -> None:
        """A frame that is none counts like any other."""
        try:
            self._pace.other(self._size)
        except Refused as slow:
            await self._slow_down(slow)
        else:
            self._refuse(refusal)

    async def _slow_down(self, refusal: Refused, frame: dict[str, Any] | None = None) -> None:
        self._refuse(refusal, frame)
        if await self._pace.refused() and self.follower:
            self.live.is_loud(self.follower.person.id)

    async def _take(self, frame: dict[str, Any]) -> None:
        if self.wire not in self.live.seats:
            raise WebSocketDisconnect(NOT_LET_IN)  # the seat was given up meanwhile
        kind = frame.get("type")
        try:
            if kind == "command":
                self._pace.command(str(frame.get("id"))[:64], self._size)
            else:
                self._pace.other(self._size)
        except Refused as refusal:
            await self._slow_down(refusal, frame)
            return
        if kind == "ping":
            held = self.follower is not None and self.follower.is_held
            seq = self.follower.seq if self.follower and held else self.live.board.seq
            self._send({"type": "pong", "seq": seq})
            return
        handle = {"command": self._command, "typing": self._typing, "open": self._open}.get(
            kind if isinstance(kind, str) else ""
        )
        if handle is None:
            self._refuse(Refused("unknown_frame", "type"), frame)
            return
        try:
            await handle(frame)
        except Refused as refusal:
            self._refuse(refusal, frame)

    async def _command(self, frame: dict[str, Any]) -> None:
        try:
            command_id = _command_id.validate_python(frame.get("id"))
        except ValidationError:
            raise Refused("not_valid", "id") from None
        name = frame.get("name")
        command = read_command(name if isinstance(name, str) else "", frame.get("data", {}))
        follower = self._still_in()
        await self._room.acquire()
        answer = self.house.commits.ask(self.live, follower.person.id, command, command_id)
        answer.add_done_callback(lambda done: self._answer(frame, done))

    def _answer(self, frame: dict[str, Any], done: asyncio.Future[int]) -> None:
        self._room.release()
        if done.cancelled():
            return
        failure = done.exception()
        if failure is None:
            self._send({"type": "ack", "id": frame["id"], "seq": done.result()})
        elif isinstance(failure, Refused):
            self._refuse(failure, frame)

    async def _typing(self, frame: dict[str, Any]) -> None:
        where, text = frame.get("where"), frame.get("text")
        if not isinstance(where, str) or len(where) > 120:
            raise Refused("not_valid", "where")
        if text is not None and (not isinstance(text, str) or len(text) > WORDS_LIMIT):
            raise Refused("not_valid", "text")
        try:
            check_characters(where + (text or ""))
        except ValueError:
            raise Refused("hidden_character", "text") from None
        follower = self._still_in()
        may_write_now(self.live.board, follower.person)
        # Everyone else gets each of these: more than people can type is left out.
        now = asyncio.get_running_loop().time()
        if text is not None and now - self._typed_at < _TYPING_EVERY:
            return
        self._typed_at = now
        person = follower.person
        shown = frame.get("shown", "all")
        if shown not in WIDTHS:
            raise Refused("not_a_choice", "shown")
        board = seen_by(self.live.board, Viewer.of(person))
        about = "" if where in _COLUMNS else where.partition(".")[0]
        item = board.items.get(about)
        everyone = EVERYONE._replace(family=person.with_family)
        if where not in _COLUMNS and (item is None or not may_see(board, item, everyone)):
            raise Refused("not_found", "where")
        _may_write(board, person, item) if item else may_write_in(board, person, where[7:])
        if text is not None and item is None and section_of(board, where[7:]).quiet:
            return  # each writes alone there
        told: dict[str, Any] = {"type": "typing", "person": person.id, "name": person.name}
        told |= {"where": where, "text": text}
        follower.has_typed = True
        self.live.relay(told, by=follower, about=about, shown=shown)

    async def _open(self, frame: dict[str, Any]) -> None:
        """The state of a text, for who is about to write in it."""
        follower = self._still_in()
        item_id, name = frame.get("item"), frame.get("field")
        if not isinstance(item_id, str) or not isinstance(name, str):
            raise Refused("not_valid", "item")
        async with self.live.settled() as board:
            board = seen_by(board, Viewer.of(follower.person))
            item = board.standing(Item, item_id, "item")
            if name not in item.words:
                raise Refused("unknown_field", "field")
            rules.writes(item, follower.person)
            may_write_now(board, follower.person)
            _may_write(board, follower.person, item)
            state = board.text_state(item_id, name)
        self._send(
            {
                "type": "text",
                "id": str(frame.get("id"))[:64] if _ID.fullmatch(str(frame.get("id"))) else None,
                "item": item_id,
                "field": name,
                "state": base64.b64encode(state).decode(),
                "seq": board.seq,
            }
        )

    def _still_in(self) -> Follower:
        follower = self.follower
        if follower is None or not follower.person.is_in:
            raise Refused("not_let_in")
        return follower

    # -- answers ---------------------------------------------------------------------------

    def _send(self, told: dict[str, Any]) -> None:
        self.wire.send(Frame(told))

    def _refuse(self, refusal: Refused, frame: dict[str, Any] | None = None) -> None:
        asked = (frame or {}).get("id")
        told = {
            "type": "error",
            "id": asked if isinstance(asked, str) and _ID.fullmatch(asked) else None,
            "code": refusal.code,
            "field": refusal.field,
            "message": explain(refusal, self.lang),
        }
        if refusal.code == "slow_down":
            told["retry_after"] = refusal.details["wait"]
        self._send(told)


def _may_write(board: Board, who: Person, item: Item) -> None:
    for name in sections_of(item.kind, item.as_dict()):
        may_write_in(board, who, name)


def _read(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Refused("not_text", "frame")
    try:
        frame = orjson.loads(text)
    except ValueError:
        frame = _read_patiently(text)
    if not isinstance(frame, dict):
        raise Refused("not_an_object", "frame")
    return frame


def _read_patiently(text: str) -> Any:
    """JSON that is odd but whole, as with half a character in it: the field can still be named."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("not_json", "frame") from None


def _whole_number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
