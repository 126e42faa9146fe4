"""Every form of every page is taken only with the token that our page put into it."""

from __future__ import annotations

import httpx
import pytest
from fastapi.routing import APIRoute

from app.main import create_app
from tests.access.test_families import family_with_meeting
from tests.colleagues import Colleague, csrf, new_browser, new_colleague
from tests.server import Server, new_meeting


def form_routes() -> list[str]:
    """All addresses that take a form; programs (/api) send none, and no cookie of theirs counts."""
    return sorted(
        route.path
        for route in _routes(create_app().routes)
        if "POST" in route.methods and not route.path.startswith("/api/")
    )


def _routes(routes) -> list[APIRoute]:
    found = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        included = getattr(route, "original_router", None)
        found += _routes(included.routes if included else [])
    return found


@pytest.fixture(scope="module")
def ruiz(server: Server) -> Colleague:
    return new_colleague(server, "admin")


@pytest.fixture(scope="module")
def ids(server: Server, ruiz: Colleague) -> dict[str, str]:
    """Real ids, so that nothing else than the missing token is wrong."""
    own = family_with_meeting(ruiz)
    meeting = new_meeting(server)
    made = meeting.post("invitations", {"called": "Elena"}).raise_for_status().json()
    return {
        "family_id": own["family"],
        "board_id": own["meeting"],
        "person_id": own["person"],
        "code": meeting.code,
        "token": made["token"],
        "passkey_id": "x",
        "session_id": "x",
        "invitation_id": made["id"],
    }


def test_there_are_such_routes() -> None:
    assert len(form_routes()) >= 24
    assert {"/join", "/desk/sign-in", "/desk/families"} <= set(form_routes())


@pytest.mark.parametrize("path", form_routes())
@pytest.mark.parametrize("token", [None, "", "forged", "anothers"])
def test_no_form_is_taken_without_its_token(
    server: Server, ruiz: Colleague, ids: dict[str, str], path: str, token: str | None
) -> None:
    if token == "anothers":
        token = csrf(new_browser(server).get("/join"))
    fields = {"name": "x", "called": "x", "title": "x", "code": ids["code"]}
    if token is not None:
        fields["csrf"] = token
    address = path.format(**ids)
    answer = ruiz.browser.post(address, data=fields, follow_redirects=False)
    assert answer.status_code in (403, 422), (path, answer.status_code)
    assert "set-cookie" not in answer.headers


def test_the_token_hangs_on_the_session(server: Server) -> None:
    one = new_colleague(server)
    before = csrf(one.get("/desk"))
    one.second_step(one.recovery[0])
    assert csrf(one.get("/desk")) != before
    stale = one.browser.post("/desk/families", data={"csrf": before, "name": "Okafor"})
    assert stale.status_code == 422
    two = new_colleague(server)
    others = two.browser.post("/desk/sign-out", data={"csrf": csrf(one.get("/desk"))})
    assert others.status_code == 403 and two.get("/desk").url.path == "/desk"


def test_a_page_elsewhere_cannot_choose_the_token(server: Server) -> None:
    """A cookie that somebody else may have set counts nothing once one is signed in."""
    ruiz = new_colleague(server)
    ruiz.browser.cookies.set("kb_form", "chosen")
    answer = ruiz.browser.post("/desk/families", data={"csrf": "chosen", "name": "Okafor"})
    assert answer.status_code == 422
    bare = httpx.post(f"{server.url}/desk/sign-out", data={"csrf": ""})
    assert bare.status_code == 403
