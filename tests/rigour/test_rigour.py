"""Gentle checks, and whose voices are on the board."""

from __future__ import annotations

import httpx
import pytest

from app import everything  # noqa: F401
from app.board.board import Board
from app.practice import wording
from app.rigour.checks import checks
from app.rigour.voices import balance
from tests.boards import SAM
from tests.boards import Meeting as Acted  # a meeting acted out in memory
from tests.server import Server, new_meeting


@pytest.fixture
def acted() -> Acted:
    meeting = Acted()
    meeting.do(SAM, "meeting.open")
    return meeting


def kinds(board: Board, item_id: str) -> list[str]:
    return [one.kind for one in checks(board, "en") if one.item.id == item_id]


def test_statements_goals_and_steps_are_looked_at(acted: Acted) -> None:
    acted.do(SAM, "statement.add", id="harm-1", form="harm", parts={"who": "Rosa", "what": "left"})
    acted.do(SAM, "statement.add", id="danger-1", form="danger", parts={"outcome": "get hurt"})
    assert kinds(acted.board, "harm-1") == ["no_effect"]
    assert kinds(acted.board, "danger-1") == ["missing_part", "no_goal"]
    whole = {"who": "Rosa", "what": "goes to a parenting class", "met": "they are safe"}
    whole |= {"how_long": "three months", "seen_by": "Elena"}
    acted.do(SAM, "statement.add", id="goal-1", form="goal", parts=whole, danger="danger-1")
    assert kinds(acted.board, "danger-1") == ["missing_part"]
    assert kinds(acted.board, "goal-1") == ["only_services", "no_step"]
    acted.do(SAM, "words.write", id="goal-1", field="what", text="is home when it is dark")
    acted.do(SAM, "step.add", id="step-1", what="Rosa asks her boss", goal="goal-1")
    assert kinds(acted.board, "goal-1") == []
    assert kinds(acted.board, "step-1") == ["unfinished"]
    acted.do(SAM, "step.plan", id="step-1", owners=[SAM], due="2026-12-01")
    assert kinds(acted.board, "step-1") == []


def test_office_words_and_hard_sentences_are_looked_at(acted: Acted) -> None:
    text = (
        "Caregiver demonstrates noncompliance regarding supervision expectations, exacerbating "
        "developmental vulnerabilities identified throughout the preceding assessment period."
    )
    acted.do(SAM, "card.add", id="card-hard", column="worries", text=text)
    acted.do(
        SAM, "card.add", id="card-plain", column="worries", text="My shifts change. I am tired."
    )
    found = {
        one.kind: one.details for one in checks(acted.board, "en") if one.item.id == "card-hard"
    }
    assert found["jargon"]["word"] == "Caregiver" and found["jargon"]["instead"]
    assert int(found["hard_to_read"]["grade"]) > 6
    assert kinds(acted.board, "card-plain") == []


@pytest.mark.parametrize(
    ("lang", "easy", "hard"),
    [
        (
            "en",
            "We go to the park. The kids run and laugh. Then we all eat at home with Grandma.",
            "Interdisciplinary collaboration facilitates comprehensive identification of "
            "contributing environmental considerations affecting familial stability outcomes.",
        ),
        (
            "es",
            "Vamos al parque. Los niños corren y ríen. Luego comemos en casa con la abuela hoy.",
            "La colaboración interdisciplinaria facilita la identificación comprehensiva de "
            "consideraciones ambientales contribuyentes que afectan la estabilidad familiar.",
        ),
    ],
)
def test_reading_level_knows_the_language(lang: str, easy: str, hard: str) -> None:
    low, high = wording.grade(easy, lang), wording.grade(hard, lang)
    assert low is not None and high is not None
    assert low < 4 and high > 8
    assert wording.grade(hard, "ko") is None and wording.grade("Too short.", lang) is None


def test_voices_are_counted_by_person_and_group(acted: Acted) -> None:
    board = acted.board
    family, worker = acted.join("Rosa"), acted.join("Dana", "worker")
    for number in range(4):
        acted.do(worker, "card.add", id=f"card-{number:03}", column="worries", text="A worry")
    acted.do(family, "card.add", id="card-own", column="worries", text="I am tired")
    told = balance(board, acted.log)
    assert told.groups == {"family": 1, "network": 0, "professionals": 4}
    assert told.filled_by_one == {"worries": worker}
    cards = {voice.person.id: voice.cards for voice in told.voices}
    assert cards[worker] == 4 and cards[family] == 1
    # What a worker writes down for the mother is her voice.
    acted.do(worker, "card.add", id="card-for", column="working", text="We laugh", said_by=family)
    told = balance(board, acted.log)
    assert told.groups["family"] == 2
    heard = {voice.person.id: voice.heard for voice in told.voices}
    assert heard[family] > heard[worker]


def test_only_the_facilitator_sees_the_balance(server: Server) -> None:
    meeting = new_meeting(server)
    rosa = meeting.join("Rosa")

    def look(seat) -> httpx.Response:
        address = f"{server.url}/m/{meeting.id}/{seat.person}/balance"
        return httpx.get(address, cookies={f"kb_{seat.person}": seat.token})

    assert "Rosa" in look(meeting.facilitator).raise_for_status().text
    assert look(rosa).status_code == 403
    assert look(meeting.projector).status_code == 403
