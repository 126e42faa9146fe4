"""One socket, from its hello to its end. The frames are described in docs/protocol.md."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.access.tokens import digest
from app.board.commands import CommandId, read_command
from app.board.items import WIDTHS, Item
from app.board.refusal import Refused
from app.board.words import WORDS_LIMIT, check_characters
from app.fragments.sentences import explain
from app.live.board import Follower, LiveBoard
from app.live.dialects import DIALECTS, Pages, Programs
from app.live.house import House
from app.live.wire import Frame, Wire, wire_of
from app.map.cards import COLUMNS
from app.people import rules
from app.people.person import Person
from app.sight import EVERYONE, Viewer, may_see, seen_by

log = logging.getLogger("kinboard.socket")

_HELLO_WITHIN = 10.0
# Commands of one socket that may be under way at once; a flood waits in its own queue.
_UNDER_WAY = 64
_TYPING_EVERY = 0.1
_command_id = TypeAdapter(CommandId)
_COLUMNS = frozenset(f"column-{column}" for column in COLUMNS)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

NOT_LET_IN, REMOVED, NO_HELLO, BAD_START = 4401, 4403, 4408, 4400


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
        person: Person | None = None
        try:
            person = await self._hello()
            if person is None:
                return
            await self._begin(person)
            while True:
                await self._take(await self._receive())
        except WebSocketDisconnect:
            pass
        finally:
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
        token = frame.get("token") or self.websocket.cookies.get(f"kb_{person_id}") or ""
        seat = await self.house.families.seat(digest(token)) if isinstance(token, str) else None
        known = seat and (seat.board_id, seat.person_id) == (self.live.board.id, person_id)
        person = self.live.board.get(Person, person_id) if known else None
        if person is None:
            self._refuse(Refused("not_let_in", "token"))
            self.wire.close(NOT_LET_IN, "not let in")
            return None
        self.lang = person.lang
        self._after = _whole_number(frame.get("after"))
        return person

    async def _begin(self, person: Person) -> None:
        if person.standing == "waiting":
            self.live.wait(person.id, self.wire)
            self._send({"type": "waiting", "name": person.name})
            return
        self._stay(person)
        missed = await self._missed()
        async with self.live.settled() as board:
            self._stay(person)  # they may have been removed in between
            if missed is not None:  # what came while the older ones were read
                last = missed[-1].seq if missed else self._after
                recent = self.live.since(last or 0)
                missed = None if recent is None else [*missed, *recent]
            self._send(self.dialect.welcome(self.live, missed, person))
            self.follower = Follower(self.wire, self.dialect, person, board.seq, board)
            self.live.follow(self.follower)
        self.house.audit.note(person.id, "board.joined", board.id, role=person.role)
        log.debug("%s joined %s at %d", person.id, board.id, board.seq)

    def _stay(self, person: Person) -> None:
        if not person.is_in:
            self._send({"type": "bye", "code": person.standing})
            self.wire.close(REMOVED, person.standing)
            raise WebSocketDisconnect(REMOVED)

    async def _missed(self) -> list | None:
        """The events since the one last seen; None asks for everything anew."""
        after, now = self._after, self.live.board.seq
        if after is None or after > now or now - after > 2000:
            return None
        recent = self.live.since(after)
        if recent is not None:
            return list(recent)
        return await self.house.store.events(self.live.board.id, after=after)

    # -- frames ----------------------------------------------------------------------------

    async def _receive(self) -> dict[str, Any]:
        """The next frame that is a JSON object; the others are answered with an error."""
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1000))
            text = message.get("text")
            if text is None:
                self._refuse(Refused("not_text", "frame"))
                continue
            try:
                frame = json.loads(text)
            except (ValueError, RecursionError):
                self._refuse(Refused("not_json", "frame"))
                continue
            if isinstance(frame, dict):
                return frame
            self._refuse(Refused("not_an_object", "frame"))

    async def _take(self, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "ping":
            self._send({"type": "pong", "seq": self.live.board.seq})
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
        if where not in _COLUMNS and (item is None or not may_see(board, item, EVERYONE)):
            raise Refused("not_found", "where")
        told: dict[str, Any] = {"type": "typing", "person": person.id, "name": person.name}
        told |= {"where": where, "text": text}
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
        self._send(
            {
                "type": "error",
                "id": asked if isinstance(asked, str) and _ID.fullmatch(asked) else None,
                "code": refusal.code,
                "field": refusal.field,
                "message": explain(refusal, self.lang),
            }
        )


def _whole_number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
