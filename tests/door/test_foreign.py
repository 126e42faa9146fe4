"""Other boards' ids, former people and other roles: each answers as if there were nothing."""

from __future__ import annotations

import re

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app import everything  # noqa: F401
from app.board.commands import COMMANDS
from tests.program import Program, sit_down
from tests.server import Server, new_meeting

NAMES = [name for name, one in COMMANDS.items() if not one.internal]
FACILITATORS = [
    name
    for name in NAMES
    if name.startswith(("person.", "meeting."))
    and name not in ("person.describe", "person.leave")
    or name.endswith(".restore")
    or name == "scale.reveal"
]


def data_of(name: str, id: str) -> dict:
    """Something that the command takes, about the item `id`."""
    known = {
        "id": id,
        "column": "needs",
        "text": "words",
        "sort": "",
        "said_by": id,
        "field": "text",
        "form": "harm",
        "danger": id,
        "called": "Ana",
        "ring": 1,
        "what": "a step",
        "says": "agree",
        "joins_by": "remote",
        "number": 5,
        "role": "family",
    }
    fields = COMMANDS[name].model_fields
    return {one: known[one] for one, info in fields.items() if info.is_required() and one in known}


@pytest.fixture
async def boards(server: Server):
    """Two meetings; Rosa and Sam of the first, and what lies on the second."""
    ours, theirs = new_meeting(server), new_meeting(server)
    stranger = await sit_down(theirs, theirs.facilitator)
    for name in ("card.add", "statement.add", "circle.add", "step.add"):
        item = name.replace(".add", "-of-theirs")
        await stranger.ask(name, **(data_of(name, item) | {"id": item}))
    rosa = await sit_down(ours, ours.join("Rosa"))
    sam = await sit_down(ours, ours.facilitator)
    yield ours, theirs, rosa, sam
    for one in (stranger, rosa, sam):
        await one.close()


async def test_commands_answer_foreign_ids_as_missing_ones(boards) -> None:
    _, theirs, rosa, sam = boards
    foreign = [f"{kind}-of-theirs" for kind in ("card", "statement", "circle", "step")]
    foreign += [theirs.facilitator.person, "meeting-of-no-one"]
    for who in (rosa, sam):
        for name in NAMES:
            if "id" not in COMMANDS[name].model_fields or name.endswith(".add"):
                continue
            missing = await who.ask(name, **data_of(name, "id-of-nothing"))
            assert missing["type"] == "error", name
            for id in foreign:
                answer = await who.ask(name, **data_of(name, id))
                assert answer | {"id": ""} == missing | {"id": ""}, (name, id)


@pytest.mark.parametrize("name", FACILITATORS)
async def test_what_only_the_facilitator_may_do(boards, name: str) -> None:
    ours, _, rosa, _ = boards
    before = rosa.seq
    answer = await rosa.ask(name, **data_of(name, ours.facilitator.person))
    assert answer["code"] in ("not_allowed", "not_found"), name
    assert rosa.seq == before


async def test_no_command_of_someone_removed_is_carried_out(boards) -> None:
    """Also those that are under way while they are removed."""
    ours, _, _, sam = boards
    eve = await sit_down(ours, ours.join("Eve", "worker"))
    await sam.ask("person.remove", id=eve.seat.person)
    seq = sam.seq
    for number, name in enumerate(NAMES):
        command = {"id": f"command-{number}", "name": name, "data": data_of(name, "id-x")}
        try:
            await eve.send({"type": "command", **command})
        except Exception:  # closed, as it should be
            break
    assert await eve.closed(within=1) == 4403
    assert (await sam.ask("card.add", column="needs", text="x"))["seq"] == seq + 1


def test_pages_answer_foreign_ids_as_missing_ones(server: Server) -> None:
    ours, theirs = new_meeting(server), new_meeting(server)
    rosa = ours.join("Rosa")
    with httpx.Client(base_url=server.url, headers={"accept-language": "en"}) as client:
        client.cookies.set(f"kb_{rosa.person}", rosa.token)

        def page(path: str) -> tuple[int, str]:
            answer = client.get(path)
            return answer.status_code, re.sub(r'(nonce|csrf)="[^"]*"', "", answer.text)

        for rest in ("", "/history", "/at/1", "/export.pdf", "/export.json", "/invitations"):
            missing = page(f"/m/{'0' * 26}/{'1' * 26}{rest}")
            assert missing[0] == 403
            for board, person in (
                (theirs.id, rosa.person),
                (theirs.id, theirs.facilitator.person),
                (ours.id, theirs.facilitator.person),
                (ours.id, ours.facilitator.person),
            ):
                assert page(f"/m/{board}/{person}{rest}") == missing, (rest, board)


def test_rest_answers_foreign_ids_as_missing_ones(server: Server) -> None:
    theirs = new_meeting(server)
    made = theirs.post("invitations").json()
    mine = new_meeting(server)
    token = server.kinboard("token", "Somebody else")
    headers = {"authorization": f"Bearer {token}"}
    described = httpx.get(f"{server.url}/openapi.json").json()
    with httpx.Client(base_url=server.url, headers=headers) as client:
        for path, methods in described["paths"].items():
            if "{meeting_id}" not in path:
                continue
            for method in methods:
                answers = [
                    client.request(
                        method,
                        path.format(meeting_id=meeting, person_id=person, invitation_id=made["id"]),
                        json={},
                    )
                    for meeting, person in (
                        ("0" * 26, "none"),
                        (theirs.id, theirs.facilitator.person),
                    )
                ]
                assert [one.status_code for one in answers] == [404, 404], path
                assert answers[0].text == answers[1].text
    # An invitation of another meeting, over one's own.
    for what in ("revoke", "renew"):
        answer = mine.post(f"invitations/{made['id']}/{what}")
        assert answer.status_code == 404
    assert theirs.server is mine.server


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        (None, True),
        ("https://evil.example", False),
        ("null", False),
        ("http://HOST.evil.example", False),
        ("http://HOST", True),
        ("https://board.example.org", True),
        ("http://board.example.org", False),
        ("file://HOST", False),
    ],
)
async def test_sockets_open_for_our_own_pages_alone(
    public: Server, origin: str | None, is_let_in: bool
) -> None:
    host = public.url.removeprefix("http://")
    headers = {"origin": origin.replace("HOST", host)} if origin else {}
    meeting = new_meeting(public)
    address = f"ws://{host}/live/{meeting.id}"
    try:
        socket = await connect(
            address, subprotocols=["kinboard.v1.json"], additional_headers=headers
        )
    except InvalidStatus:
        assert not is_let_in
        return
    assert is_let_in
    await socket.close()


async def test_without_an_origin_a_cookie_is_not_enough(public: Server) -> None:
    """Browsers always name an origin; so a cookie without one is not a browser's."""
    meeting = new_meeting(public)
    rosa = meeting.join("Rosa")
    host = public.url.removeprefix("http://")
    for origin, answer in ((f"http://{host}", "welcome"), (None, "error")):
        headers = {"cookie": f"__Host-kb_{rosa.person}={rosa.token}"}
        program = Program(meeting, rosa)
        program.socket = await connect(
            f"ws://{host}/live/{meeting.id}",
            subprotocols=["kinboard.v1.json"],  # type: ignore[list-item]
            additional_headers=headers | ({"origin": origin} if origin else {}),
        )
        await program.send({"type": "hello", "person": rosa.person})
        assert (await program.receive())["type"] == answer
        await program.close()


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("public")
    running = Server(
        folder, KINBOARD_PUBLIC_URL="https://board.example.org", KINBOARD_TRUSTED_PROXIES="1"
    ).start()
    yield running
    running.stop()


async def test_over_https_sockets_take_the_strict_cookie_alone(public: Server) -> None:
    meeting = new_meeting(public)
    rosa = meeting.join("Rosa")
    address = f"ws://{public.url.removeprefix('http://')}/live/{meeting.id}"
    told = {"x-forwarded-proto": "https", "origin": "https://board.example.org"}
    for name, answer in ((f"__Host-kb_{rosa.person}", "welcome"), (f"kb_{rosa.person}", "error")):
        program = Program(meeting, rosa)
        program.socket = await connect(
            address,
            subprotocols=["kinboard.v1.json"],  # type: ignore[list-item]
            additional_headers=told | {"cookie": f"{name}={rosa.token}"},
        )
        await program.send({"type": "hello", "person": rosa.person})
        assert (await program.receive())["type"] == answer
        await program.close()


def test_over_https_cookies_belong_to_this_host_alone(public: Server) -> None:
    told = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    cookies = httpx.get(f"{public.url}/join", headers=told).headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-kb_") and "Path=/" in cookie and "Domain" not in cookie
        assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=lax" in cookie
    meeting = new_meeting(public)
    rosa = meeting.join("Rosa")
    here = f"{public.url}/m/{meeting.id}/{rosa.person}"
    for name, status in ((f"__Host-kb_{rosa.person}", 200), (f"kb_{rosa.person}", 403)):
        assert httpx.get(here, headers=told, cookies={name: rosa.token}).status_code == status


def test_nothing_is_kept_and_nothing_foreign_runs(server: Server) -> None:
    meeting = new_meeting(server)
    rosa = meeting.join("Rosa")
    cookies = {f"kb_{rosa.person}": rosa.token}
    nonces = set()
    for path in ("/", "/join", "/leaving", "/away", "/nothing", f"/m/{meeting.id}/{rosa.person}"):
        answer = httpx.get(server.url + path, cookies=cookies)
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        nonce = re.search(r"script-src 'nonce-([\w-]+)';", policy)
        assert nonce and "require-trusted-types-for 'script'" in policy and "unsafe" not in policy
        nonces.add(nonce[1])
        for tag in re.findall(r"<script[^>]*>", answer.text):
            assert "application/json" in tag or f'nonce="{nonce[1]}"' in tag
        assert not re.search(r"\son\w+=|javascript:", answer.text)
    assert len(nonces) == 6
