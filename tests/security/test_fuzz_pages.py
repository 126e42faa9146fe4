"""Whatever comes in over HTTP: no fault of the server, and nothing about its inside."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app import __version__
from app.settings import ROOT
from tests.security.frames import EVIL, WILD
from tests.security.houses import (
    AT_THE_DOOR,
    FOREIGN,
    NUMBER_REASON,
    UNHURRIED,
    WITHDRAWN,
    Scene,
    at_the_desk,
    faults,
    form_token,
    in_the_meeting,
    page_of,
    seen_by,
    set_scene,
    sit_at,
)
from tests.security.routes import filled, parameters, walked
from tests.server import Server

EXAMPLES = int(os.environ.get("FUZZ", "4"))
WALKED = walked()
# What tells somebody how the house is built.
INSIDE = re.compile(
    "|".join(
        [
            "Traceback",
            r'File "',
            re.escape(str(ROOT)),
            r"site-packages",
            r"sqlalchemy|sqlite|psycopg|pydantic|starlette|fastapi|uvicorn|jinja|httptools",
            r"SELECT .* FROM|INSERT INTO",
            r"\b(?:ValueError|KeyError|TypeError|RecursionError|OSError|UnicodeDecodeError)\b",
            *(re.escape(version(name)) for name in ("fastapi", "starlette", "uvicorn")),
        ]
    ),
    re.IGNORECASE,
)
FIELDS = """
    csrf name title purpose date lang template code called relation pronouns record meeting
    password username email token to next before seq id role
""".split()  # noqa: SIM905
# Stands for the form token that the browser was given.
OWN_TOKEN = "own-token"
values = st.one_of(EVIL, st.text(max_size=40))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("pages"), **UNHURRIED).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def foreign(house: Server) -> Scene:
    sam, house.token = house.token, house.kinboard("token", "Other")
    scene = set_scene(house)
    house.token = sam
    return scene


@pytest.fixture(scope="module")
def scene(house: Server, foreign: Scene) -> Scene:
    return set_scene(house, foreign)


@pytest.fixture(scope="module")
def browsers(house: Server, scene: Scene) -> dict[str, httpx.Client]:
    desk = at_the_desk(house)
    sit_at(desk, scene.meeting.facilitator)
    found = {"nobody": httpx.Client(base_url=house.url, timeout=30), "facilitator": desk}
    found["family"] = in_the_meeting(scene.meeting, scene.seats["family"])
    return found


def sendable(text: str) -> str:
    """An address cannot carry half a character."""
    return text.encode("utf-8", "replace").decode()


@st.composite
def requests(draw: st.DrawFn, path: str, known: dict[str, str]) -> dict[str, Any]:
    ids = {name: st.one_of(st.just(known.get(name, "x")), values) for name in parameters(path)}
    put_in = {name: quote(sendable(draw(one)), safe="") for name, one in ids.items()}
    fields = {
        name: sendable(value)
        for name, value in draw(
            st.dictionaries(st.sampled_from(FIELDS), values, max_size=5)
        ).items()
    }
    told: dict[str, Any] = {"url": filled(path, put_in), "params": {}}
    if draw(st.booleans()):
        fields["csrf"] = OWN_TOKEN
    told["params"] = {name: fields[name] for name in list(fields)[:2]}
    kind = draw(st.sampled_from(["form", "parts", "json", "raw", "nothing"]))
    if kind == "form":
        told["data"] = fields
    elif kind == "parts":
        told["data"] = fields
        told["files"] = {"record": ("../../x.json", draw(st.binary(max_size=60)), draw(KINDS))}
    elif kind == "json":
        told["json"] = draw(st.one_of(st.dictionaries(st.sampled_from(FIELDS), JSON), JSON))
    elif kind == "raw":
        told["content"] = draw(st.one_of(st.binary(max_size=80), RAW))
        told["headers"] = {"content-type": draw(KINDS)}
    return told


JSON = WILD.filter(lambda value: "nan" not in repr(value) and "inf" not in repr(value)).map(
    lambda value: value if "\\ud" not in ascii(value) else "half"
)
KINDS = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "",
        "a/b;charset=nothing",
    ]
)
RAW = st.sampled_from(
    [
        b"[" * 60_000,
        b'{"a":' * 30_000,
        b"9" * 10_000,
        b"--x\r\ncontent-disposition: form-data; name=record; filename=x\r\n\r\nbroken",
        b"--x\r\n\r\n\r\n--x--",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        b"a=" + b"%ff" * 500,
        b"&".join([b"csrf=x"] * 1_500),
    ]
)


@pytest.mark.parametrize("who", ["nobody", "family", "facilitator"])
@pytest.mark.parametrize(("method", "path"), WALKED)
def test_no_input_gets_more_than_a_plain_answer(
    browsers: dict[str, httpx.Client],
    house: Server,
    scene: Scene,
    foreign: Scene,
    method: str,
    path: str,
    who: str,
) -> None:
    browser = browsers[who]
    seat = scene.seats["family" if who == "family" else "facilitator"]
    known = {"board_id": scene.meeting.id, "person_id": seat.person, "seq": "2"}
    known |= {"meeting_id": scene.meeting.id, "code": scene.meeting.code}
    hidden = {FOREIGN, NUMBER_REASON, WITHDRAWN, AT_THE_DOOR} - seen_by(who)
    if path.endswith("export.json"):
        hidden -= {NUMBER_REASON}  # the whole record, for who takes the meeting away

    # Those that end the browser's seats and sessions would do so, and nothing more would be tried.
    token = form_token(browser) if path not in ("/leave-device", "/desk/sign-out") else ""

    @same_again(method, path, who)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(path, known))
    def go(told: dict[str, Any]) -> None:
        if told.get("data", {}).get("csrf") == OWN_TOKEN:
            told["data"]["csrf"] = token
        answer = browser.request(method, **told)
        where = (method, told)
        assert answer.status_code < 500, where
        assert "kb_x" not in str(answer.headers.get_list("set-cookie")), where
        location = answer.headers.get("location", "/")
        assert location.startswith(("/", house.url)) and not location.startswith("//"), where
        text = answer.text if answer.headers.get("content-type", "")[-3:] != "pdf" else ""
        if answer.status_code >= 400:
            assert not INSIDE.search(text), (INSIDE.search(text), where)
            assert __version__ not in text, where
        assert not [word for word in hidden if word in text], where
        if "html" in answer.headers.get("content-type", ""):
            assert "<script>alert" not in text and "<img src=x" not in text, where

    go()


def same_again(*of: str) -> Any:
    return (
        seed(zlib.crc32(" ".join(of).encode())) if "FUZZ" not in os.environ else lambda test: test
    )


@pytest.mark.parametrize("who", ["nobody", "family", "facilitator"])
@pytest.mark.parametrize(("method", "path"), [one for one in WALKED if "_id}" in one[1]])
def test_another_familys_ids_answer_as_missing_ones(
    browsers: dict[str, httpx.Client],
    scene: Scene,
    foreign: Scene,
    method: str,
    path: str,
    who: str,
) -> None:
    """In each place of an address, alone and together with ids of one's own."""
    browser = browsers[who]
    csrf = form_token(browser)
    mine = scene.seats["family" if who == "family" else "facilitator"]
    other = foreign.seats["family"]
    own = {"board_id": scene.meeting.id, "meeting_id": scene.meeting.id, "person_id": mine.person}
    own |= {"seq": "1", "token": other.token}
    theirs = own | {
        "board_id": foreign.meeting.id,
        "meeting_id": foreign.meeting.id,
        "person_id": other.person,
    }
    missing = dict.fromkeys(theirs, "0" * 26) | {"seq": "1", "token": other.token}
    places = [name for name in parameters(path) if name.endswith("_id") and name in theirs]
    for swapped in [[place] for place in places] + [places]:
        told = []
        for strange in (theirs, missing):
            ids = own | {name: strange[name] for name in swapped}
            answer = browser.request(method, filled(path, ids), data={"csrf": csrf})
            assert FOREIGN not in answer.text and "Rivera" not in answer.text, (path, ids)
            # The nonce of a page's scripts is new in each answer.
            text = re.sub(r'nonce="[^"]*"', "", answer.text)
            # Who has to sign in first comes back to where they wanted to go.
            location = answer.headers.get("location", "")
            for name in swapped:
                location = location.replace(strange[name], name)
            told.append((answer.status_code, text, location))
        assert told[0] == told[1], (method, path, swapped)
        assert told[0][0] >= 400 or told[0][2].startswith("/desk/sign-in"), (path, swapped)


def test_the_pages_of_the_meeting_are_there_at_all(
    browsers: dict[str, httpx.Client], scene
) -> None:
    """Or the tests above would show little."""
    mine = page_of(scene.meeting, scene.seats["family"])
    for path in ("", "/history", "/at/2", "/export.pdf"):
        assert browsers["family"].get(mine + path).status_code == 200, path
    assert browsers["facilitator"].get("/desk").status_code == 200


def test_nothing_was_a_surprise_to_the_server(house: Server) -> None:
    assert not faults(house)
