"""`kinboard demo` and `kinboard play`, as a newcomer starts them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from app.settings import ROOT
from tests.colleagues import Colleague
from tests.server import Server


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("demo"), "-m", "app.cli", "demo")
    server.start()
    yield server
    server.stop()


def links(demo: Server) -> dict[str, str]:
    """The last links that were printed."""
    printed = demo.errors.read_text()
    found = re.findall(r"^(Join from a phone|Facilitator|Projector): +(\S+)", printed, flags=re.M)
    return dict(found)


def test_the_links_open_the_demo(demo: Server) -> None:
    printed = links(demo)
    with httpx.Client(follow_redirects=True) as browser:
        board = browser.get(printed["Facilitator"])
        assert board.status_code == 200 and "Family meeting for Mateo and Lucía" in board.text
        assert "/play" in board.text
    with httpx.Client(follow_redirects=True) as browser:
        assert "Grandma has Lucía every Tuesday" in browser.get(printed["Projector"]).text
    with httpx.Client(follow_redirects=True) as browser:
        assert 'name="called"' in browser.get(printed["Join from a phone"]).text
    assert "▀" in demo.errors.read_text()


def test_its_links_are_for_its_owner_only(demo: Server) -> None:
    kept = next(demo.errors.parent.glob("demo.json"))
    assert kept.stat().st_mode & 0o777 == 0o600


def test_its_account_signs_in_like_any_other(demo: Server) -> None:
    printed = re.findall(r"^Account: +(\S+) +password: (\S+)", demo.errors.read_text(), re.M)
    sam = Colleague(demo, *printed[-1])
    page = sam.first_step()
    assert page.url.path == "/desk/account/second"  # the first time, to set one up
    assert sam.first_step("the password of another demo").status_code == 422


def test_its_link_opens_nothing_but_a_demo(demo: Server) -> None:
    address = links(demo)["Facilitator"].partition("/enter/")[2]
    served = Server(demo.errors.parent).start()
    try:
        answer = httpx.get(f"{served.url}/enter/{address}")
        assert answer.status_code == 403 and "kb_desk" not in answer.cookies
        assert "Family meeting" not in answer.text
    finally:
        served.stop()


def test_programs_play_it(demo: Server) -> None:
    printed = links(demo)
    said = demo.kinboard("play", "--speed", "50")
    assert said == "The programs have played their part and left."
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(printed["Facilitator"]).text
    for words in (
        "A list of people I may call at night.",
        "is there on Fridays",
        "Jueves no puedo.",
    ):
        assert words in page
    assert 'data-revealed="yes"' in page


def test_the_button_plays_it_too(demo: Server) -> None:
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(links(demo)["Facilitator"])
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf
        address = f"{page.url}/play"
        assert browser.post(address, data={"csrf": "forged"}).status_code == 403
        assert browser.post(address, data={"csrf": csrf[1]}).status_code == 200


def test_a_second_start_keeps_the_meeting(demo: Server) -> None:
    before = links(demo)
    demo.stop()
    demo.start()
    assert links(demo) == before


def test_a_taken_port_is_told_in_one_line(demo: Server) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        environment = demo.environment | {"PORT": str(taken.getsockname()[1])}
        run = subprocess.run(
            [sys.executable, "-m", "app.cli", "demo"],
            env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1 and "is taken" in run.stderr
