"""What every answer carries, whatever was asked and however it ended."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator

import httpx
import pytest

from app import __version__
from app.settings import ROOT
from tests.security.houses import UNHURRIED, at_the_desk, in_the_meeting, sit_at
from tests.security.routes import filled, walked
from tests.server import Meeting, Server, new_meeting

WALKED = walked()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Behind one proxy, as deploy/Caddyfile has it."""
    folder = tmp_path_factory.mktemp("headers")
    running = Server(folder, KINBOARD_TRUSTED_PROXIES="1", **UNHURRIED).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def meeting(house: Server) -> Meeting:
    return new_meeting(house)


@pytest.fixture(scope="module")
def browsers(house: Server, meeting: Meeting) -> list[httpx.Client]:
    """Somebody unknown, a facilitator with a seat, a participant."""
    desk = at_the_desk(house)
    sit_at(desk, meeting.facilitator)
    return [httpx.Client(base_url=house.url), desk, in_the_meeting(meeting, meeting.join("Rosa"))]


def check(answer: httpx.Response, where: object) -> None:
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers[CSP].split(";"))
    assert policy["default-src"] == "'none'", where
    assert policy.get("object-src", "'none'") == "'none'", where
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'", where
    assert policy["form-action"] == "'self'", where
    assert "unsafe" not in headers[CSP] and "*" not in headers[CSP], where
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] == "no-referrer", where
    assert headers["cache-control"] == "no-store", where
    assert headers["cross-origin-opener-policy"] == "same-origin", where
    assert "access-control-allow-origin" not in headers, where
    for telling in ("server", "x-powered-by", "via"):
        assert telling not in headers, where
    assert __version__ not in str(headers), where
    kind = headers.get("content-type", "")
    if answer.content and kind.startswith("text/"):
        assert "charset=utf-8" in kind.lower(), where
    for cookie in answer.headers.get_list("set-cookie"):
        told = cookie.lower()
        assert "httponly" in told and "path=/" in told and "domain=" not in told, where
        assert "samesite=lax" in told or "samesite=strict" in told, where
        # Only over HTTPS can a browser keep to it; in a try-out on one's own network there is none.
        assert ("secure" in told) == (answer.request.headers.get(PROTO) == "https"), where


CSP, PROTO = "content-security-policy", "x-forwarded-proto"


@pytest.mark.parametrize(("method", "path"), WALKED)
@pytest.mark.parametrize("proto", ["http", "https"])
def test_every_answer_is_protected(
    house: Server,
    meeting: Meeting,
    browsers: list[httpx.Client],
    method: str,
    path: str,
    proto: str,
) -> None:
    known = {"board_id": meeting.id, "person_id": meeting.facilitator.person, "seq": "1"}
    known |= {"code": meeting.code, "meeting_id": meeting.id, "token": house.token}
    for browser in browsers:
        for ids in (known, {}):
            address = filled(path, ids)
            answer = browser.request(method, address, headers={PROTO: proto})
            assert answer.status_code < 500, (method, address)
            check(answer, (method, address))


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_other_method_does_anything(house: Server, method: str) -> None:
    for path in ("/", "/desk", "/api/families", "/openapi.json", "/static/css/base.css"):
        answer = httpx.request(method, house.url + path)
        assert answer.status_code in (404, 405), (method, path)
        assert "message/http" not in answer.headers.get("content-type", "")


def test_a_missing_slash_leads_to_the_same_house(house: Server) -> None:
    answer = httpx.get(f"{house.url}/desk/")
    assert answer.headers["location"] == f"{house.url}/desk"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/.git/config",
        "/static/../app/main.py",
        "/docs",
        "/redoc",
        "/static/css/nothing.css",
        "/static/",
        "/api",
        "/m/x/y/z",
        "/%00",
        "/j/%0d%0aset-cookie:%20kb_x=1",
    ],
)
def test_what_is_not_there_is_protected_too(house: Server, path: str) -> None:
    answer = httpx.get(house.url + path)
    assert 400 <= answer.status_code < 500
    check(answer, path)


def test_files_are_the_same_for_all_and_may_be_kept(house: Server) -> None:
    answer = httpx.get(f"{house.url}/static/css/base.css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert not {"server", "set-cookie", "x-powered-by"} & set(answer.headers)


@pytest.mark.parametrize("folder", ["", "js/", "css", "vendor/", "v-0000000000/"])
def test_no_folder_is_listed(house: Server, folder: str) -> None:
    answer = httpx.get(f"{house.url}/static/{folder}")
    assert answer.status_code in (307, 404)
    assert not [name for name in ("drag.js", "projector.css", "LICENSES") if name in answer.text]


@pytest.mark.parametrize(
    "path",
    [
        "../app/main.py",
        "..%2fapp%2fmain.py",
        "v-x/../../app/main.py",
        "v-x/..%2f..%2fapp/main.py",
        "v-x//etc/passwd",
        "v-x/%2fetc%2fpasswd",
        "v-x/....//....//app/main.py",
        "v-../../app/main.py",
        "v-x/..\\..\\app\\main.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "v-x/%00",
    ],
)
def test_no_path_leads_out_of_the_folder(house: Server, path: str) -> None:
    # httpx would tidy the path up before it is sent.
    line = http.client.HTTPConnection("127.0.0.1", house.port)
    line.request("GET", f"/static/{path}")
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 404, path
    assert b"create_app" not in body and b"root:" not in body
    line.close()


def test_the_proxy_asks_for_https_from_then_on() -> None:
    config = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    sent = re.search(r'Strict-Transport-Security "max-age=(\d+); includeSubDomains"', config)
    assert sent and int(sent[1]) >= 31_536_000
    assert "-Server" in config and "tls internal" not in config
