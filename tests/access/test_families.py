"""Who opens which family, through every page and route: another's id answers as a missing one."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.colleagues import Colleague, boss_of, new_browser, new_colleague
from tests.program import sit_down
from tests.server import Meeting, Seat, Server, as_text, new_meeting

MEETING = {"title": "First", "lang": "en", "template": "family-team"}
# Every address of the desk that names a family or a meeting, and what is sent to it.
DESK = [
    ("GET", "/desk/families/{family}", {}),
    ("POST", "/desk/families/{family}/meetings", MEETING),
    ("GET", "/desk/meetings/{meeting}", {}),
    ("GET", "/desk/meetings/{meeting}/projector", {}),
]
# Every address of the REST routes that does, with the method of each.
REST: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/families/{family}/meetings", {}),
    ("POST", "/api/families/{family}/meetings", MEETING),
    ("POST", "/api/meetings/{meeting}/open", {}),
    ("POST", "/api/meetings/{meeting}/seats", {}),
    ("GET", "/api/meetings/{meeting}/people", {}),
    ("POST", "/api/meetings/{meeting}/people/{person}/admit", {"role": "family"}),
    ("POST", "/api/meetings/{meeting}/people/{person}/remove", {}),
    ("GET", "/api/meetings/{meeting}/record", {}),
    ("GET", "/api/meetings/{meeting}/audit", {}),
    ("GET", "/api/meetings/{meeting}/code", {}),
    ("POST", "/api/meetings/{meeting}/code", {"on": True}),
    ("POST", "/api/meetings/{meeting}/code/renew", {}),
    ("GET", "/api/meetings/{meeting}/invitations", {}),
    ("POST", "/api/meetings/{meeting}/invitations", {"called": "Elena"}),
    ("POST", "/api/meetings/{meeting}/invitations/{invitation}/revoke", {}),
    ("POST", "/api/meetings/{meeting}/invitations/{invitation}/renew", {}),
    ("POST", "/api/meetings/{meeting}/close", {}),
    ("POST", "/api/meetings/{meeting}/questions", {}),
]


def family_with_meeting(colleague: Colleague) -> dict[str, str]:
    page = colleague.post("/desk/families", name="Okafor")
    family = page.url.path.rpartition("/")[2]
    board = colleague.post(f"/desk/families/{family}/meetings", page=page.url.path, **MEETING)
    _, _, meeting, person = board.url.path.split("/")
    return {"family": family, "meeting": meeting, "person": person}


def desk(colleague: Colleague, ids: dict[str, str]) -> list[tuple[int, str]]:
    """What each address of the desk answers to somebody."""
    answers = []
    for method, path, fields in DESK:
        address = path.format(**ids)
        page = colleague.get(address) if method == "GET" else colleague.post(address, **fields)
        answers.append((page.status_code, as_text(page)))
    return answers


def statuses(answers: list[tuple[int, str]]) -> list[int]:
    return [status for status, _ in answers]


def test_another_teams_family_answers_as_a_missing_one(server: Server) -> None:
    ids = family_with_meeting(new_colleague(server))
    mate, other = new_colleague(server), new_colleague(server, team="South")
    missing = {name: "x" * len(value) for name, value in ids.items()}
    theirs = desk(other, ids)
    assert statuses(theirs) == [404] * 4
    assert theirs == desk(other, missing)
    assert ids["family"] not in other.get("/desk").text
    # A member of the team opens it all.
    assert statuses(desk(mate, ids)) == [200] * 4
    assert ids["family"] in mate.get("/desk").text
    # Somebody who is not signed in is asked to, whether there is such a family or not.
    stranger = new_browser(server)
    for at in (ids, missing):
        assert stranger.get(f"/desk/families/{at['family']}").url.path == "/desk/sign-in"


def test_supervisors_look_on_and_auditors_open_nothing(server: Server) -> None:
    ids = family_with_meeting(new_colleague(server))
    supervisor, auditor = new_colleague(server, "supervisor"), new_colleague(server, "auditor")
    assert statuses(desk(supervisor, ids)) == [200, 404, 404, 200]
    page = supervisor.get(f"/desk/families/{ids['family']}")
    assert f"/desk/meetings/{ids['meeting']}/projector" in page.text
    assert "A new meeting" not in page.text
    assert supervisor.post("/desk/families", name="Mine").status_code == 422
    assert statuses(desk(auditor, ids)) == [404] * 4
    assert auditor.get("/desk").status_code == 200


def test_admins_open_other_teams_only_where_the_organisation_says_so(own_server: Server) -> None:
    boss = boss_of(own_server)
    ids = family_with_meeting(new_colleague(own_server, team="South"))
    assert statuses(desk(boss, ids)) == [404] * 4
    boss.post("/desk/team/rules", page="/desk/team", admins_open="on")
    assert statuses(desk(boss, ids)) == [200] * 4
    boss.post("/desk/team/rules", page="/desk/team")
    assert statuses(desk(boss, ids)) == [404] * 4


def test_programs_are_asked_by_the_same_rule(server: Server) -> None:
    ruiz, other = new_colleague(server), new_colleague(server, team="South")
    ids = family_with_meeting(ruiz) | {"invitation": "01m8" + "0" * 22}
    missing = {name: "x" * len(value) for name, value in ids.items()}
    routes = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    named = {re.sub(r"(\w+)_id", r"\1", path) for path in routes if "{" in path}
    assert named == {path for _, path, _ in REST}

    def ask(token: str, at: dict[str, str]) -> list[tuple[int, str]]:
        headers = {"authorization": f"Bearer {token}"}
        answers = []
        for method, path, fields in REST:
            address = server.url + path.format(**at)
            answer = httpx.request(method, address, headers=headers, json=fields)
            answers.append((answer.status_code, answer.text))
        return answers

    for token in (server.token, server.kinboard("token", "Bot", "--account", other.email)):
        theirs = ask(token, ids)
        assert statuses(theirs) == [404] * len(REST)
        assert theirs == ask(token, missing)
    own = server.kinboard("token", "Ruiz's bot", "--account", ruiz.email, "--days", "1")
    assert 404 not in statuses(ask(own, ids)[:5])
    assert server.kinboard("token", "Ruiz's bot", "--revoke") == "Tokens ended: 1"
    assert statuses(ask(own, ids)) == [401] * len(REST)


async def test_a_board_that_is_open_closes_with_the_session(server: Server) -> None:
    """Signing out, being removed and leaving a team end what is open, within a second."""
    boss, ruiz = boss_of(server), new_colleague(server)
    mate = new_colleague(server)
    ids = family_with_meeting(ruiz)
    mate.get(f"/desk/meetings/{ids['meeting']}")

    async def open_board(colleague: Colleague):
        seat = Seat(ids["person"], colleague.browser.cookies[f"kb_{ids['person']}"])
        meeting = Meeting(server, ids["meeting"], "", seat, seat)
        program = await sit_down(meeting, seat)
        assert program.welcome["type"] == "welcome", program.welcome
        return meeting, seat, program

    meeting, seat, program = await open_board(ruiz)
    boards_page = f"/m/{ids['meeting']}/{ids['person']}"
    assert ruiz.get(boards_page).status_code == 200
    _, mates_seat, mates_program = await open_board(mate)
    leftover = new_browser(server)
    leftover.cookies.set(f"kb_{ids['person']}", seat.token)
    ruiz.post("/desk/sign-out")
    assert await program.closed(within=1) == 1012
    assert (await sit_down(meeting, seat)).welcome["code"] == "not_let_in"
    assert leftover.get(boards_page).status_code == 403
    # The colleague in the same place only has to come back.
    assert await mates_program.closed(within=1) == 1012
    _, _, mates_program = await open_board(mate)

    page = boss.get("/desk/team").text
    person = page[page.index(f"<small>{mate.email}<") :].split("/desk/team/people/")[1]
    boss.post(f"/desk/team/people/{person.split(chr(34))[0]}", page="/desk/team",
              role="facilitator")  # fmt: skip
    assert await mates_program.closed(within=1) == 1012
    assert (await sit_down(meeting, mates_seat)).welcome["code"] == "not_let_in"
    assert mate.get("/desk").status_code == 200
    assert statuses(desk(mate, ids)) == [404] * 4


def test_facilitators_of_programs_keep_apart(server: Server) -> None:
    meeting = new_meeting(server)
    other = {"authorization": f"Bearer {server.kinboard('token', 'Other')}"}
    address = f"{server.url}/api/meetings/{meeting.id}/people"
    assert httpx.get(address, headers=other).status_code == 404
    assert httpx.get(f"{server.url}/api/families", headers=other).json() == []
