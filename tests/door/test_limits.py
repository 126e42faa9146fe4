"""Too much is refused with a time to wait; guessing a code is hopeless."""

from __future__ import annotations

import asyncio
import re
import socket
import statistics
import time
from collections.abc import Iterator

import httpx
import pytest

from app.access import limits
from app.access.limits import Limit, Limits, network
from app.access.tokens import _CODE_LETTERS, CODE_LENGTH
from app.settings import ROOT, Settings
from tests.program import Program, sit_down
from tests.server import UNHURRIED, Server, new_meeting

DEFAULTS = {name: str(Settings.model_fields[name[9:].lower()].default) for name in UNHURRIED}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the limits that it has by default, behind one trusted proxy."""
    settings = DEFAULTS | {"KINBOARD_TRUSTED_PROXIES": "1"}
    running = Server(tmp_path_factory.mktemp("strict"), **settings).start()
    yield running
    running.stop()


def test_a_bucket_fills_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: now)
    limit = Limit(10, 5)
    assert [limit.take("a") for _ in range(10)] == [0.0] * 10
    assert limit.take("a") == pytest.approx(0.5) and limit.take("b") == 0.0
    now += 0.5
    assert limit.take("a") == 0.0 and limit.take("a") > 0
    now += 1000
    assert limit.take("a", 10) == 0.0 and limit.take("a") > 0


def test_one_household_is_one_address() -> None:
    assert network("2001:db8:1:2:aaaa::1") == network("2001:db8:1:2:bbbb::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("::ffff:203.0.113.5") == network("203.0.113.5") == "203.0.113.5"
    assert network(None) == network("") == "unknown"


def test_the_arithmetic_of_guessing_is_as_the_docs_say() -> None:
    """Whatever the number of addresses, all tries together count against the one limit."""
    codes = len(_CODE_LETTERS) ** CODE_LENGTH
    page = (ROOT / "docs" / "joining.md").read_text(encoding="utf-8")
    assert f"{codes:,}" in page
    all_limits = Limits(Settings())
    tries = 0
    while not all_limits.codes_of_all.take(""):
        tries += 1
    assert tries == 1000
    # A bucket may be full at the start: in two hours that is three times an hour's worth.
    chance = 3 * tries * 1000 / codes
    assert chance < 4e-6 and "1 in 280,000" in page
    assert round(1 / chance / 1000) * 1000 == pytest.approx(284_000, rel=0.01)


def ask(server: Server, code: str, address: str) -> httpx.Response:
    wish = {"code": code, "called": "Eve"}
    headers = {"x-forwarded-for": address}
    return httpx.post(f"{server.url}/api/join", json=wish, headers=headers)


def test_wrong_codes_are_limited_for_an_address_and_right_ones_are_not(strict: Server) -> None:
    meeting = new_meeting(strict)
    for _ in range(20):
        assert ask(strict, "AAAAAAAA", "203.0.113.1").status_code == 422
    refused = ask(strict, "AAAAAAAA", "203.0.113.1")
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["code"] == "slow_down"
    # Not even a right code is told from a wrong one now; who is elsewhere notices nothing.
    right = ask(strict, meeting.code, "203.0.113.1")
    assert re.sub(r"\d+", "", right.text) == re.sub(r"\d+", "", refused.text)
    for _ in range(30):
        assert ask(strict, meeting.code, "203.0.113.2").status_code == 201
    # What stands before the proxy's own word anybody may have written.
    assert ask(strict, "AAAAAAAA", "198.51.100.7, 203.0.113.1").status_code == 429
    page = httpx.get(
        f"{strict.url}/j/AAAAAAAA",
        headers={"x-forwarded-for": "203.0.113.1", "accept-language": "en"},
    )
    assert page.status_code == 429 and "That was a lot at once" in page.text


def test_guessed_links_are_limited_too(strict: Server) -> None:
    for path in ("/enter/x", "/i/x", "/api/families"):
        headers = {"x-forwarded-for": f"192.0.2.{len(path)}", "authorization": "Bearer x"}
        answers = [httpx.get(strict.url + path, headers=headers).status_code for _ in range(31)]
        assert set(answers[:30]) <= {401, 403, 404} and answers[30] == 429, path


def test_without_trusted_proxies_the_header_says_nothing(tmp_path) -> None:
    server = Server(tmp_path, KINBOARD_LIMIT_CODES="3").start()
    try:
        answers = [ask(server, "AAAAAAAA", f"203.0.113.{n}").status_code for n in range(4)]
        assert answers == [422, 422, 422, 429]
    finally:
        server.stop()


def test_a_door_takes_only_so_many(strict: Server) -> None:
    meeting = new_meeting(strict)
    answers = [ask(strict, meeting.code, f"198.51.100.{n}").status_code for n in range(62)]
    assert answers == [201] * 60 + [429] * 2


def test_requests_that_are_too_large_are_not_read(server: Server) -> None:
    assert httpx.get(f"{server.url}/join?{'x' * 5000}").status_code == 414
    assert httpx.get(f"{server.url}/join", headers={"x": "y" * 40_000}).status_code == 431
    assert httpx.post(f"{server.url}/join", content=b"x" * 300_000).status_code == 413
    parts = (b"x" * 50_000 for _ in range(8))  # no length is told
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert httpx.post(f"{server.url}/join", content=parts, headers=form).status_code == 413
    # A head that never ends.
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.settimeout(5)
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx: ")
        try:
            for _ in range(40):
                line.sendall(b"y" * 10_000)
            assert line.recv(100).startswith(b"HTTP/1.1 400")
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert httpx.get(f"{server.url}/healthz").text == "ok"


async def flood(program: Program, count: int, size: int = 20) -> None:
    """Sends commands as fast as the line takes them."""
    for number in range(count):
        data = {"column": "worries", "text": f"{number} " + "x" * size}
        frame = {"type": "command", "id": f"flood-{number:06}", "name": "card.add", "data": data}
        await program.send(frame)


async def test_what_was_too_much_is_done_in_order_when_it_comes_again(strict: Server) -> None:
    meeting = new_meeting(strict)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await flood(rosa, 230)
    answers: dict[str, dict] = {}
    while len(answers) < 230:
        frame = await rosa.receive()
        if frame["type"] in ("ack", "error"):
            answers[frame["id"]] = frame
    slow = [id for id, answer in answers.items() if answer["type"] == "error"]
    assert {answers[id]["code"] for id in slow} == {"slow_down"}
    assert 10 <= len(slow) <= 30 and slow == sorted(slow)
    assert all(answers[id]["retry_after"] >= 1 for id in slow)
    # A later one may not pass the first that was refused.
    await asyncio.sleep(answers[slow[0]]["retry_after"])
    later = await rosa.ask("card.add", slow[1], column="worries", text="later")
    assert later["code"] == "slow_down"
    for id in slow:
        text = f"{int(id[6:])} " + "x" * 20
        await asyncio.sleep(0.1)  # two come in again meanwhile
        answer = await rosa.ask("card.add", id, column="worries", text=text)
        assert answer["type"] == "ack"
    added = [e for e in rosa.events if e["type"] == "card.added"]
    assert [e["command"] for e in added] == [f"flood-{number:06}" for number in range(230)]
    await rosa.close()


@pytest.mark.alone
async def test_one_who_floods_neither_slows_the_others_nor_hides(strict: Server) -> None:
    """Tim sends without end over two sockets; Rosa's edits go on, and Sam is told."""
    meeting = new_meeting(strict)
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    seat = meeting.join("Tim")
    tims = [await sit_down(meeting, seat) for _ in range(2)]

    async def without_end(program: Program) -> int:
        sending = asyncio.create_task(flood(program, 100_000, size=1000))
        code = await program.closed(within=60)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return code

    floods = [asyncio.create_task(without_end(tim)) for tim in tims]
    waits = []
    for number in range(40):
        started = time.monotonic()
        answer = await rosa.ask("card.add", column="needs", text=f"mine {number}")
        waits.append(time.monotonic() - started)
        assert answer["type"] == "ack"
        await asyncio.sleep(0.1)
    assert statistics.median(waits) < 0.1 and max(waits) < 1, sorted(waits)[-5:]
    told = await sam.until("loud", within=10)
    assert told["people"] == [seat.person]
    assert set(await asyncio.gather(*floods)) == {4429}
    back = await sit_down(meeting, seat)
    assert back.welcome["code"] == "slow_down" and await back.closed() == 4429
    mine = {
        change["set"]["text"]
        for event in rosa.events
        for change in event["changes"]
        if event["by"] == rosa.seat.person and "text" in change["set"]
    }
    assert mine == {f"mine {number}" for number in range(40)}
    for one in (sam, rosa):
        await one.close()


async def test_junk_is_counted_like_anything_else(strict: Server) -> None:
    meeting = new_meeting(strict)
    eve = await sit_down(meeting, meeting.join("Eve"))
    sending = asyncio.create_task(_junk(eve))
    assert await eve.closed(within=60) == 4429
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def _junk(program: Program) -> None:
    while True:
        await program.send("no json")


async def test_so_many_sockets_and_no_more(strict: Server) -> None:
    meeting = new_meeting(strict)
    seat = meeting.join("Eve")
    open_ones = [await sit_down(meeting, seat) for _ in range(10)]
    one_more = await sit_down(meeting, seat)
    assert one_more.welcome["code"] == "slow_down" and await one_more.closed() == 4429
    await open_ones.pop().close()
    await asyncio.sleep(0.2)
    again = await sit_down(meeting, seat)
    assert again.welcome["type"] == "welcome"
    for one in (*open_ones, again):
        await one.close()


def test_every_setting_is_described() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        told = alias if isinstance(alias, str) else f"KINBOARD_{name.upper()}"
        assert f"`{told}`" in page, name
