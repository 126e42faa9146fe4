"""A meeting in which everything written is a word that stands nowhere else, and what was meant to
be seen by whom, written down as it was asked for. Nothing here asks app/sight."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from httpx import AsyncClient

from app.board.commands import read_command
from app.board.items import Item
from app.board.refusal import Refused
from app.desk import hosting
from app.history.undo import Undo
from app.live.board import Follower, LiveBoard
from app.live.dialects import DIALECTS
from app.live.house import House
from app.live.wire import Frame
from app.people.person import Person

# A word of ours: a letter for what it is, and a number. No id of ours holds a "u" or an "o".
MARK = re.compile(r"[a-z]uo\d+ou")
TEAM = ("facilitator", "worker")
LIVELY = ("offered", "running")
# What those outside may hear of the family while it is alone: what it shares, and who is where.
TOLD_OUTSIDE = ("family_time.", "item.show", "person.place", "afar.")
TEXTS = {
    "card": ("text",),
    "harm": ("what", "effect"),
    "danger": ("act", "outcome"),
    "goal": ("what", "met"),
    "step": ("what", "how"),
    "circle": ("name", "relation", "part"),
}


class Ear:
    """A wire that keeps what is sent: (sequence number of the board then, frame)."""

    backlog = 0

    def __init__(self, world: World) -> None:
        self.world = world
        self.heard: list[str] = []

    def send(self, frame: Frame) -> None:
        self.heard.append(frame.wire.decode(errors="replace") and frame.text)

    def close(self, code: int, reason: str = "") -> None:
        assert code == 1012, f"a socket was closed: {code} {reason}"  # the house goes away

    async def closed(self) -> None: ...


class World:
    def __init__(self, house: House, live: LiveBoard, sam: str) -> None:
        self.house, self.live, self.sam = house, live, sam
        self.count = 0
        self.asked = 0
        self.people: list[str] = [sam]
        self.ears: dict[tuple[str, str], Ear] = {}
        self.followers: dict[tuple[str, str], Follower] = {}
        self.tokens: dict[str, str] = {}
        # What was meant.
        self.shown: dict[str, str] = {}
        self.away: dict[str, tuple[set[str], set[str]]] = {}
        # With whom the family talks alone, and whether it does; "" before the first offer.
        self.family: set[str] = set()
        self.time = ""
        # A word -> the item that it is about; a reason for keeping somebody away -> "team".
        self.about: dict[str, str] = {}
        # The words of an item that the team, the family, and that everyone, has come to see.
        self.open: dict[str, dict[str, set[str]]] = {
            "team": defaultdict(set),
            "family": defaultdict(set),
            "all": defaultdict(set),
        }
        # What a program of somebody's holds: (kind, id) -> fields.
        self.boards: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        # Who has ever seen an item: its id may stand in what they are told of its going.
        self.knew: dict[str, set[str]] = defaultdict(set)

    def word(self, letter: str, item_id: str) -> str:
        self.count += 1
        word = f"{letter}uo{self.count}ou"
        self.about[word] = item_id
        return word

    def new_id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count:04}-id"

    # -- people ----------------------------------------------------------------------------

    async def join(self, role: str) -> str:
        self.count += 1
        name = f"nuo{self.count}ou"
        seat = await hosting.ask_to_join(self.house, self.live, called=name, relation="")
        self.about[name] = seat.person_id
        self.tokens[seat.person_id] = seat.token
        self.note()
        await self.house.tell(self.live, self.sam, "person.admit", id=seat.person_id, role=role)
        self.people.append(seat.person_id)
        self.note()
        self.check_heard()
        self.listen(seat.person_id)
        self.check_heard()
        return seat.person_id

    def leave(self) -> None:
        self.live.followers.clear()

    def listen(self, person_id: str) -> None:
        for dialect in DIALECTS.values():
            ear = Ear(self)
            board = self.live.board
            person = board.find(Person, person_id)
            follower = Follower(ear, dialect, person, board.seq, board)
            self.live.followers.add(follower)
            self.ears[person_id, dialect.name] = ear
            self.followers[person_id, dialect.name] = follower
            ear.send(Frame(dialect.welcome(self.live, None, person)))
        self.live._tell_here_now()

    # -- doing -----------------------------------------------------------------------------

    async def ask(self, who: str, name: str, **data: Any) -> str:
        """Asks for a command and notes what was meant by it; "" or the code of the refusal."""
        self.asked += 1
        was_alone = self.time == "running"
        try:
            command = Undo() if name == "undo" else read_command(name, data)
            await self.house.ask(self.live, who, command, f"command-{self.asked:05}")
        except Refused as refusal:
            return refusal.code
        self.meant(who, name, data)
        self.note()
        if was_alone and who in self.family and not name.startswith(TOLD_OUTSIDE):
            self.check_silence(self.family)
        if name == "afar.tell":
            self.check_silence({self.sam, who})
        self.live._tell_here_now()
        self.check_heard()
        return ""

    def meant(self, who: str, name: str, data: dict[str, Any]) -> None:
        own = who in self.family and self.time == "running"
        if name.startswith("family_time."):
            self.meant_apart(name, data)
        elif name == "person.role" and data["role"] == "worker":
            self.family.discard(data["id"])
        elif name == "item.show":
            before = self.shown.get(data["id"], "all")
            if before != data["shown"]:
                # Only what stands there now comes along.
                is_kept = own and before == "own" and data["shown"] == "all"
                self.shown[data["id"]] = "family" if is_kept else data["shown"]
        elif name == "person.shelter":
            self.away[data["id"]] = (set(data.get("people", ())), set(data.get("roles", ())))
        elif "shown" in data:
            self.shown[data["id"]] = "family" if own and data["shown"] == "all" else data["shown"]

    def meant_apart(self, name: str, data: dict[str, Any]) -> None:
        items = self.live.board.items
        if name == "family_time.offer" and not self.time:
            self.family = {one for one in self.people if self.role(one) in ("family", "child")}
        elif name == "family_time.keep":
            (self.family.add if data["stays"] else self.family.discard)(data["id"])
        elif name == "family_time.share":
            for item_id, shown in self.shown.items():
                if shown == "family" and not items[item_id].withdrawn:
                    self.shown[item_id] = "all"
        becomes = {"offer": "offered", "begin": "running", "end": "over"}
        state = becomes.get(name.removeprefix("family_time."), self.time)
        if not (name == "family_time.offer" and self.time == "running"):
            self.time = state if name != "family_time.end" or self.time in LIVELY else self.time

    def note(self) -> None:
        """What lies open by now."""
        for item in self.live.board.items.values():
            shown = self.shown.get(item.id, "all")
            for name in TEXTS.get(item.kind, ()):
                for word in MARK.findall(getattr(item, name)):
                    for level in ("team", "family", "all"):
                        if shown in (level, "all"):
                            self.open[level][item.id].add(word)
        for person_id in self.people:
            for item in self.live.board.items.values():
                if self.may_find(person_id, item):
                    self.knew[person_id].add(item.id)

    # -- what was meant --------------------------------------------------------------------

    def role(self, person_id: str) -> str:
        return self.live.board.find(Person, person_id).role

    def is_kept(self, one: str, reader: str) -> bool:
        """Whether somebody (in the meeting or the circles) must not reach a reader."""
        role = self.role(reader)
        if role == "facilitator":
            return False
        items = self.live.board.items
        same = {one}
        for item in items.values():
            if item.kind == "circle" and item.seat and (item.seat in same or item.id in same):
                same |= {item.id, item.seat}
        for item in items.values():  # all places of who sits in the meeting
            if item.kind == "circle" and item.seat in same:
                same.add(item.id)
        if reader in same:
            return False
        return any(
            reader in self.away[each][0] or role in self.away[each][1]
            for each in same
            if each in self.away
        )

    def is_away(self, reader: str, item: Item) -> bool:
        """Whether an item is somebody who must not reach a reader, or says something of them."""
        of = item.id if item.kind in ("person", "circle") else getattr(item, "person", "")
        return bool(of) and self.is_kept(of, reader)

    def may_find(self, reader: str, item: Item) -> bool:
        """Whether a reader may know that there is such an item (withdrawn or not)."""
        if item.kind == "person":
            waits = item.standing == "waiting" and self.role(reader) != "facilitator"
            return not self.is_kept(item.id, reader) and (not waits or item.id == reader)
        if item.kind == "afar":
            return self.role(reader) == "facilitator" or reader == item.person
        if item.kind == "answer":
            return not self.is_kept(item.person, reader)
        if item.kind == "agreement":
            step = self.live.board.items[item.step]
            place = self.live.board.items[item.person]
            return self.may_find(reader, step) and self.may_find(reader, place)
        if item.kind not in TEXTS:
            return True
        if item.kind == "circle" and self.is_kept(item.id, reader):
            return False
        shown = self.shown.get(item.id, "all")
        if shown == "own":
            return item.by == reader
        if shown == "family":
            return reader in self.family
        mine = reader in (item.by, getattr(item, "said_by", ""))
        return shown == "all" or self.role(reader) in TEAM or mine

    def may_read(self, reader: str, word: str, on_paper: bool = False) -> bool:
        about = self.about[word]
        if about == "team":
            return self.role(reader) in TEAM and not on_paper
        item = self.live.board.items.get(about)
        if item is None:
            return False
        if not self.may_find(reader, item):
            return False
        if item.kind == "person":
            return True
        facilitates = self.role(reader) == "facilitator"
        if item.kind == "answer":
            revealed = self.live.board.items["scale-safety"].revealed and not item.withdrawn
            return revealed or (reader in (item.by, item.person) and not on_paper)
        if item.withdrawn and (not facilitates or on_paper):
            return False
        if item.kind == "agreement":
            step = self.live.board.items[item.step]
            shown = self.shown.get(step.id, "all")
            return not (on_paper and shown != "all") and (facilitates or not step.withdrawn)
        shown = self.shown.get(about, "all")
        if on_paper:
            return shown == "all" and word in self.open["all"][about]
        if item.by == reader:
            return True
        return word in self.open[shown][about]

    # -- looking ---------------------------------------------------------------------------

    def check(self, reader: str, told: str, where: str, on_paper: bool = False) -> None:
        for word in set(MARK.findall(told)):
            if word in self.about:
                assert self.may_read(reader, word, on_paper), (
                    f"{where}: {self.role(reader)} {reader} reads {word}"
                    f" of {self.about[word]}\n{told[:3000]}"
                )

    def check_silence(self, told: set[str]) -> None:
        """All others were sent nothing at all."""
        for (reader, dialect), ear in self.ears.items():
            assert reader in told or not ear.heard, (dialect, ear.heard)

    def check_ids(self, reader: str, told: str, where: str, knew: bool = False) -> None:
        """No id of what may not be found; with `knew`, but of what was found once."""
        for item in self.live.board.items.values():
            known = knew and item.id in self.knew[reader] and not self.is_away(reader, item)
            if not self.may_find(reader, item) and not known:
                assert not re.search(rf"{re.escape(item.id)}(?![\w-])", told), (
                    f"{where}: {self.role(reader)} {reader} is told the id {item.id}\n{told[:3000]}"
                )

    def check_heard(self) -> None:
        """Everything that was sent since this was last asked."""
        for (reader, dialect), ear in self.ears.items():
            if dialect.endswith("json"):
                self.follow(reader, map(json.loads, ear.heard))
            told, ear.heard = "\n".join(ear.heard), []
            self.check(reader, told, dialect)
            self.check_ids(reader, told, dialect, knew=True)

    def follow(self, reader: str, frames: Iterable[dict[str, Any]]) -> None:
        """As a program does that follows a board: sets the fields that it is told."""
        for frame in frames:
            if "board" in frame:
                items = frame["board"]["items"]
                self.boards[reader] = {
                    (kind, item["id"]): item for kind in items for item in items[kind]
                }
            for event in frame.get("events", ()):
                for change in event["changes"]:
                    known = self.boards[reader].setdefault((change["kind"], change["id"]), {})
                    known.update(change["set"])

    def check_welcomes(self, after: int) -> None:
        """What somebody gets who comes anew, or was away for a while, or reads slowly."""
        live = self.live
        for reader in self.people:
            person = live.board.find(Person, reader)
            for dialect in DIALECTS.values():
                missed = live.since(min(after, live.board.seq))
                frames = [dialect.welcome(live, events, person) for events in (None, missed)]
                if missed:
                    frames.append(dialect.missed(live, missed, person))
                frames.append(dialect.here(live, dialect.audience(live.board, person)))
                told = json.dumps(frames, ensure_ascii=False)
                self.check(reader, told, f"{dialect.name} after {after}")
                self.check_ids(reader, told, f"{dialect.name} after {after}", knew=True)
                fresh = json.dumps(frames[0], ensure_ascii=False)
                self.check_ids(reader, fresh, f"{dialect.name} anew")

    async def check_pages(self, client: AsyncClient, seqs: list[int]) -> None:
        for reader in self.people:
            here = f"/m/{self.live.board.id}/{reader}"
            cookie = {"cookie": f"kb_{reader}={self.tokens[reader]}"}
            paths = ["", "/history", *(f"/at/{seq}" for seq in seqs)]
            for path in paths:
                answer = await client.get(here + path, headers=cookie)
                if path and self.time == "running" and reader not in self.family:
                    assert answer.status_code == 403
                else:
                    answer.raise_for_status()
                page = answer.text
                self.check(reader, page, path)
                self.check_ids(reader, page, path)
