"""The meeting on paper: all that was said is in it, and nothing that is hidden."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from app.export.pdf import pdf
from app.map.cards import Card
from app.people.person import Person
from app.scale.scale import Answer
from app.sight import Viewer
from app.steps.steps import Step
from tests.boards import SAM, Meeting, usual_meeting


def text_of(made: bytes, folder: Path) -> str:
    path = folder / "plan.pdf"
    path.write_bytes(made)
    run = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return " ".join(run.stdout.decode().split()).replace("\u200b", "")


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return usual_meeting()


def test_everything_is_in_it_within_two_seconds(meeting: Meeting, tmp_path: Path) -> None:
    started = time.perf_counter()
    made = pdf(meeting.board, Viewer("worker"), "en", "Rivera")
    assert time.perf_counter() - started < 2
    text = text_of(made, tmp_path).replace(" ", "").replace("-", "")
    board = meeting.board
    wanted = [
        "Rivera",
        *(person.name for person in board.all(Person) if person.role != "projector"),
    ]
    wanted += [card.text for card in board.all(Card) if not card.withdrawn]
    wanted += [step.what for step in board.all(Step) if not step.withdrawn]
    for words in wanted:
        assert words.replace(" ", "").replace("-", "") in text, words


def test_it_is_tagged_and_speaks_spanish(meeting: Meeting, tmp_path: Path) -> None:
    made = pdf(meeting.board, Viewer("family"), "es")
    path = tmp_path / "plan.pdf"
    path.write_bytes(made)
    info = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in info
    assert "Próximos pasos" in text_of(made, tmp_path)


def test_hidden_numbers_are_not_in_it(tmp_path: Path) -> None:
    meeting = Meeting()
    rosa = meeting.join("Rosa")
    meeting.do(rosa, "scale.answer", number=7, reason="Grandma is there")
    for viewer in (Viewer("family", rosa), Viewer("facilitator", SAM)):
        assert "Grandma" not in text_of(pdf(meeting.board, viewer, "en"), tmp_path)
    assert meeting.board.all(Answer)
    meeting.do(SAM, "scale.reveal")
    assert "Grandma is there" in text_of(pdf(meeting.board, Viewer("family"), "en"), tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        '#read("/etc/passwd") $x^2$ @label <tag> *bold* _it_ `code` // note [x] \\ = head',
        "שלום עולם",
        "مرحبا بالعالم",
        "Ñandú 😀 🏠 漢字",
        "x" * 2000,
        "\u202eturned",
    ],
)
def test_no_words_break_it(words: str, tmp_path: Path) -> None:
    meeting = Meeting(title=words[:150])
    rosa = meeting.join("Rosa")
    meeting.do(rosa, "card.add", column="worries", text=words)
    meeting.do(rosa, "step.add", what=words, how=words)
    text = text_of(pdf(meeting.board, Viewer("family"), "en"), tmp_path)
    assert "root:" not in text and "Rosa" in text
    if words.startswith("#read"):
        assert "#read" in text and "*bold*" in text
