"""What programs and pages rely on: once, in order, resumed, refused in words, gone at once."""

from __future__ import annotations

import asyncio
import json
import random
import time

import httpx
import pytest

from app.board.board import replay
from app.board.events import Event
from app.export.record import board_as_dict
from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


def record_of(meeting: Meeting) -> dict:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{meeting.server.url}/api/meetings/{meeting.id}/record"
    return httpx.get(address, headers=headers).raise_for_status().json()


async def test_a_command_that_is_sent_again_is_carried_out_once(meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    card = {"column": "worries", "text": "once"}
    answers = [await rosa.ask("card.add", command_id="command-1", **card) for _ in range(3)]
    assert {answer["type"] for answer in answers} == {"ack"}
    assert len({answer["seq"] for answer in answers}) == 1
    added = [event for event in record_of(meeting)["events"] if event["type"] == "card.added"]
    assert len(added) == 1
    await rosa.close()


async def test_everyone_gets_every_event_once_and_in_order(meeting: Meeting) -> None:
    people = [await sit_down(meeting, meeting.join(f"Person {n}")) for n in range(6)]
    start = max(one.seq for one in people)

    async def write(one: Program, number: int) -> None:
        for card in range(20):
            command = {"id": f"id-{number}-{card:03}", "name": "card.add"}
            data = {"column": "working", "text": f"{number} {card}"}
            await one.send({"type": "command", **command, "data": data})

    await asyncio.gather(*(write(one, number) for number, one in enumerate(people)))
    await asyncio.gather(*(one.catch_up(start + 120) for one in people))
    for one in people:
        numbers = [event["seq"] for event in one.events if event["seq"] > start]
        assert numbers == list(range(start + 1, start + 121))
        await one.close()


async def test_after_a_break_one_gets_what_one_missed(meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    elena_seat = meeting.join("Elena")
    elena = await sit_down(meeting, elena_seat)
    seen = elena.seq
    await elena.close()
    for number in range(5):
        await rosa.ask("card.add", column="needs", text=f"missed {number}")
    elena = await sit_down(meeting, elena_seat, after=seen)
    missed = [event["changes"][0]["set"]["text"] for event in elena.welcome["events"]]
    assert missed == [f"missed {number}" for number in range(5)]
    fresh = await sit_down(meeting, elena_seat)
    assert fresh.welcome["board"]["seq"] == elena.seq == rosa.seq
    for one in (rosa, elena, fresh):
        await one.close()


async def test_hidden_numbers_reach_nobody_before_they_are_shown(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    elena = await sit_down(meeting, meeting.join("Elena"))
    page = await Program(meeting, meeting.projector, "kinboard.v1.html").connect(after=10**9)
    answer = await rosa.ask("scale.answer", number=3, reason="the secret reason")
    for one in (sam, elena):
        await one.catch_up(answer["seq"])
        assert "secret" not in json.dumps(one.frames)
    assert "secret" in json.dumps(rosa.frames)
    shown = await sam.ask("scale.reveal")
    await elena.catch_up(shown["seq"])
    assert "the secret reason" in json.dumps(elena.events[-1])
    await page.until("event", seq=shown["seq"])
    before = json.dumps(page.frames[:-1], ensure_ascii=False)
    assert "secret" not in before and "the secret reason" in page.frames[-1]["html"]
    for one in (sam, rosa, elena, page):
        await one.close()


async def test_who_is_removed_is_out_within_a_second(meeting: Meeting) -> None:
    seat = meeting.join("Eve")
    eve = await sit_down(meeting, seat)
    sam = await sit_down(meeting, meeting.facilitator)
    started = time.monotonic()
    await sam.ask("person.remove", id=seat.person)
    assert await eve.closed() == 4403
    assert time.monotonic() - started < 1
    assert eve.frames[-1] == {"type": "bye", "code": "removed"}
    again = await sit_down(meeting, seat)
    assert again.welcome["type"] == "bye" and await again.closed() == 4403
    await sam.close()


async def test_at_the_door_nobody_learns_anything(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    await sam.ask("card.add", column="worries", text="the family's words")
    seat = meeting.knock("Carmen")
    carmen = await sit_down(meeting, seat)
    assert {*carmen.welcome} == {"type", "name", "greeting", "phrase"}
    answer = await carmen.ask("card.add", column="worries", text="let me in")
    assert answer["code"] == "not_let_in"
    await sam.ask("person.admit", id=seat.person, role="network")
    await carmen.until("admitted")
    assert "words" not in json.dumps(carmen.frames)
    await sam.close()
    await carmen.close()


BAD_DATA = [
    ("card.add", {"column": "worries", "text": ""}, "empty", "text"),
    ("card.add", {"column": "worries", "text": "x" * 10_000}, "too_long", "text"),
    ("card.add", {"column": "worries", "text": "a\u0000b"}, "hidden_character", "text"),
    ("card.add", {"column": "worries", "text": "\ud800"}, "hidden_character", "text"),
    ("card.add", {"column": "worries"}, "missing", "text"),
    ("card.add", {"column": "wishes", "text": "x"}, "not_a_choice", "column"),
    ("card.add", {"column": "needs", "text": "x", "sort": "harm"}, "not_a_choice", "sort"),
    ("card.add", {"column": "worries", "text": 7}, "not_valid", "text"),
    ("card.add", {"column": "worries", "text": "x", "color": "red"}, "unknown_field", "color"),
    ("card.add", [], "not_valid", "data"),
    ("card.burn", {}, "unknown_command", "name"),
    ("person.ask", {"id": "person-x", "called": "Eve"}, "unknown_command", "name"),
    ("card.move", {"id": "card-from-nowhere", "column": "needs"}, "not_found", "id"),
    ("person.admit", {"id": "person-x", "role": "worker"}, "not_allowed", ""),
    ("scale.answer", {"number": 11}, "out_of_range", "number"),
    ("scale.answer", {"number": "7"}, "not_valid", "number"),
    ("scale.reveal", {}, "not_allowed", ""),
    ("meeting.close", {}, "not_allowed", ""),
    ("step.add", {"what": "x", "due": "tomorrow"}, "not_a_date", "due"),
    ("step.add", {"what": "x", "owners": ["person-x"]}, "not_found", "owners"),
    ("circle.add", {"called": "Ana", "ring": 7}, "out_of_range", "ring"),
    ("statement.add", {"form": "harm", "parts": {"color": "x"}}, "unknown_field", "parts"),
    ("undo", {}, "nothing_to_undo", ""),
]


@pytest.mark.parametrize(("name", "data", "code", "field"), BAD_DATA)
async def test_what_cannot_be_done_is_said_and_nothing_happens(
    meeting: Meeting, name: str, data, code: str, field: str
) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await rosa.send({"type": "command", "id": "command-x", "name": name, "data": data})
    answer = await rosa.until("error")
    assert (answer["id"], answer["code"], answer["field"]) == ("command-x", code, field)
    assert len(answer["message"]) > 10
    good = await rosa.ask("card.add", column="worries", text="the socket still works")
    assert good["type"] == "ack" and good["seq"] == rosa.welcome["seq"] + 1
    await rosa.close()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "not_json"),
        ("[1, 2]", "not_an_object"),
        ("[" * 50_000, "not_json"),
        (b"\x00\x01", "not_text"),
        ('{"type": "dance"}', "unknown_frame"),
        ('{"type": ["command"]}', "unknown_frame"),
        ('{"type": "command", "id": 5, "name": "undo"}', "not_valid"),
        ('{"type": "typing", "where": 5}', "not_valid"),
        ('{"type": "open", "item": "nothing", "field": "text"}', "not_found"),
    ],
)
async def test_frames_that_are_none_leave_the_socket_usable(
    meeting: Meeting, frame: str | bytes, code: str
) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await rosa.send(frame)
    assert (await rosa.until("error"))["code"] == code
    assert (await rosa.ask("card.add", column="needs", text="fine"))["type"] == "ack"
    await rosa.close()


async def test_frames_that_are_too_long_or_broken_close_the_socket(meeting: Meeting) -> None:
    seat = meeting.join("Rosa")
    rosa = await sit_down(meeting, seat)
    await rosa.send('"' + "x" * 140_000 + '"')
    assert await rosa.closed() == 1009
    rosa = await sit_down(meeting, seat)
    rosa.socket.transport.write(bytes([0x81, 0x82, 0, 0, 0, 0, 0xFF, 0xFE]))  # no UTF-8
    assert await rosa.closed() == 1007


async def test_nobody_reaches_another_board(server: Server, meeting: Meeting) -> None:
    other = new_meeting(server)
    stranger = other.join("Stranger")
    wrong = await Program(meeting, stranger).connect()
    assert wrong.welcome["code"] == "not_let_in" and await wrong.closed() == 4401
    sam = await sit_down(meeting, meeting.facilitator)
    await sam.ask("card.add", command_id="command-1", column="worries", text="ours")
    card = record_of(meeting)["board"]["items"]["card"][0]["id"]
    thief = await sit_down(other, stranger)
    answer = await thief.ask("card.move", id=card, column="needs")
    assert answer["code"] == "not_found"
    await sam.close()
    await thief.close()


async def test_a_closed_meeting_takes_nothing(meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    meeting.post("close").raise_for_status()
    answer = await rosa.ask("card.add", column="worries", text="too late")
    assert answer["code"] == "closed"
    await rosa.close()


async def test_what_was_acknowledged_outlives_a_killed_server(own_server: Server) -> None:
    """Edits are in flight when the power goes; they are sent again, and each is there once."""
    meeting = new_meeting(own_server)
    seats = [meeting.join(f"Person {number}") for number in range(4)]
    acked: dict[str, int] = {}
    asked: dict[str, tuple[int, str]] = {}

    async def write(number: int) -> None:
        program = await sit_down(meeting, seats[number])
        try:
            for count in range(10_000):
                id, text = f"id-{number}-{count:05}", f"{number} {count}"
                asked[id] = (number, text)
                answer = await program.ask("card.add", command_id=id, column="worries", text=text)
                acked[id] = answer["seq"]
        except Exception:  # the connection broke, as it should
            return

    writing = [asyncio.create_task(write(number)) for number in range(4)]
    await asyncio.sleep(0.5 + random.random() / 2)
    own_server.kill()
    await asyncio.gather(*writing)
    own_server.start()
    assert len(acked) > 20

    retried = [one for one in asked if one not in acked]
    for id in [*retried, *list(acked)[-20:]]:
        number, text = asked[id]
        program = await sit_down(meeting, seats[number])
        answer = await program.ask("card.add", command_id=id, column="worries", text=text)
        assert answer["type"] == "ack" and acked.get(id, answer["seq"]) == answer["seq"]
        await program.close()

    record = record_of(meeting)
    added = {e["command"]: e["seq"] for e in record["events"] if e["type"] == "card.added"}
    assert sorted(added) == sorted(asked)
    assert all(added[id] == seq for id, seq in acked.items())
    events = [Event.from_dict(event) for event in record["events"]]
    assert board_as_dict(replay(meeting.id, events)) == record["board"]


@pytest.mark.parametrize("deflate", ["false", "true"])
async def test_any_asgi_server_tells_the_same(tmp_path, deflate: str) -> None:
    """Without the transport in hand, frames go through ASGI; they are the same."""
    plain = ["-m", "uvicorn", "app.main:app", "--ws", "websockets-sansio", "--port", "PORT"]
    plain += ["--ws-per-message-deflate", deflate, "--log-level", "warning"]
    told = []
    for arguments in ((), plain):
        server = Server(tmp_path, *arguments)
        server._arguments = tuple(a.replace("PORT", str(server.port)) for a in server._arguments)
        server.start()
        try:
            meeting = new_meeting(server)
            rosa = await sit_down(meeting, meeting.join("Rosa"))
            await rosa.ask("card.add", command_id="command-1", column="worries", text="same")
            kinds = [(frame["type"], sorted(frame)) for frame in rosa.frames]
            told.append([kind for kind in kinds if kind[0] != "here"])
            await rosa.close()
        finally:
            server.stop()
    assert told[0] == told[1]


async def test_a_slow_reader_holds_up_nobody_and_misses_nothing(meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    slow = await sit_down(meeting, meeting.join("Slow"))
    start = slow.seq
    slow.socket.transport.pause_reading()
    words = "x" * 1900
    started = time.monotonic()
    for number in range(1500):
        await rosa.ask("card.add", column="worries", text=f"{number} {words}")
    assert time.monotonic() - started < 60
    slow.socket.transport.resume_reading()
    await slow.until("events", within=30)
    while slow.seq < start + 1500:
        await slow.receive(within=30)
    numbers = [event["seq"] for event in slow.events if event["seq"] > start]
    assert numbers == list(range(start + 1, start + 1501))
    for one in (rosa, slow):
        await one.close()


async def test_who_reads_nothing_is_not_listened_to(meeting: Meeting) -> None:
    """Answers that nobody takes would pile up; the others do not notice anything."""
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    deaf = await sit_down(meeting, meeting.join("Deaf"))
    deaf.socket.transport.pause_reading()
    sent = 0

    async def shout() -> None:
        nonlocal sent
        while True:
            await deaf.send(["x" * 1000])  # no frame: the answer is "send an object"
            sent += 1

    shouting = asyncio.create_task(shout())
    was = -1
    async with asyncio.timeout(60):
        while sent != was:  # until the line is full, as the other end does not read
            was = sent
            await asyncio.sleep(1)
    shouting.cancel()
    started = time.monotonic()
    ack = await rosa.ask("card.add", column="worries", text="calmly")
    assert ack["type"] == "ack" and time.monotonic() - started < 1
    deaf.socket.transport.resume_reading()
    await deaf.catch_up(ack["seq"])
    for one in (rosa, deaf):
        await one.close()


async def test_a_restart_asks_everyone_to_come_back(own_server: Server) -> None:
    meeting = new_meeting(own_server)
    seat = meeting.join("Rosa")
    rosa = await sit_down(meeting, seat)
    acked = await rosa.ask("card.add", column="worries", text="before")
    await asyncio.to_thread(own_server.stop)
    assert await rosa.closed() == 1012
    own_server.start()
    again = await sit_down(meeting, seat, after=rosa.seq)
    assert again.welcome["events"] == [] and again.seq == acked["seq"]
    await again.close()
