"""What the facilitator puts before everyone's eyes, and who wants to speak."""

from __future__ import annotations

import pytest

from app.fragments.language import languages
from app.practice.bank import question, questions, ring_questions
from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)


async def page_html(meeting: Meeting, page: Program, seq: int) -> str:
    """All fragments that a page is sent until an event."""
    while page.seq < seq:
        page.seq = max(page.seq, (await page.receive()).get("seq", 0))
    return "".join(frame.get("html", "") for frame in page.frames)


async def test_a_question_and_a_card_come_before_everyones_eyes(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    elena = Program(meeting, meeting.join("Elena", lang="es"), "kinboard.v1.html")
    await elena.connect()
    await rosa.ask("card.add", id="card-nights", column="worries", text="Nobody sleeps")
    assert (await rosa.ask("spot.set", id="card-nights"))["code"] == "not_allowed"
    assert (await sam.ask("spot.set", id="card-none"))["code"] == "not_found"
    assert (await sam.ask("spot.set", id="meeting"))["code"] == "not_found"
    assert (await sam.ask("question.show", question="none"))["code"] == "not_found"
    await sam.ask("question.show", question="working-success-2")
    told = await sam.ask("spot.set", id="card-nights")
    html = await page_html(meeting, elena, told["seq"])
    assert "¿Qué más salió bien desde la última vez?" in html
    assert 'data-spot="card-card-nights"' in html

    elena.frames.clear()
    told = await sam.ask("words.write", id="card-nights", field="text", text="We all sleep")
    html = await page_html(meeting, elena, told["seq"])
    assert html.count("We all sleep") >= 2  # on the card, and at the top
    elena.frames.clear()
    told = await sam.ask("card.withdraw", id="card-nights")
    html = await page_html(meeting, elena, told["seq"])
    assert 'data-spot=""' in html and "We all sleep" not in html


async def test_hands_stand_in_the_order_in_which_they_went_up(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa_seat, elena_seat = meeting.join("Rosa"), meeting.join("Elena")
    rosa, elena = await sit_down(meeting, rosa_seat), await sit_down(meeting, elena_seat)
    page = Program(meeting, meeting.facilitator, "kinboard.v1.html")
    await page.connect()
    await elena.ask("hand.raise")
    first = await rosa.ask("hand.raise")
    assert (await rosa.ask("hand.raise"))["seq"] == first["seq"]  # it is up already
    html = await page_html(meeting, page, first["seq"])
    assert f'["{elena_seat.person}","{rosa_seat.person}"]'.replace('"', "&#34;") in html
    assert (await rosa.ask("hand.lower", person=elena_seat.person))["code"] == "not_allowed"
    page.frames.clear()
    told = await sam.ask("hand.lower", person=elena_seat.person)
    html = await page_html(meeting, page, told["seq"])
    assert elena_seat.person not in html.partition('id="hands"')[2].partition(">")[0]
    assert rosa_seat.person in html.partition('id="hands"')[2].partition(">")[0]
    await meeting_without(sam, rosa_seat.person, page)


async def meeting_without(sam: Program, person: str, page: Program) -> None:
    page.frames.clear()
    told = await sam.ask("person.remove", id=person)
    html = await page_html(sam.meeting, page, told["seq"])
    assert person not in html.partition('id="hands"')[2].partition(">")[0]


def test_the_question_bank_is_the_same_in_every_language() -> None:
    english = [(one.id, one.column, one.kind) for one in questions("en")]
    assert len(set(english)) == len(english)
    for lang in languages():
        assert [(one.id, one.column, one.kind) for one in questions(lang)] == english
    assert {kind for _, _, kind in english} == {
        "exception", "scaling", "coping", "future", "position", "success",
    }  # fmt: skip


def test_every_ring_has_its_questions_in_every_language() -> None:
    english = [(one.id, one.ring, one.kind) for one in ring_questions("en")]
    assert {(ring, kind) for _, ring, kind in english} == {
        (ring, kind) for ring in range(4) for kind in ("belongs", "closer", "told", "help")
    }
    assert [(one.id, one.ring, one.kind) for one in ring_questions("es-MX")] == english
    texts = {one.id: one.text for one in ring_questions("en")}
    assert all(one.text != texts[one.id] for one in ring_questions("es"))
    # One bank for the screens: no id stands for two questions.
    ids = [one.id for one in (*questions("en"), *ring_questions("en"))]
    assert len(set(ids)) == len(ids)


async def test_a_question_for_a_ring_comes_before_everyones_eyes(meeting: Meeting) -> None:
    sam = await sit_down(meeting, meeting.facilitator)
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    asked = await sam.ask("question.show", question="ring-some-told")
    await rosa.catch_up(asked["seq"])
    assert rosa.events[-1]["changes"][0]["set"]["question"] == "ring-some-told"
    shown = question("ring-some-told", "es")
    assert shown and shown.text.startswith("¿A quién se le podría contar")
    assert (await rosa.ask("question.show", question="ring-all-told"))["code"] == "not_allowed"
