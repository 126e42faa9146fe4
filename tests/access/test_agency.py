"""An agency's own sign-in, against a certified OpenID provider that these tests start."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.settings import ROOT
from tests.colleagues import boss_of, change, new_browser, new_colleague
from tests.server import Server, free_port

AGENCY = ROOT / "tests" / "agency"
STRONG = "urn:agency:strong"

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")),
    reason="node and npm are missing: the agency's provider cannot be started",
)


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an agency's sign-in, and the provider."""
    if not (AGENCY / "node_modules" / "oidc-provider").exists():
        subprocess.run(["npm", "ci", "--prefix", AGENCY], check=True, capture_output=True)
    folder = tmp_path_factory.mktemp("agency")
    (folder / "secret").write_text("a secret between the two\n")
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    server = Server(
        folder,
        KINBOARD_OIDC_ISSUER=issuer,
        KINBOARD_OIDC_CLIENT_ID="kinboard",
        KINBOARD_OIDC_CLIENT_SECRET_FILE=str(folder / "secret"),
        KINBOARD_OIDC_NAME="County",
        KINBOARD_OIDC_STRONG=f"{STRONG},mfa",
        KINBOARD_OIDC_DOMAINS="county.example",
    )
    back = f"{server.url}/desk/sign-in/agency/back"
    provider = subprocess.Popen(
        ["node", "provider.mjs", str(port), "kinboard", "a secret between the two", back],
        cwd=AGENCY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"{issuer}/.well-known/openid-configuration")
        server.start()
        boss_of(server)
        yield server
    finally:
        server.stop()
        provider.terminate()
        provider.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the provider did not start")


def browser_of(server: Server, sub: str, email: str, verified: bool = True, **more) -> httpx.Client:
    """A browser in which somebody is signed in at the agency."""
    who = {"sub": sub, "email": email, "verified": verified, "name": "Ana Ruiz"} | more
    browser = new_browser(server)
    browser.cookies.set("who", base64.b64encode(json.dumps(who).encode()).decode())
    return browser


def test_a_strong_sign_in_there_opens_the_desk_and_the_same_account_each_time(
    agency: Server,
) -> None:
    first = browser_of(agency, "ana", "ana@county.example", amr=["pwd", "mfa"])
    page = first.get("/desk/sign-in/agency")
    assert page.url.path == "/desk" and "Hello Ana Ruiz" in page.text
    assert "There is no family that you can open." in page.text  # in no team yet
    # The address may change there: it is the subject that counts.
    again = browser_of(agency, "ana", "ana.moved@elsewhere.example", acr=STRONG)
    assert "Hello Ana Ruiz" in again.get("/desk/sign-in/agency").text
    boss = boss_of(agency)
    assert boss.get("/desk/team").text.count("Ana Ruiz") == 1


def test_a_weak_sign_in_there_is_the_first_step_only(agency: Server) -> None:
    page = browser_of(agency, "bo", "bo@county.example", amr=["pwd"]).get("/desk/sign-in/agency")
    assert page.url.path == "/desk/account/second"
    ruiz = new_colleague(agency)
    browser = browser_of(agency, "ruiz", ruiz.email, amr=["pwd"])
    assert browser.get("/desk/sign-in/agency").url.path == "/desk/sign-in/second"
    assert browser.get("/desk").url.path == "/desk/sign-in/second"
    ruiz.browser = browser
    assert ruiz.second_step(ruiz.code()).url.path == "/desk"


@pytest.mark.parametrize(
    ("sub", "email", "verified"),
    [
        ("stranger", "stranger@elsewhere.example", True),
        ("pretender", "pretender@county.example", False),
        ("nobody", "", True),
    ],
)
def test_others_are_refused(agency: Server, sub: str, email: str, verified: bool) -> None:
    browser = browser_of(agency, sub, email, verified, acr=STRONG)
    page = browser.get("/desk/sign-in/agency")
    assert page.status_code == 422 and "Nobody here has this account" in page.text
    assert browser.get("/desk").url.path == "/desk/sign-in"


def test_they_show_once_more_there_that_it_is_them(agency: Server) -> None:
    """Whoever has no second factor here shows it there again before pages about accounts."""
    browser = browser_of(agency, "dee", "dee@county.example", amr=["mfa"])
    browser.get("/desk/sign-in/agency")
    assert browser.get("/desk/account").url.path == "/desk/account"
    change(agency, "UPDATE account_session SET proved_at = '2020-01-01'")
    page = browser.get("/desk/account")
    assert page.url.path == "/desk/sign-in/second" and "Sign in with County" in page.text
    browser.follow_redirects = False
    asked = browser.get("/desk/sign-in/agency?to=/desk/account")
    assert "prompt=login" in asked.headers["location"]
    browser.follow_redirects = True
    assert browser.send(asked.next_request).url.path == "/desk/account"


def test_an_address_that_is_linked_is_nobody_elses(agency: Server) -> None:
    browser_of(agency, "cy", "cy@county.example", acr=STRONG).get("/desk/sign-in/agency")
    thief = browser_of(agency, "not-cy", "cy@county.example", acr=STRONG)
    assert thief.get("/desk/sign-in/agency").status_code == 422


def test_answers_that_nobody_asked_for_are_refused(agency: Server) -> None:
    """Foreign and repeated answers: state, code, issuer, browser."""
    eve = browser_of(agency, "eve", "eve@county.example", acr=STRONG)
    eve.follow_redirects = False
    at = eve.get("/desk/sign-in/agency")
    back = ""
    asked = parse_qs(urlsplit(at.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["nonce"] and asked["state"]
    while not back:
        at = eve.send(at.next_request)
        address = str(at.next_request.url)
        back = address if "/desk/sign-in/agency/back" in address else ""
    step = dict(eve.cookies)["kb_step"]
    # Somebody else's browser, which never asked (a forged link).
    assert new_browser(agency).get(back).status_code == 422
    # Their own, with another state, and with another issuer: and then the step is spent.
    for wrong in (
        back.replace("state=", "state=x"),
        back.replace("iss=http", "iss=https"),
        back,
    ):
        answer = eve.get(wrong)
        assert answer.status_code == 422, wrong
        assert "did not work" in answer.text
        eve.cookies.set("kb_step", step)
    assert eve.get("/desk").status_code == 303


def test_no_agency_no_address(server: Server) -> None:
    assert new_browser(server).get("/desk/sign-in/agency").status_code == 404


def test_a_provider_that_is_down_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    server = Server(
        tmp_path,
        KINBOARD_OIDC_ISSUER=f"http://127.0.0.1:{free_port()}",
        KINBOARD_OIDC_CLIENT_ID="kinboard",
        KINBOARD_OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret"),
    ).start()
    try:
        page = new_browser(server).get("/desk/sign-in/agency")
        assert page.status_code == 422 and "did not work" in page.text
        assert "Sign in with single sign-on" in page.text
    finally:
        server.stop()
