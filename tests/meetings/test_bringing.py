"""What a family's next meeting brings over from the one before."""

from __future__ import annotations

import httpx

from app.desk.path import path
from app.fragments.engine import environment
from app.fragments.language import day
from tests.houses import meeting_in, new_house
from tests.program import sit_down
from tests.server import Meeting, Seat, Server, new_meeting


def next_meeting(first: Meeting, family: str, **wishes: str) -> Meeting:
    headers = {"authorization": f"Bearer {first.server.token}"}
    address = f"{first.server.url}/api/families/{family}/meetings"
    made = httpx.post(address, json={"title": "Second"} | wishes, headers=headers)
    made = made.raise_for_status().json()
    seats = [Seat(made[one]["person"], made[one]["token"]) for one in ("facilitator", "projector")]
    return Meeting(first.server, made["meeting"], made["code"], *seats)


def family_of(meeting: Meeting) -> str:
    headers = {"authorization": f"Bearer {meeting.server.token}"}
    with httpx.Client(base_url=meeting.server.url, headers=headers) as client:
        for family in client.get("/api/families").json():
            meetings = client.get(f"/api/families/{family['id']}/meetings").json()
            if any(one["id"] == meeting.id for one in meetings):
                return family["id"]
    raise AssertionError("the meeting's family was not found")


async def test_circles_goals_and_open_steps_come_along(server: Server) -> None:
    first = new_meeting(server, date="2026-11-24")
    rosa_seat = first.join("Rosa", relation="mother")
    sam, rosa = await sit_down(first, first.facilitator), await sit_down(first, rosa_seat)
    await rosa.ask("card.add", id="card-old", column="worries", text="Stays where it was said")
    await rosa.ask("circle.add", id="place-elena", called="Elena", ring=1, present=True)
    await sam.ask("statement.add", id="danger-1", form="danger", parts={"outcome": "get hurt"})
    await sam.ask(
        "statement.add", id="goal-1", form="goal", parts={"what": "be home"}, danger="danger-1"
    )
    for step, owners in (("step-open", [rosa_seat.person, "place-elena"]), ("step-done", [])):
        await rosa.ask("step.add", id=step, what=f"The {step}", owners=owners, goal="goal-1")
    await rosa.ask("step.look_back", id="step-done", done="done", told="It went well")
    await rosa.ask("step.look_back", id="step-open", done="partly", told="Half of it")

    family = family_of(first)
    second = next_meeting(first, family, earlier=first.id)
    sam = await sit_down(second, second.facilitator)
    items = sam.welcome["board"]["items"]
    assert "card" not in items
    (elena,) = items["circle"]
    assert (elena["id"], elena["ring"], elena["present"]) == ("place-elena", 1, False)
    assert items["goal"][0]["danger"] == items["danger"][0]["id"] == "danger-1"
    (step,) = items["step"]
    assert step["id"] == "step-open" and step["owners"] == [rosa_seat.person, "place-elena"]
    assert (step["brought"], step["done"], step["told"]) == ("2026-11-24", "", "")
    old_rosa = next(one for one in items["person"] if one["id"] == rosa_seat.person)
    assert (old_rosa["name"], old_rosa["standing"]) == ("Rosa", "left")
    # Her old link opens nothing here.
    old = await sit_down(second, rosa_seat)
    assert old.welcome["code"] == "not_let_in"

    refused = await sam.ask("step.look_back", id="step-open", done="perhaps")
    assert (refused["code"], refused["field"]) == ("not_a_choice", "done")
    assert (await sam.ask("step.look_back", id="step-open", done="not"))["type"] == "ack"
    third = next_meeting(first, family, earlier=second.id)
    items = (await sit_down(third, third.facilitator)).welcome["board"]["items"]
    assert "step" not in items and "goal" in items


def test_another_familys_meeting_brings_nothing(server: Server) -> None:
    first, other = new_meeting(server), new_meeting(server)
    headers = {"authorization": f"Bearer {server.token}"}
    address = f"{server.url}/api/families/{family_of(first)}/meetings"
    for earlier in (other.id, "no-such-meeting"):
        answer = httpx.post(address, json={"title": "Next", "earlier": earlier}, headers=headers)
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"


async def test_the_path_of_a_family_tells_only_what_was_shown(tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/kinboard.db")
    live, sam = await meeting_in(house)
    await house.tell(live, sam, "scale.answer", number=3)
    await house.tell(live, sam, "circle.add", called="Elena", ring=1)
    await house.tell(live, sam, "step.add", id="step-1", what="Elena calls")
    await house.tell(live, sam, "step.look_back", id="step-1", done="done")
    meetings = [{"id": live.board.id, "state": "open"}, {"id": "another", "state": "prepared"}]
    (before,) = await path(house, meetings)
    assert (before.numbers, before.rings, before.steps) == ([], [0, 1, 0, 0], (1, 1))
    await house.tell(live, sam, "scale.reveal")
    (after,) = await path(house, meetings)
    assert after.numbers == [3] and after.mean == 3
    picture = environment("en").get_template("parts/path.html").make_module({"day": day})
    drawn = str(picture.picture([after, after]))
    assert drawn.count("<circle") == 2 and "Scale: 3" in drawn
    await house.stop()
