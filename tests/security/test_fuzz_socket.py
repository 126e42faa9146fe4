"""Whatever comes in at a socket: an error or a documented end, never a crash, never a leak."""

from __future__ import annotations

import contextlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from app.board.board import replay
from app.board.events import Event
from app.export.record import board_as_dict
from app.settings import ROOT
from tests.security.frames import any_frame, fresh
from tests.security.houses import (
    AT_THE_DOOR,
    DIALECTS,
    FOREIGN,
    NUMBER_REASON,
    ROLES,
    UNHURRIED,
    WITHDRAWN,
    Line,
    Scene,
    faults,
    record_of,
    seen_by,
    set_scene,
)
from tests.server import Seat, Server

# FUZZ=1000 python -m pytest tests/security/test_fuzz_socket.py looks for longer.
EXAMPLES = int(os.environ.get("FUZZ", "12"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def same_again(*of: str) -> Callable[[Any], Any]:
    """The same frames at each run, but others for each role; with FUZZ, new ones at each run."""
    if "FUZZ" in os.environ:
        return lambda test: test
    return seed(zlib.crc32(" ".join(of).encode()))


CLOSE_CODES = {
    int(code)
    for code in re.findall(
        r"^\| (\d{4}) \|", (ROOT / "docs/protocol.md").read_text(encoding="utf-8"), re.M
    )
} - {1011}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("fuzz"), **UNHURRIED).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def foreign(house: Server) -> Scene:
    return set_scene(house)


@pytest.fixture(scope="module")
def scene(house: Server, foreign: Scene) -> Scene:
    """Its facilitator does nothing, so what is hidden in it stays hidden."""
    return set_scene(house, foreign)


@pytest.fixture(scope="module")
def rough(house: Server, foreign: Scene) -> Scene:
    """Here the facilitator raves, too."""
    return set_scene(house, foreign)


def rave(line: Line, scene: Scene, data: st.DataObject, hidden: set[str]) -> None:
    """A few frames over an open line, and what comes back."""
    line.heard.clear()
    frames = data.draw(st.lists(any_frame(scene.ids), min_size=4, max_size=16))
    for frame in frames:
        line.say(fresh(frame))
    code = line.until_quiet()
    assert code is None or code in CLOSE_CODES, (code, frames)
    for text in line.heard:
        assert not [word for word in hidden if word in text], (text, frames)
        assert "Traceback" not in text and "sqlalchemy" not in text.lower(), text


def is_what_its_log_says(scene: Scene) -> bool:
    record = record_of(scene.meeting)
    events = [Event.from_dict(event) for event in record["events"]]
    return board_as_dict(replay(scene.meeting.id, events)) == record["board"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("role", [role for role in ROLES if role != "facilitator"])
def test_people_who_rave_break_nothing_and_learn_nothing(
    scene: Scene, role: str, dialect: str
) -> None:
    hidden = {WITHDRAWN, NUMBER_REASON, AT_THE_DOOR, FOREIGN} - seen_by(role)
    # Somebody else listens: what one person does must not show others more than they may see.
    other = Line(scene.meeting, scene.seats["network"], dialect)
    other.hello()
    line = Line(scene.meeting, scene.seats[role], dialect)
    line.hello()

    @same_again(role, dialect)
    @fuzzed
    @given(st.data())
    def go(data: st.DataObject) -> None:
        rave(line, scene, data, hidden)
        back_in(scene, role, line)

    go()
    answer = line.ask("scale.answer", number=4)
    assert answer["type"] == "ack" or (role, answer["code"]) == ("projector", "not_allowed"), answer
    if other.until_quiet() is None:
        other.close()
    assert not [word for word in hidden if word in "".join(other.heard)]
    line.close()
    assert is_what_its_log_says(scene)


def back_in(scene: Scene, role: str, line: Line) -> None:
    """Who has left for good comes in by the door again."""
    if line.code is not None:
        scene.seats[role] = line.seat = scene.meeting.join(role.title(), role)
        line.hello()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_facilitator_who_raves_breaks_nothing(rough: Scene, dialect: str) -> None:
    line = Line(rough.meeting, rough.meeting.facilitator, dialect)
    line.hello()

    @same_again(dialect)
    @fuzzed
    @given(st.data())
    def go(data: st.DataObject) -> None:
        rave(line, rough, data, {FOREIGN})

    go()
    opened = line.ask("meeting.open")
    assert opened["type"] == "ack" or opened["code"] == "closed"
    # Not all was refused, or this would test little.
    assert len({event["type"] for event in record_of(rough.meeting)["events"]}) > 8
    answer = line.ask("card.add", column="needs", text="still here")
    assert (answer["type"], answer.get("code")) == (opened["type"], opened.get("code"))
    line.close()
    assert is_what_its_log_says(rough)


@pytest.mark.parametrize("who", ["waiting", "stranger", "foreigner", "nobody"])
def test_who_was_not_let_in_gets_an_answer_and_no_word(
    scene: Scene, foreign: Scene, who: str
) -> None:
    seats = {
        "waiting": scene.waiting,
        "stranger": Seat(scene.seats["family"].person, "x" * 43),
        "foreigner": foreign.seats["worker"],
        "nobody": Seat("", ""),
    }
    hidden = {WITHDRAWN, NUMBER_REASON, FOREIGN, "words", "Elena", "Worker"}

    @same_again(who)
    @fuzzed
    @given(st.data())
    def go(data: st.DataObject) -> None:
        line = Line(scene.meeting, seats[who]).open()
        try:
            if who != "nobody":
                hello = {"type": "hello", "person": seats[who].person, "token": seats[who].token}
                line.say(hello)
            rave(line, scene, data, hidden)
        except ConnectionClosed as end:
            assert end.rcvd and end.rcvd.code in CLOSE_CODES
        finally:
            line.close()

    go()
    assert is_what_its_log_says(scene)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b'{"type":"typing","where":"\xff\xfe"}', 1007),
        (b"\xed\xa0\x80", 1007),  # half a surrogate pair, written out
        (b"\xc0\xaf", 1007),  # a slash in more bytes than it needs
        (b'{"type":"ping","x":"' + b"x" * 131_072 + b'"}', 1009),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_not_utf8_or_too_long_ends_the_socket_as_documented(
    scene: Scene, dialect: str, sent: bytes, code: int
) -> None:
    line = Line(scene.meeting, scene.seats["network"], dialect)
    line.hello()
    with contextlib.suppress(OSError):
        line.socket.send(sent, text=True)
    # 1006: the server was gone before its reason came, as the rest was still on its way to it.
    assert line.until_quiet() in ({code, 1006} if code == 1009 else {code})
    line.close()


def test_the_server_never_failed(house: Server) -> None:
    """The tests above ran against it: nothing that came in was a surprise to it."""
    assert house.process and house.process.poll() is None
    assert not faults(house)
