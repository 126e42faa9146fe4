"""Several people answer a tool apart; nobody sees another's answers until all are shown."""

from __future__ import annotations

import json

import pytest

from app.assessing.assessment import Assessment, Rating
from app.assessing.results import results
from app.board.board import replay
from app.board.events import Event
from app.board.refusal import Refused
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.history.redaction import redact
from app.live.dialects import board_as_seen
from app.practice.toolbox import TOOLBOX
from app.sight import FACILITATOR, Viewer, as_seen, on_paper
from tests.boards import SAM, Meeting

ITEMS = [item.id for item in TOOLBOX.versions("network-readiness")["en"].items]
TOOL = "tool-one"


class Story:
    """Dana and Kim work here, Rosa is family; the tool is open for the workers."""

    def __init__(self, **wishes) -> None:
        self.meeting = Meeting()
        self.dana = self.meeting.join("Dana", "worker")
        self.kim = self.meeting.join("Kim", "worker")
        self.rosa = self.meeting.join("Rosa", "family")
        self.meeting.do(SAM, "meeting.open")
        self.do(SAM, "tool.open", id=TOOL, tool="network-readiness", **wishes)

    def do(self, who: str, name: str, **data) -> Event | None:
        return self.meeting.do(who, name, **data)

    def rate(self, who: str, item: str, answer: str, note: str = "") -> None:
        self.do(who, "tool.rate", id=TOOL, item=item, answer=answer, note=note)

    def refused(self, who: str, name: str, **data) -> tuple[str, str]:
        with pytest.raises(Refused) as wrong:
            self.do(who, name, **data)
        return wrong.value.code, wrong.value.field

    @property
    def tool(self) -> Assessment:
        return self.meeting.board.find(Assessment, TOOL)

    def told(self, role: str, person: str = "") -> str:
        """All that somebody's program may get: the board, and each event."""
        board, viewer = self.meeting.board, Viewer(role, person)  # type: ignore[arg-type]
        events = [as_seen(board, one, viewer) for one in self.meeting.log]
        return json.dumps([board_as_seen(board, viewer), events])


def test_workers_are_asked_unless_the_facilitator_chooses() -> None:
    story = Story()
    assert story.tool.raters == [story.dana, story.kim]
    assert "tool-one" not in story.told("family", story.rosa)
    story.do(SAM, "tool.ask", id=TOOL, raters=[story.dana, story.rosa, story.dana])
    assert story.tool.raters == [story.dana, story.rosa]
    assert "network-readiness" in story.told("family", story.rosa)
    assert "tool-one" not in story.told("network", "")
    assert story.refused(SAM, "tool.ask", id=TOOL, raters=[]) == ("empty", "raters")
    for stranger in ("person-nobody", "person-wall", TOOL):
        told = story.refused(SAM, "tool.ask", id=TOOL, raters=[stranger])
        assert told == ("not_found", "raters")


def test_a_worker_opens_a_tool_but_does_not_choose_who_answers() -> None:
    story = Story()
    story.do(story.dana, "tool.open", id="tool-two", tool="network-readiness")
    more = {"id": "tool-three", "tool": "network-readiness"}
    assert story.refused(story.dana, "tool.open", **more, raters=[story.dana])[0] == "not_allowed"
    assert story.refused(story.rosa, "tool.open", **more)[0] == "not_allowed"
    assert story.refused(SAM, "tool.open", **more | {"tool": "none"}) == ("not_found", "tool")
    for shown in ("own", "family"):
        told = story.refused(SAM, "tool.open", **more | {"shown": shown})
        assert told == ("not_a_choice", "shown")
    assert story.refused(SAM, "tool.open", **more | {"id": TOOL}) == ("exists", "id")


def test_answers_are_hidden_from_everyone_else_until_they_are_shown() -> None:
    story = Story()
    story.rate(story.dana, "know", "mostly", "the aunt told me so")
    story.rate(story.kim, "know", "no", "nobody said it")
    for role, person in (("facilitator", SAM), ("worker", story.kim), ("projector", "person-wall")):
        told = story.told(role, person)
        assert "the aunt told" not in told and f"{TOOL}.know.{story.dana}" not in told
    assert "the aunt told" in story.told("worker", story.dana)
    board, log = story.meeting.board, story.meeting.log
    for viewer in (Viewer("facilitator", SAM), FACILITATOR):
        taken = json.dumps(record(board, log, "", viewer))
        assert "aunt" not in taken and "nobody said" not in taken and '"mostly"' not in taken
        read_record(json.loads(taken))
    paper = plan_of(board, on_paper(board, story.tool and board.items[story.dana]), "en")  # type: ignore[arg-type]
    assert paper["assessments"] == []

    story.do(SAM, "tool.reveal", id=TOOL)
    for role, person in (("facilitator", SAM), ("worker", story.kim)):
        assert "the aunt told" in story.told(role, person)
    assert "aunt" not in story.told("family", story.rosa)
    taken = json.loads(json.dumps(record(board, log, "", FACILITATOR)))
    again = replay(board.id, read_record(taken))
    assert board_as_dict(again) == board_as_dict(board) == taken["board"]


def test_who_may_answer_what_and_until_when() -> None:
    story = Story()
    data = {"id": TOOL, "item": "know", "answer": "no"}
    for who in (story.rosa, SAM, "person-wall"):
        assert story.refused(who, "tool.rate", **data)[0] in ("not_allowed", "not_found")
    dana = story.dana
    assert story.refused(dana, "tool.rate", **data | {"item": "x"}) == ("not_found", "item")
    wrong = story.refused(dana, "tool.rate", **data | {"answer": "perhaps"})
    assert wrong == ("not_a_choice", "answer")
    assert story.refused(SAM, "tool.reveal", id=TOOL) == ("nothing_to_show", "id")
    story.rate(dana, "know", "no")
    story.rate(dana, "know", "some")
    assert story.refused(dana, "tool.reveal", id=TOOL)[0] == "not_allowed"
    agreed = {"id": TOOL, "item": "know", "answer": "some"}
    assert story.refused(SAM, "tool.agree", **agreed) == ("answers_hidden", "id")
    story.do(SAM, "tool.reveal", id=TOOL)
    assert story.do(SAM, "tool.reveal", id=TOOL) is None
    assert story.refused(dana, "tool.rate", **data) == ("answers_shown", "id")
    assert story.refused(SAM, "tool.withdraw", id=TOOL) == ("answers_shown", "id")
    assert story.refused(SAM, "tool.ask", id=TOOL, raters=[dana]) == ("answers_shown", "id")
    assert story.refused(dana, "undo")[0] == "nothing_to_undo"
    assert story.refused(dana, "tool.agree", **agreed)[0] == "not_allowed"
    (rating,) = story.meeting.board.all(Rating)
    assert rating.answer == "some"


def test_what_differs_what_it_comes_to_and_what_is_agreed() -> None:
    story = Story()
    for item in ITEMS:
        story.rate(story.dana, item, "mostly")
        story.rate(story.kim, item, "fully" if item == "came" else "mostly")
    story.rate(story.kim, "know", "no")
    story.do(SAM, "tool.reveal", id=TOOL)
    told = results(story.meeting.board, story.tool, "es")
    assert told.percent == 75
    assert [one.item.id for one in told.to_talk_about] == ["know", "came"]
    assert told.items[0].item.text.startswith("Hay gente")
    levels = [score.level.id if score.level else "" for score in told.scores.values()]
    # Kim has more points for what was seen, but who does not know cannot watch.
    assert levels == ["grow", "begin"] and told.scores[story.kim].override
    assert told.agreed is None
    for item in ITEMS:
        story.do(SAM, "tool.agree", id=TOOL, item=item, answer="fully", reason="we talked")
    agreed = results(story.meeting.board, story.tool, "en").agreed
    assert agreed and agreed.level and (agreed.points, agreed.level.id) == (30, "ready")
    story.do(SAM, "tool.agree", id=TOOL, item="know", answer="")
    part = results(story.meeting.board, story.tool, "en").agreed
    assert part and part.level is None and not part.is_whole


def test_one_person_alone_is_told_in_words() -> None:
    story = Story()
    story.rate(story.dana, "know", "some")
    story.do(SAM, "tool.reveal", id=TOOL)
    told = results(story.meeting.board, story.tool, "en")
    assert told.percent is None and [one.missing for one in told.coefficients] == ["one_person"]
    assert told.people == [story.dana] and told.to_talk_about == []


def test_who_is_not_asked_any_more_does_not_count_and_is_not_shown() -> None:
    story = Story()
    story.rate(story.kim, "know", "no", "Kim changed her mind")
    story.do(SAM, "tool.ask", id=TOOL, raters=[story.dana])
    assert story.refused(SAM, "tool.reveal", id=TOOL) == ("nothing_to_show", "id")
    story.rate(story.dana, "know", "some")
    story.do(SAM, "tool.reveal", id=TOOL)
    assert results(story.meeting.board, story.tool, "en").people == [story.dana]
    assert "Kim changed" not in story.told("facilitator", SAM)
    taken = record(story.meeting.board, story.meeting.log)
    assert "Kim changed" not in json.dumps(taken) and read_record(json.loads(json.dumps(taken)))


def test_items_are_linked_to_what_one_may_see() -> None:
    story = Story(shown="all")
    story.do(story.rosa, "card.add", id="card-own-1", column="working", text="x", shown="own")
    story.do(story.dana, "card.add", id="card-team", column="worries", text="y", shown="team")
    story.do(story.rosa, "card.add", id="card-all-1", column="working", text="z")
    link = {"id": TOOL, "item": "came"}
    for cards in (["card-own-1"], [TOOL], ["person-wall"], ["card-none-1"]):
        assert story.refused(SAM, "tool.link", **link, cards=cards) == ("not_found", "cards")
    story.do(story.dana, "tool.link", **link, cards=["card-team", "card-all-1", "card-all-1"])
    assert story.refused(story.rosa, "tool.link", **link, cards=[])[0] == "not_allowed"
    told = story.told("family", story.rosa)
    assert "card-all-1" in told and "card-team" not in told


def test_a_tool_that_changes_later_changes_nothing_that_was_answered(tmp_path) -> None:
    story = Story()
    story.rate(story.dana, "know", "mostly")
    known = dict(TOOLBOX._sheets)
    try:
        text = json.dumps(
            {
                "tool": "network-readiness",
                "language": "en",
                "version": "9",
                "name": "Another one",
                "items": [{"id": "other", "text": "Else?"}],
                "answers": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
            }
        )
        (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
        assert TOOLBOX.load(tmp_path) == []
        story.do(SAM, "tool.open", id="tool-two", tool="network-readiness")
        newer = story.meeting.board.find(Assessment, "tool-two")
        assert (newer.version, newer.tool_in("es").name) == ("9", "Another one")
        assert story.tool.version == "1"
        assert story.tool.tool_in("es").name == "Qué tan lista está la red"
        story.rate(story.dana, "came", "some")
    finally:
        TOOLBOX._sheets = known


def test_a_forged_definition_is_no_record() -> None:
    story = Story()
    story.rate(story.dana, "know", "mostly")
    story.do(SAM, "tool.reveal", id=TOOL)
    good = json.dumps(record(story.meeting.board, story.meeting.log))
    read_record(json.loads(good))
    for old, new in (
        (r"network-readiness\"", r"X Y\""),
        ('"definitions": {', '"definitions": {"xx": "1", '),
    ):
        assert old in good
        with pytest.raises(Refused):
            read_record(json.loads(good.replace(old, new)))


def test_a_deletion_takes_answers_and_notes_of_one_person() -> None:
    story = Story()
    story.rate(story.dana, "know", "mostly", "Dana's words")
    story.rate(story.kim, "know", "some", "Kim's words")
    story.do(SAM, "tool.reveal", id=TOOL)
    at = story.meeting.log[-1].at
    made = redact("board-1", story.meeting.log, story.dana, at)
    told = json.dumps([one.as_dict() for one in made.events])
    assert "Dana's words" not in told and 'mostly", "note' not in told and "Kim's words" in told
    left = results(made.board, made.board.find(Assessment, TOOL), "en")
    assert left.people == [story.kim]
