"""Who may come to the door: invitations and codes, and links that lead nowhere any more."""

from __future__ import annotations

import re
import sqlite3

import httpx
import pytest

from tests.program import sit_down
from tests.server import Meeting, Seat, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server, title="The Riveras' first meeting")


def rest(meeting: Meeting, method: str, path: str, **data) -> dict | list:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{meeting.server.url}/api/meetings/{meeting.id}/{path}"
    asked = httpx.request(method, address, headers=headers, json=data)
    return asked.raise_for_status().json()


def invite(meeting: Meeting, **wishes) -> dict:
    made = rest(meeting, "POST", "invitations", **wishes)
    assert isinstance(made, dict)
    return made


def knock(meeting: Meeting, token: str, called: str = "Elena") -> httpx.Response:
    wish = {"invitation": token, "called": called}
    return httpx.post(f"{meeting.server.url}/api/join", json=wish)


def change(server: Server, statement: str, *values: str) -> None:
    """As time or an administrator would: straight in the database."""
    path = server.environment["KINBOARD_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=10) as connection:
        connection.execute(statement, values)
    connection.close()


def page(meeting: Meeting, path: str) -> tuple[int, str]:
    """A page, without what is different in every answer."""
    answer = httpx.get(f"{meeting.server.url}{path}", headers={"accept-language": "en"})
    return answer.status_code, re.sub(r'(nonce|csrf|value)="[^"]*"', "", answer.text)


async def test_an_invitation_brings_its_person_to_the_door_and_no_further(meeting: Meeting) -> None:
    made = invite(meeting, called="Elena", relation="grandmother", role="network")
    _, form = page(meeting, f"/i/{made['token']}")
    assert "Welcome" in form and "Riveras" not in form
    seat = knock(meeting, made["token"]).raise_for_status().json()
    elena = await sit_down(meeting, Seat(seat["person"], seat["token"]))
    assert elena.welcome["type"] == "waiting"
    sam = await sit_down(meeting, meeting.facilitator)
    (told,) = sam.welcome["board"]["items"]["knock"]
    assert told["invited_as"] == "Elena, grandmother" and told["invitation"] == made["id"]
    assert told["phrase"] == elena.welcome["phrase"] and len(told["phrase"].split()) == 2
    (listed,) = rest(meeting, "GET", "invitations")
    assert listed["state"] == "used_up" and listed["people"] == [seat["person"]]
    assert "token" not in listed
    await sam.ask("person.admit", id=seat["person"], role="network")
    # Who was let in does not learn how others came.
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    assert "knock" not in rosa.welcome["board"]["items"]
    for one in (elena, sam, rosa):
        await one.close()


def test_links_that_lead_nowhere_all_answer_alike(server: Server, meeting: Meeting) -> None:
    tokens = {}
    for fate in ("revoked", "expired", "used up", "renewed", "over"):
        other = new_meeting(server) if fate == "over" else meeting
        made = invite(other)
        tokens[fate] = made["token"]
        if fate == "revoked":
            rest(meeting, "POST", f"invitations/{made['id']}/revoke")
        elif fate == "expired":
            past = "2020-01-01T00:00:00.000+00:00"
            change(server, "UPDATE invitation SET ends_at = ? WHERE id = ?", past, made["id"])
        elif fate == "used up":
            assert knock(meeting, made["token"]).status_code == 201
        elif fate == "renewed":
            fresh = rest(meeting, "POST", f"invitations/{made['id']}/renew")
            assert isinstance(fresh, dict)
            assert knock(meeting, fresh["token"]).status_code == 201
        else:
            other.post("close").raise_for_status()
    nowhere = page(meeting, "/i/" + "x" * 43)
    assert nowhere[0] == 404 and "This link no longer works. Ask the one who" in nowhere[1]
    refused = knock(meeting, "x" * 43)
    assert refused.status_code == 404
    for token in tokens.values():
        assert page(meeting, f"/i/{token}") == nowhere
        answer = knock(meeting, token)
        assert (answer.status_code, answer.json()) == (refused.status_code, refused.json())


def test_codes_that_open_nothing_all_answer_alike(server: Server, meeting: Meeting) -> None:
    def ask(code: str) -> tuple[int, dict]:
        wish = {"code": code, "called": "Eve"}
        answer = httpx.post(f"{server.url}/api/join", json=wish)
        return answer.status_code, answer.json()

    unknown = ask("AAAAAAAA")
    assert unknown[1]["error"]["code"] == "no_such_code"
    code = meeting.code
    assert ask(code)[0] == 201
    rest(meeting, "POST", "code", on=False)
    assert ask(code) == unknown
    rest(meeting, "POST", "code", on=True)
    assert ask(code)[0] == 201
    renewed = rest(meeting, "POST", "code/renew")
    assert isinstance(renewed, dict)
    assert ask(code) == unknown and ask(renewed["code"])[0] == 201
    past = "2020-01-01T00:00:00.000+00:00"
    change(server, "UPDATE board SET code_until = ? WHERE id = ?", past, meeting.id)
    assert ask(renewed["code"]) == unknown
    rest(meeting, "POST", "code", on=True, lasts=4)
    meeting.post("close").raise_for_status()
    assert ask(renewed["code"]) == unknown


def test_a_code_dies_after_the_meetings_day(server: Server) -> None:
    meeting = new_meeting(server, date="2031-05-04")
    told = rest(meeting, "GET", "code")
    assert isinstance(told, dict) and told["ends_at"].startswith("2031-05-06T00:00")
    old = new_meeting(server, date="2020-01-01")
    change(server, "UPDATE board SET made_at = ? WHERE id = ?", "2020-01-01T08:00:00", old.id)
    assert rest(old, "GET", "code")["works"] is False  # type: ignore[call-overload]
    assert rest(old, "POST", "code/renew")["works"] is True  # type: ignore[call-overload]


def test_no_more_come_by_an_invitation_than_may(meeting: Meeting) -> None:
    made = invite(meeting, uses=3)
    answers = [knock(meeting, made["token"], f"Cousin {n}").status_code for n in range(5)]
    assert answers == [201, 201, 201, 404, 404]
    # What is refused for another reason costs no use.
    made = invite(meeting)
    assert knock(meeting, made["token"], "").status_code == 422
    assert knock(meeting, made["token"]).status_code == 201


async def test_an_invitation_of_a_closed_meeting_can_be_ended_too(meeting: Meeting) -> None:
    made = invite(meeting)
    knock(meeting, made["token"]).raise_for_status()
    meeting.post("close").raise_for_status()
    ended = rest(meeting, "POST", f"invitations/{made['id']}/revoke")
    assert isinstance(ended, dict) and ended["state"] == "revoked"


async def test_revoking_sends_away_who_waits_by_it(meeting: Meeting) -> None:
    made = invite(meeting, uses=2)
    inside, waiting = (
        Seat(one["person"], one["token"])
        for one in (knock(meeting, made["token"], name).json() for name in ("Ana", "Eve"))
    )
    meeting.admit(inside)
    ana, eve = await sit_down(meeting, inside), await sit_down(meeting, waiting)
    rest(meeting, "POST", f"invitations/{made['id']}/revoke")
    assert await eve.closed(within=1) == 4403
    assert (await ana.ask("card.add", column="needs", text="I stay"))["type"] == "ack"
    await ana.close()


def test_only_digests_of_tokens_are_kept(server: Server, meeting: Meeting) -> None:
    made = invite(meeting)
    seat = knock(meeting, made["token"]).json()
    path = server.environment["KINBOARD_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(FULL)")
        kept = "\n".join(connection.iterdump())
    connection.close()
    assert made["id"] in kept
    assert made["token"] not in kept and seat["token"] not in kept


@pytest.mark.parametrize(
    ("wishes", "field"),
    [({"lasts": 0}, "lasts"), ({"uses": 31}, "uses"), ({"role": "facilitator"}, "role")],
)
def test_wrong_wishes_are_refused(meeting: Meeting, wishes: dict, field: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        invite(meeting, **wishes)
    assert refused.value.response.json()["error"]["field"] == field


async def test_at_the_door_no_frame_and_no_page_tells_a_word(meeting: Meeting) -> None:
    """Everything that reaches who waits is looked through: pages, frames, addresses."""
    sam = await sit_down(meeting, meeting.facilitator)
    await sam.ask("meeting.edit", purpose="SECRET purpose", greeting="Welcome, all of you")
    await sam.ask("card.add", column="worries", text="SECRET worry")
    rosa = await sit_down(meeting, meeting.join("SECRET Rosa"))
    seat = meeting.knock("Carmen")
    carmen = await sit_down(meeting, seat)
    await rosa.ask("card.add", column="needs", text="SECRET need")
    await rosa.send({"type": "typing", "where": "column-worries", "text": "SECRET"})
    asked = [
        {"type": "command", "id": "command-1", "name": "undo", "data": {}},
        {"type": "typing", "where": "column-worries", "text": "hello"},
        {"type": "open", "id": "o-1", "item": rosa.seat.person, "field": "name"},
        {"type": "hello", "person": seat.person, "token": seat.token, "after": 0},
    ]
    for frame in asked:
        await carmen.send(frame)
        assert (await carmen.until("error"))["code"] in ("not_let_in", "unknown_frame")
    cookies = {f"kb_{seat.person}": seat.token}
    here = f"{meeting.server.url}/m/{meeting.id}/{seat.person}"
    texts = [str(carmen.frames)]
    async with httpx.AsyncClient(cookies=cookies) as client:
        for path in ("", "/history", "/replay", "/at/1", "/export.pdf", "/export.json"):
            answer = await client.get(here + path)
            assert path == "" or answer.status_code == 403
            texts.append(answer.text)
        texts.append((await client.get(f"{meeting.server.url}/j/{meeting.code}")).text)
    for text in texts:
        assert "SECRET" not in text and "Rivera" not in text
    for one in (sam, rosa, carmen):
        await one.close()
