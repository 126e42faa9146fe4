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
    "housenote": ("text",),
    "finding": ("reason",),
    "kin": ("name",),
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
        # The columns in which all write quietly, and for whom each card that waits is meant.
        self.quiet: set[str] = set()
        self.waits: dict[str, str] = {}
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
        elif name in ("house.note", "house.drawing"):
            self.shown[data["id"]] = "own"
        elif name in ("house.share", "house.take_back"):
            for thing in self.meant_of_houses(who, data):
                self.shown[thing.id] = "all" if name == "house.share" else "own"
                for card in getattr(thing, "cards", ()) if name == "house.take_back" else ():
                    self.shown[card] = "own"
        elif name == "house.remove":
            self.shown[data["id"]] = "own"
            for card in getattr(self.live.board.items[data["id"]], "cards", ()):
                self.shown[card] = "own"
        elif name.startswith("quiet."):
            self.meant_quietly(name, data)
        elif name in ("card.add", "item.show") and self.goes_quietly(data):
            wish = "family" if own and data["shown"] == "all" else data["shown"]
            self.shown[data["id"]], self.waits[data["id"]] = "own", wish
        elif name == "item.show":
            self.waits.pop(data["id"], None)
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

    def meant_of_houses(self, who: str, data: dict[str, Any]) -> list[Any]:
        child = data["child"] or who
        return [
            item
            for item in self.live.board.items.values()
            if item.kind in ("housenote", "drawing")
            and item.child == child
            and who in (item.by, item.child)
            and not item.withdrawn
            and (data["item"] in (None, item.id))
            and (data["item"] or data["house"] in (None, item.house))
        ]

    def goes_quietly(self, data: dict[str, Any]) -> bool:
        """Whether a card waits for the others: a new one, or a draft that is shown now."""
        item = self.live.board.items[data["id"]]
        is_own = self.shown.get(item.id, "own") == "own"
        return (
            item.kind == "card"
            and item.column in self.quiet
            and is_own
            and (data["shown"] != "own")
        )

    def meant_quietly(self, name: str, data: dict[str, Any]) -> None:
        columns = set(data.get("columns", self.quiet))
        if name == "quiet.begin":
            self.quiet |= columns
            return
        ended = self.quiet & columns
        self.quiet -= ended
        for card_id in [*self.waits] if name == "quiet.reveal" else ():
            card = self.live.board.items[card_id]
            if card.column in ended and not card.withdrawn:
                self.shown[card_id] = self.waits.pop(card_id)

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
        if item.kind == "assessment":
            asked = reader == item.by or reader in item.raters
            return self.shown[item.id] == "all" or self.role(reader) in TEAM or asked
        if item.kind == "consensus":
            return self.may_find(reader, self.live.board.items[item.assessment])
        if item.kind == "rating":
            of = self.live.board.items[item.assessment]
            counts = of.revealed and item.person in of.raters
            shown = counts or item.person == reader
            return shown and not self.is_kept(item.person, reader) and self.may_find(reader, of)
        if item.kind == "agreement":
            step = self.live.board.items[item.step]
            place = self.live.board.items[item.person]
            return self.may_find(reader, step) and self.may_find(reader, place)
        if item.kind == "stroke":
            return self.may_find(reader, self.live.board.items[item.drawing])
        if item.kind == "house":
            return not self.is_kept(item.child, reader)  # it stands once something was shared
        if item.kind in ("housenote", "drawing"):
            is_own = self.shown[item.id] == "own"
            may = reader in (item.by, item.child) if is_own else True
            return may and not self.is_kept(item.child, reader)
        if item.kind == "note":
            return self.role(reader) == "facilitator"
        same = self.live.board.items.get(getattr(item, "same_as", ""))
        if same is not None and not self.may_find(reader, same):
            return False
        if item.kind in ("tie", "bond"):
            ends = (self.live.board.items[item.one], self.live.board.items[item.other])
            return all(self.may_find(reader, end) for end in ends)
        if item.kind == "finding":
            found = self.live.board.items[item.about]
            return self.role(reader) in TEAM and self.may_find(reader, found)
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
        if about == "note":
            return self.role(reader) == "facilitator" and not on_paper
        item = self.live.board.items.get(about)
        if item is None:
            return False
        # A card on the map is a card like others, also one with words from a child's house.
        items = [item, *(self.live.board.items[one] for one in getattr(item, "cards", ()))]
        return any(self.may_read_in(reader, word, one, on_paper) for one in items)

    def may_read_in(self, reader: str, word: str, item: Item, on_paper: bool) -> bool:
        about = item.id
        if not self.may_find(reader, item):
            return False
        if item.kind == "housenote" and item.withdrawn:
            return False
        if reader == getattr(item, "child", "") and not on_paper:
            return True
        if item.kind == "person":
            return True
        if item.kind == "finding":
            return not on_paper
        facilitates = self.role(reader) == "facilitator"
        if item.kind == "answer":
            revealed = self.live.board.items["scale-safety"].revealed and not item.withdrawn
            return revealed or (reader in (item.by, item.person) and not on_paper)
        if item.kind in ("rating", "consensus"):
            tool = self.live.board.items[item.assessment]
            return not on_paper or (tool.revealed and self.shown[tool.id] == "all")
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
