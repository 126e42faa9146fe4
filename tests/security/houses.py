"""A real server with a meeting in it that has something to hide, and another family beside it."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.ids import new_id
from tests.colleagues import new_colleague
from tests.server import Meeting, Seat, Server, new_meeting

ROLES = ("facilitator", "worker", "family", "child", "network", "projector")
DIALECTS = ("kinboard.v1.json", "kinboard.v1.html")

# Words that stand where some may not see them; no answer to those may hold one.
WITHDRAWN = "Quillfeather-withdrawn"
NUMBER_REASON = "Quillfeather-reason"
AT_THE_DOOR = "Quillfeather-at-the-door"
FOREIGN = "Quillfeather-foreign"


# Limits on how much one may ask for are tested elsewhere; here more than people could is asked.
UNHURRIED = {
    f"KINBOARD_LIMIT_{name}": "1000000000"
    for name in (
        "BYTES",
        "CODES",
        "CODES_OF_ALL",
        "COMMANDS",
        "COMMANDS_OF_BOARD",
        "GUESSES",
        "JOINS",
        "SOCKETS",
        "SOCKETS_OF_BOARD",
    )
}


def seen_by(role: str) -> set[str]:
    """Which of the hidden words somebody of a role may be told."""
    return {"facilitator": {WITHDRAWN, AT_THE_DOOR}, "worker": {NUMBER_REASON}}.get(role, set())


@dataclass
class Line:
    """A socket that is written to without waiting; every frame that came back is in `heard`."""

    meeting: Meeting
    seat: Seat
    dialect: str = "kinboard.v1.json"
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    code: int | None = None

    def open(self) -> Line:
        url = f"ws{self.meeting.server.url[4:]}/live/{self.meeting.id}"
        self.code = None
        opened = connect(
            url,
            subprotocols=[self.dialect],  # type: ignore[list-item]
            additional_headers=self.headers,
            max_size=None,
            compression=None,
        )
        self.ends = contextlib.ExitStack()
        self.socket: ClientConnection = self.ends.enter_context(opened)
        return self

    def hello(self) -> dict[str, Any]:
        self.open()
        self.say({"type": "hello", "person": self.seat.person, "token": self.seat.token})
        return self.hear()

    def say(self, frame: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def hear(self, within: float = 10) -> dict[str, Any]:
        text = str(self.socket.recv(timeout=within))
        self.heard.append(text)
        return json.loads(text)

    def until_quiet(self) -> int | None:
        """All answers to what was said so far; the close code where the server hung up."""
        last = new_id()
        # A command that is refused, but not before those that were sent ahead of it are done.
        nothing = {"name": "card.withdraw", "data": {"id": "no-such-card"}}
        self.say({"type": "command", "id": last, **nothing})
        try:
            while self.hear().get("id") != last:
                pass
        except ConnectionClosed as end:
            self.code = end.rcvd.code if end.rcvd else 1006
        return self.code

    def ask(self, name: str, **data: Any) -> dict[str, Any]:
        command_id = new_id()
        self.say({"type": "command", "id": command_id, "name": name, "data": data})
        while True:
            frame = self.hear()
            if frame.get("id") == command_id and frame["type"] in ("ack", "error"):
                return frame

    def close(self) -> None:
        self.ends.close()


@dataclass
class Scene:
    """A meeting with one person of each role, hidden words, and the ids of what lies in it."""

    meeting: Meeting
    seats: dict[str, Seat]
    waiting: Seat
    ids: list[str]


def set_scene(server: Server, foreign: Scene | None = None) -> Scene:
    meeting = new_meeting(server)
    seats = {role: meeting.join(role.title(), role) for role in ("worker", "family", "child")}
    seats |= {"network": meeting.join("Network", "network"), "projector": meeting.projector}
    seats["facilitator"] = meeting.facilitator
    waiting = meeting.knock(AT_THE_DOOR)
    sam = Line(meeting, meeting.facilitator)
    sam.hello()
    word = FOREIGN if foreign is None else "words"
    goal = {"id": "goal-001", "form": "goal", "danger": "danger-001", "parts": {"what": word}}
    for name, data in (
        *(
            ("card.add", {"id": f"card-00{number}", "column": "worries", "text": word})
            for number in range(3)
        ),
        ("card.add", {"id": "card-hidden", "column": "worries", "text": WITHDRAWN}),
        ("card.withdraw", {"id": "card-hidden"}),
        ("statement.add", {"id": "danger-001", "form": "danger", "parts": {"act": word}}),
        ("statement.add", goal),
        ("circle.add", {"id": "circle-001", "called": "Elena", "ring": 1}),
        ("step.add", {"id": "step-001", "what": word, "owners": [seats["family"].person]}),
    ):
        answer = sam.ask(name, **data)
        assert answer["type"] == "ack", answer
    sam.close()
    worker = Line(meeting, seats["worker"])
    worker.hello()
    assert worker.ask("scale.answer", number=3, reason=NUMBER_REASON)["type"] == "ack"
    worker.close()
    people = [seat.person for seat in seats.values()] + [waiting.person]
    things = ["card-000", "card-001", "card-002", "card-hidden", "danger-001", "goal-001"]
    things += ["circle-001", "step-001", "meeting", "scale-safety", "__class__", "scale"]
    things += [f"scale-safety.{seats['worker'].person}", meeting.id]
    if foreign:
        things += [foreign.meeting.id, *(seat.person for seat in foreign.seats.values())]
    return Scene(meeting, seats, waiting, people + things)


def record_of(meeting: Meeting) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{meeting.server.url}/api/meetings/{meeting.id}/record"
    return httpx.get(address, headers=headers, timeout=30).raise_for_status().json()


# What the log says where something was a surprise to the server; the last two are uvicorn's and
# asyncio's. That uvicorn writes down a broken text frame is none.
_SURPRISED = re.compile(
    r"a request failed|could not be written|could not be shown"
    r"|Exception in ASGI|exception was never retrieved"
)


def faults(server: Server) -> list[str]:
    return _SURPRISED.findall(server.errors.read_text(encoding="utf-8"))


def at_the_desk(server: Server) -> httpx.Client:
    """A browser in which some facilitator has signed in; they have a family of their own."""
    browser = new_colleague(server).browser
    browser.follow_redirects = False
    browser.timeout = httpx.Timeout(30)
    token = form_token(browser, "/desk")
    assert browser.post("/desk/families", data={"name": "Own", "csrf": token}).status_code == 303
    return browser


def form_token(browser: httpx.Client, path: str = "/join") -> str:
    """What a page of ours puts into its forms for this browser."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found, path
    return found[1]


def sit_at(browser: httpx.Client, seat: Seat) -> None:
    """Gives a browser what shows that it belongs to somebody in a meeting."""
    browser.cookies.set(f"kb_{seat.person}", seat.token)


def in_the_meeting(meeting: Meeting, seat: Seat) -> httpx.Client:
    """A participant's browser."""
    browser = httpx.Client(base_url=meeting.server.url, timeout=30)
    sit_at(browser, seat)
    if meeting.server.environment.get("KINBOARD_PUBLIC_URL", "").startswith("https:"):
        browser.cookies.set(f"__Host-kb_{seat.person}", seat.token)
    return browser


def page_of(meeting: Meeting, seat: Seat) -> str:
    return f"/m/{meeting.id}/{seat.person}"
