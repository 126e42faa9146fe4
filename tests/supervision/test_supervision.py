"""Group supervision: workers only, and its best questions reach the family's board, each once."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from app.board.board import replay
from app.board.commands import read_command
from app.board.refusal import Refused
from app.desk import hosting
from app.desk.path import path
from app.desk.supervising import take_questions
from app.export.pdf import plan_of
from app.export.record import board_as_dict, read_record, record
from app.live.board import LiveBoard
from app.meetings.meeting import meeting_of
from app.people.person import Person
from app.sight import EVERYONE, FACILITATOR, Viewer, seen_by
from app.stages.agenda import agenda_of
from app.supervision.prepared import Prepared
from app.supervision.questions import NextQuestion
from tests.boards import SAM, Meeting
from tests.houses import new_house
from tests.server import Server, new_meeting


def supervision() -> Meeting:
    return Meeting(template="group-supervision")


def refused(meeting: Meeting, who: str, name: str, **data) -> tuple[str, str]:
    with pytest.raises(Refused) as wrong:
        meeting.do(who, name, **data)
    return wrong.value.code, wrong.value.field


def test_nobody_but_workers_can_be_let_in() -> None:
    meeting = supervision()
    meeting.do(SAM, "meeting.open")
    at_door = meeting.join("Rosa", standing="waiting")
    for role in ("family", "child", "network"):
        told = refused(meeting, SAM, "person.admit", id=at_door, role=role)
        assert told == ("workers_only", "role")
    meeting.do(SAM, "person.admit", id=at_door, role="worker")
    assert refused(meeting, SAM, "person.role", id=at_door, role="family")[0] == "workers_only"
    assert refused(meeting, SAM, "phone.add", called="Mateo")[0] == "workers_only"


def test_the_kind_of_meeting_never_opens_it_to_others() -> None:
    told = refused(supervision(), SAM, "meeting.edit", template="family-team")
    assert told == ("not_a_choice", "template")
    family = Meeting()
    told = refused(family, SAM, "meeting.edit", template="group-supervision")
    assert told == ("not_a_choice", "template")
    family.do(SAM, "meeting.edit", template="safety-plan")


def test_questions_are_offered_voted_for_and_chosen() -> None:
    meeting = supervision()
    dana, kim = meeting.join("Dana", "worker"), meeting.join("Kim", "worker")
    meeting.do(SAM, "supervision.present", presenter=dana, question="How do I ask?")
    meeting.do(kim, "nextquestion.add", id="question-1", text="When did it go well?", whom="Rosa")
    assert refused(meeting, kim, "nextquestion.add", text=" ") == ("empty", "text")
    again = {"id": "question-1", "text": "Once more?"}
    assert refused(meeting, kim, "nextquestion.add", **again) == ("exists", "id")
    for who in (dana, kim, dana):
        meeting.do(who, "nextquestion.vote", id="question-1")
    meeting.do(kim, "nextquestion.vote", id="question-1", good=False)
    question = meeting.board.find(NextQuestion, "question-1")
    assert (question.votes, question.is_to_take) == ([dana], False)
    meeting.do(dana, "nextquestion.choose", id="question-1")
    assert question.is_to_take
    told = plan_of(meeting.board, EVERYONE, "en")["supervision"]
    assert (told["question"], told["by"]) == ("How do I ask?", "Dana")
    assert told["questions"] == [{"text": "When did it go well?", "whom": "Rosa", "best": True}]
    meeting.do(dana, "nextquestion.withdraw", id="question-1")
    assert refused(meeting, dana, "nextquestion.vote", id="question-1") == ("withdrawn", "id")
    taken = json.loads(json.dumps(record(meeting.board, meeting.log, "", FACILITATOR)))
    again_board = replay("board-1", read_record(taken))
    assert board_as_dict(again_board) == board_as_dict(meeting.board)


def test_a_familys_board_has_no_questions_of_workers() -> None:
    family = Meeting()
    rosa, dana = family.join("Rosa"), family.join("Dana", "worker")
    for who in (rosa, dana, SAM):
        assert refused(family, who, "nextquestion.add", text="Why?")[0] == "not_allowed"
        assert refused(family, who, "supervision.present", question="?")[0] == "not_allowed"
    assert refused(family, SAM, "prepared.bring") == ("unknown_command", "name")


class Agency:
    """A family, its first meeting if one is there, and a supervision with two chosen questions."""

    def __init__(self, house, account, family) -> None:
        self.house, self.account, self.family = house, account, family
        self.source: LiveBoard

    async def meeting(self, template: str = "family-team", **wishes: str) -> LiveBoard:
        wishes = {"title": "Meeting", "template": template} | wishes
        return await hosting.create_meeting(self.house, self.account, self.family, **wishes)

    async def ask(self, live: LiveBoard, name: str, **data) -> int:
        row = await self.house.families.board(live.board.id)
        return await self.house.tell(live, row.facilitator_person, name, **data)

    async def supervise(self) -> None:
        self.source = await self.meeting("group-supervision")
        await self.ask(self.source, "card.add", column="worries", text="A secret of the workers")
        for number, best in ((1, True), (2, True), (3, False)):
            data = {"id": f"question-{number}", "text": f"Question {number}?", "whom": "Rosa"}
            await self.ask(self.source, "nextquestion.add", **data)
            if best:
                await self.ask(self.source, "nextquestion.choose", id=data["id"])

    async def take(self) -> None:
        await take_questions(self.house, self.source)

    def taken(self) -> list[str]:
        return [one.taken for one in self.source.board.all(NextQuestion)]


@pytest.fixture(scope="module")
async def house(tmp_path_factory):
    house = await new_house(f"sqlite:///{tmp_path_factory.mktemp('supervision')}/board.db")
    yield house
    await house.stop()


@pytest.fixture
async def agency(house) -> Agency:
    account, _ = await hosting.add_facilitator(house, "Sam")
    made = Agency(house, account, await hosting.add_family(house, account, "Rivera"))
    await made.supervise()
    return made


def prepared(live: LiveBoard) -> list[str]:
    return [one.id for one in live.board.all(Prepared)]


async def test_chosen_questions_go_to_the_open_meeting_once_and_nothing_else_does(agency) -> None:
    await agency.meeting()
    now_open = await agency.meeting()
    await agency.ask(now_open, "meeting.open")
    later = await agency.meeting()
    await asyncio.gather(agency.take(), agency.take())
    await agency.take()
    assert prepared(now_open) == ["question-1", "question-2"] and prepared(later) == []
    assert all(agency.taken()[:2]) and agency.taken()[2] == ""
    events = await agency.house.store.events(now_open.board.id)
    log = json.dumps([one.as_dict() for one in events])
    assert "secret" not in log and "Question 3" not in log
    # Chosen later: only what is new goes, also when the first ones were put aside meanwhile.
    await agency.ask(now_open, "prepared.withdraw", id="question-1")
    await agency.ask(agency.source, "nextquestion.choose", id="question-3")
    await agency.take()
    assert prepared(now_open) == ["question-1", "question-2", "question-3"]
    assert now_open.board.find(Prepared, "question-1").withdrawn
    with pytest.raises(Refused) as wrong:
        await agency.ask(agency.source, "nextquestion.choose", id="question-1", best=False)
    assert wrong.value.code == "taken"


async def test_without_a_meeting_they_wait_for_the_next_one(agency) -> None:
    closed = await agency.meeting()
    await agency.ask(closed, "meeting.close")
    await agency.take()
    await agency.take()
    assert agency.taken() == ["waiting", "waiting", ""] and prepared(closed) == []
    # Chosen no longer: it does not go. A second supervision is not the family's meeting.
    await agency.ask(agency.source, "nextquestion.choose", id="question-2", best=False)
    await agency.meeting("group-supervision")
    assert agency.taken() == ["waiting", "", ""]
    coming = await agency.meeting()
    assert prepared(coming) == ["question-1"] and agency.taken()[0] not in ("", "waiting")
    assert prepared(await agency.meeting()) == []


async def test_a_closed_supervision_is_not_written_on_and_each_still_goes_once(agency) -> None:
    await agency.ask(agency.source, "meeting.close")
    before = agency.source.board.seq
    with pytest.raises(Refused) as wrong:
        await agency.take()
    assert wrong.value.code == "no_meeting"
    first = await agency.meeting()
    assert prepared(first) == []
    await agency.ask(first, "meeting.open")
    await agency.take()
    await agency.take()
    await agency.ask(first, "meeting.close")
    second = await agency.meeting()
    await agency.take()
    assert prepared(first) == ["question-1", "question-2"] and prepared(second) == []
    assert agency.source.board.seq == before


async def test_what_waits_when_a_supervision_closes_comes_to_the_next_meeting(agency) -> None:
    await agency.take()
    await agency.ask(agency.source, "meeting.close")
    first, second = await agency.meeting(), await agency.meeting()
    assert prepared(first) == ["question-1", "question-2"] and prepared(second) == []


async def test_taken_where_the_note_was_lost_they_still_go_once(agency, monkeypatch) -> None:
    first = await agency.meeting()

    async def dies(*_):
        raise ConnectionError

    monkeypatch.setattr("app.desk.supervising._note", dies)
    with pytest.raises(ConnectionError):
        await agency.take()
    monkeypatch.undo()
    await agency.ask(first, "meeting.close")
    second = await agency.meeting()
    await agency.take()
    assert prepared(first) == ["question-1", "question-2"] and prepared(second) == []
    assert all(agency.taken()[:2])


async def test_nothing_is_brought_over_from_a_supervision(agency) -> None:
    with pytest.raises(Refused) as wrong:
        await hosting.create_meeting(
            agency.house, agency.account, agency.family, agency.source, title="Next"
        )
    assert (wrong.value.code, wrong.value.field) == ("not_found", "earlier")
    await agency.ask(agency.source, "meeting.open")
    assert await path(agency.house, await agency.house.families.meetings(agency.family.id)) == []


async def test_only_the_team_sees_them_until_one_is_asked(agency) -> None:
    family = await agency.meeting()
    await agency.take()
    board = family.board
    for role, sees in (("facilitator", True), ("worker", True), ("family", False)):
        known = seen_by(board, Viewer(role, "")).items
        assert ("question-1" in known) is sees
    assert seen_by(board, Viewer("projector", "")).all(Prepared) == []
    await agency.ask(family, "prepared.show", id="question-1")
    assert agenda_of(seen_by(board, Viewer("family", ""))).asked == "Question 1?"
    assert "question-1" not in seen_by(board, Viewer("family", "")).items
    assert board.find(Prepared, "question-1").asked
    await agency.ask(family, "question.show", question="")
    assert agenda_of(board).asked == ""
    worker = Person(id="person-dana", name="Dana", role="worker", standing="in")
    with pytest.raises(Refused):
        read_command("prepared.show", {"id": "question-1"}).allow(board, worker)


async def test_no_supervision_nothing_chosen(agency) -> None:
    family = await agency.meeting()
    with pytest.raises(Refused) as wrong:
        await take_questions(agency.house, family)
    assert wrong.value.code == "not_found"
    for number in (1, 2):
        await agency.ask(agency.source, "nextquestion.choose", id=f"question-{number}", best=False)
    with pytest.raises(Refused) as wrong:
        await agency.take()
    assert wrong.value.code == "nothing_chosen"
    assert meeting_of(agency.source.board).workers_only


def test_rights_are_asked_for_over_http(server: Server) -> None:
    meeting = new_meeting(server, template="group-supervision")
    assert meeting.post("questions").json()["error"]["code"] == "nothing_chosen"
    stranger = server.kinboard("token", "Somebody else")
    url = f"{server.url}/api/meetings/{meeting.id}/questions"
    answer = httpx.post(url, headers={"authorization": f"Bearer {stranger}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert httpx.post(url).status_code == 401
    form = httpx.post(f"{server.url}/desk/meetings/{meeting.id}/questions")
    assert form.status_code == 303 and "/sign-in" in form.headers["location"]
