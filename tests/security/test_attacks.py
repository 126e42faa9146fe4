"""Attacks that somebody would try by hand, each as they would do it."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.security.houses import (
    UNHURRIED,
    WITHDRAWN,
    Line,
    Scene,
    at_the_desk,
    faults,
    form_token,
    in_the_meeting,
    page_of,
    record_of,
    set_scene,
)
from tests.server import Meeting, Seat, Server, new_meeting


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("attacks"), **UNHURRIED).start()
    yield running
    assert not faults(running)
    running.stop()


@pytest.fixture(scope="module")
def scene(house: Server) -> Scene:
    return set_scene(house)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """A meeting on a server that knows under which address people reach it."""
    address = {"KINBOARD_PUBLIC_URL": "https://board.example.org"}
    running = Server(tmp_path_factory.mktemp("public"), **address, **UNHURRIED).start()
    yield new_meeting(running)
    running.stop()


def handshake(meeting: Meeting, seat: Seat, origin: str | None) -> int:
    """The HTTP status with which a socket is answered, as a browser on some page would open it."""
    headers = {"cookie": f"kb_{seat.person}={seat.token}"}
    url = f"ws{meeting.server.url[4:]}/live/{meeting.id}"
    try:
        with connect(
            url,
            subprotocols=["kinboard.v1.html"],  # type: ignore[list-item]
            origin=origin,  # type: ignore[arg-type]
            additional_headers=headers,
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_another_site_cannot_open_a_socket_with_somebodys_cookies(scene: Scene) -> None:
    meeting, seat = scene.meeting, scene.seats["family"]
    assert handshake(meeting, seat, meeting.server.url) == 101
    port = meeting.server.port
    for origin in (
        "https://evil.example",
        "null",
        "http://board.example.org.evil.example",
        f"http://127.0.0.1:{port + 1}",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://127.0.0.1:{port}.evil.example",
        "file://",
    ):
        assert handshake(meeting, seat, origin) == 403, origin


def test_who_was_removed_gets_nothing_with_what_they_still_hold(scene: Scene) -> None:
    meeting = scene.meeting
    seat = meeting.join("Gone")
    browser = in_the_meeting(meeting, seat)
    assert browser.get(page_of(meeting, seat)).status_code == 200
    meeting.post(f"people/{seat.person}/remove").raise_for_status()
    for path in ("", "/history", "/replay", "/at/1", "/export.pdf", "/export.json"):
        answer = browser.get(page_of(meeting, seat) + path)
        assert answer.status_code == 403 and "Elena" not in answer.text, path
    line = Line(meeting, seat)
    end = line.hello()
    assert (end["type"], end["code"]) in {("bye", "removed"), ("error", "not_let_in")}
    line.close()


def test_a_token_opens_only_the_seat_it_was_made_for(scene: Scene) -> None:
    """A neighbour plants a cookie of theirs under another's name, or another's under theirs."""
    meeting, mine, other = scene.meeting, scene.seats["child"], scene.seats["worker"]
    for name, token in ((other.person, mine.token), (mine.person, other.token)):
        browser = in_the_meeting(meeting, Seat(name, token))
        assert browser.get(f"/m/{meeting.id}/{name}").status_code == 403
    projector = meeting.projector
    answer = in_the_meeting(meeting, projector).get(page_of(meeting, projector) + "/export.json")
    assert answer.status_code == 403


def test_the_facilitators_record_is_for_nobody_else(scene: Scene) -> None:
    for role, seat in scene.seats.items():
        answer = in_the_meeting(scene.meeting, seat).get(
            page_of(scene.meeting, seat) + "/export.json"
        )
        assert (answer.status_code == 200) == (role == "facilitator"), role
        assert (WITHDRAWN in answer.text) == (role == "facilitator"), role


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "board.example.org@evil.example"]
)
def test_a_forged_host_changes_no_link(public: Meeting, host: str) -> None:
    seat = public.facilitator
    browser = in_the_meeting(public, seat)
    page = browser.get(page_of(public, seat), headers={"host": host})
    assert f"https://board.example.org/j/{public.code}" in page.text
    assert "evil" not in page.text
    page = browser.get(page_of(public, seat), headers={"x-forwarded-host": host})
    assert "evil" not in page.text


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "%2f%2fevil", "@evil", "..", ""],
)
@pytest.mark.parametrize("name", ["meeting", "to", "next", "url", "return"])
def test_no_address_leads_away(house: Server, name: str, to: str) -> None:
    browser = httpx.Client(base_url=house.url)
    for path in (f"/enter/{house.token}", "/desk", "/join", "/"):
        answer = browser.get(path, params={name: to})
        assert "evil" not in answer.headers.get("location", ""), path
    for path in ("//evil.example", "//evil.example/desk/", "/\\evil.example/"):
        line = http.client.HTTPConnection("127.0.0.1", house.port)
        line.request("GET", path)
        location = line.getresponse().getheader("location") or ""
        assert not location.startswith("//") and "//evil" not in location.replace("://", ""), path
        line.close()


def test_forms_of_another_site_change_nothing(house: Server) -> None:
    """They come with the browser's cookies, but cannot know the form's token."""
    desk = at_the_desk(house)
    meeting = new_meeting(house)
    family = re.findall(r"/desk/families/\w+", desk.get("/desk").text)[0]
    for csrf in ({}, {"csrf": ""}, {"csrf": "guessed"}):
        answers = [
            desk.post("/desk/families", data={"name": "Forged", **csrf}),
            desk.post(f"{family}/meetings", data={"title": "Forged", **csrf}),
            desk.post(f"/j/{meeting.code}", data={"called": "Forged", **csrf}),
            desk.post("/desk/import", data=csrf, files={"record": b"{}"}),
        ]
        assert [answer for answer in answers if answer.status_code < 400] == []
    assert "Forged" not in desk.get("/desk").text + desk.get(family).text
    assert "Forged" not in json.dumps(record_of(meeting))


def bearer(house: Server) -> dict[str, str]:
    return {"authorization": f"Bearer {house.token}"}


@pytest.mark.parametrize("path", ["/api/records", "/api/families", "/api/join"])
def test_bodies_that_burst_are_not_unpacked(house: Server, path: str) -> None:
    """Packed bodies are read as they are; deep ones are no JSON; both at once and cheaply."""
    started = time.monotonic()
    bomb = gzip.compress(b'{"name":"' + b"a" * 30_000_000 + b'"}')
    headers = bearer(house) | {"content-type": "application/json"}
    packed = httpx.post(
        house.url + path, content=bomb, headers=headers | {"content-encoding": "gzip"}
    )
    deep = httpx.post(house.url + path, content=b'{"a":' * 40_000, headers=headers)
    wide = httpx.post(house.url + path, content=b"[" + b"0," * 90_000 + b"0]", headers=headers)
    number = httpx.post(house.url + path, content=b'{"a":' + b"9" * 90_000 + b"}", headers=headers)
    assert {answer.status_code for answer in (packed, deep, wide, number)} <= {413, 422}
    assert time.monotonic() - started < 5
    assert httpx.get(f"{house.url}/healthz").is_success


def test_a_file_that_is_too_large_or_too_deep_is_refused(house: Server) -> None:
    desk = at_the_desk(house)
    csrf = form_token(desk, "/desk")
    for content in (b"[" * 200_000, b"\x1f\x8b" + b"x" * 1000, b"0" * 51_000_000, b"\xff\xfe", b""):
        answer = desk.post("/desk/import", data={"csrf": csrf}, files={"record": content})
        assert answer.status_code in (413, 422)
    names = {"record": ("../../../../tmp/evil.json", b"{}", "application/json")}
    assert desk.post("/desk/import", data={"csrf": csrf}, files=names).status_code == 422


def test_a_line_break_in_an_address_splits_no_answer(house: Server) -> None:
    for path in (
        "/j/x%0d%0aset-cookie:%20kb_evil=1",
        "/enter/x%0d%0aset-cookie:%20kb_evil=1",
        "/join?lang=en%0d%0aset-cookie:%20kb_evil=1",
        "/m/%0d%0aset-cookie:%20kb_evil=1/y/replay",
    ):
        answer = httpx.get(house.url + path)
        assert "kb_evil" not in str(answer.headers), path
    answer = httpx.post(f"{house.url}/join", data={"code": "x\r\nset-cookie: kb_evil=1"})
    assert "kb_evil" not in str(answer.headers)
    assert httpx.post(f"{house.url}/join", data={"code": "//evil"}).headers.get("location") is None


@pytest.mark.parametrize("csrf", ["\u00e4", "\U0001f469", "\x80", "\x00", "%ff", "x" * 10_000])
def test_no_forged_form_token_is_a_surprise(house: Server, scene: Scene, csrf: str) -> None:
    browser = httpx.Client(base_url=house.url)
    form_token(browser)
    for path in (f"/j/{scene.meeting.code}", "/desk/families"):
        answer = browser.post(path, data={"csrf": csrf, "called": "X"})
        assert answer.status_code < 500 and answer.headers.get("location", "/desk")[:5] == "/desk"


def test_two_lengths_are_not_believed(house: Server) -> None:
    """A request that two servers would end at different places is refused (smuggling)."""
    for headers in (
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ):
        with socket.create_connection(("127.0.0.1", house.port), timeout=5) as line:
            line.sendall(
                f"POST /join HTTP/1.1\r\nHost: x\r\n{headers}\r\n0\r\n\r\n"
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            )
            line.settimeout(1)
            told = b""
            try:
                while part := line.recv(65_536):
                    told += part
            except TimeoutError:
                pass
        first = told.split(b"\r\n", 1)[0]
        # Either refused outright, or read by its chunks alone, which RFC 9112 allows.
        assert b" 400 " in first or headers.startswith("Content-Length: 4\r\nT"), headers
