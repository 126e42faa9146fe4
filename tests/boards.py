"""Boards in memory, made by commands alone, for tests that need neither store nor server."""

from __future__ import annotations

import datetime
from typing import Any

from app import everything  # noqa: F401
from app.board.board import Board
from app.board.commands import Command, read_command
from app.board.events import Event
from app.history.undo import Undo
from app.meetings.meeting import CreateMeeting
from app.people.joining import AskToJoin
from app.people.person import Person
from app.sight import decide_for

START = datetime.datetime(2026, 11, 24, 10, tzinfo=datetime.UTC)
SAM = "person-sam"


class Meeting:
    """A meeting with Sam as its facilitator; `log` holds what happened, one second apart."""

    def __init__(self, **wishes: Any) -> None:
        self.board = Board("board-1")
        self.log: list[Event] = []
        self.now = START
        wishes = {"title": "First meeting", "facilitator_called": "Sam"} | wishes
        self.take(SAM, CreateMeeting(facilitator=SAM, projector="person-wall", **wishes))

    def join(self, called: str, role: str = "family", **wishes: Any) -> str:
        """Somebody who is in the meeting; their id."""
        person = f"person-{called.lower()}"
        wishes = {"standing": "in"} | wishes
        self.take(person, AskToJoin(id=person, called=called, role=role, **wishes))
        return person

    def do(self, person: str, command_name: str, /, **data: Any) -> Event | None:
        """The event that a command comes to, applied; None when there was nothing to do."""
        command = read_command(command_name, data)
        if isinstance(command, Undo):
            command = command.with_log([one for one in reversed(self.log) if one.by == person])
        return self.take(person, command)

    def take(self, person: str, command: Command) -> Event | None:
        who = self.board.get(Person, person) or Person(id=person, name="")
        self.now += datetime.timedelta(seconds=1)
        at = self.now.isoformat(timespec="milliseconds")
        event = decide_for(who, command, f"command-{self.board.seq + 1}", self.board, at)
        if event:
            self.board.apply(event)
            self.log.append(event)
        return event


def usual_meeting() -> Meeting:
    """About what a family comes to in an hour: 30 cards, 10 steps, 20 people."""
    meeting = Meeting(
        title="Family meeting for Mia and Luis",
        purpose="We want to find out together what the children need so that they can be "
        "safe at home, and who will help.",
        date="2026-11-24",
    )
    do = meeting.do
    do(SAM, "meeting.open")
    dana = meeting.join("Dana", "worker", relation="case worker")
    rosa = meeting.join("Rosa", "family", relation="mother")
    mateo = meeting.join("Mateo", "family", relation="grandfather")
    elena = meeting.join("Elena", "network", relation="neighbor")
    mia = meeting.join("Mia", "child", relation="daughter, 12")
    _fill_map(meeting, [dana, rosa, mateo, elena, mia])
    _fill_statements(meeting, dana, rosa)
    for person, number, reason in (
        (dana, 4, "The plan is new and has not been tried on a bad night."),
        (rosa, 6, "I have called Elena twice now instead of leaving them alone."),
        (mateo, 5, ""),
        (elena, 6, "She asks for help before it gets bad."),
        (mia, 7, "Mom is different since summer."),
    ):
        do(person, "scale.answer", number=number, reason=reason)
    do(SAM, "scale.reveal")
    _fill_circles(meeting, rosa, mateo, elena)
    _fill_steps(meeting, dana, rosa, mateo, elena)
    return meeting


def _fill_map(meeting: Meeting, people: list[str]) -> None:
    cards = {
        "worries": [
            ("In September Mia and Luis were alone from 8 at night to 3 in the morning.", "harm"),
            ("Luis burned his hand at the stove when no adult was there.", "harm"),
            ("If Rosa works nights again, the children may be alone and get hurt.", "danger"),
            ("The bus from work stops running at midnight.", "complicating"),
            ("Rent went up and there is no money for a sitter.", "complicating"),
            ("Luis does not sleep well since then.", ""),
            ("I get scared when I hear people on the stairs.", ""),
            ("Mia misses the first class often because she takes Luis to kindergarten.", "harm"),
            ("Nobody told the school what is going on.", ""),
        ],
        "working": [
            ("Mia knew to call Elena, and Elena came at once.", "safety"),
            ("Rosa asked her boss for day shifts in October.", "safety"),
            ("Grandpa cooks with them every Sunday.", "strength"),
            ("Luis likes his teacher and tells her things.", "strength"),
            ("We laugh a lot.", "strength"),
            ("Rosa has not missed one doctor's visit.", "strength"),
            ("Since October an adult was there on every night we know of.", "safety"),
            ("The neighbors on this floor know the children by name.", "strength"),
        ],
        "needs": [
            ("A list of three people whom Rosa can call on any evening.", ""),
            ("I want Mom to be home when I go to sleep.", ""),
            ("Someone who can fetch Luis when the late shift cannot be changed.", ""),
            ("The agency needs to see that an adult is there every night.", ""),
            ("A talk with the school.", ""),
            ("Money for the bus or a ride home.", ""),
        ],
    }
    number = 0
    for column, texts in cards.items():
        for text, sort in texts:
            number += 1
            person = people[number % len(people)]
            card = f"card-{number:03}"
            meeting.do(person, "card.add", id=card, column=column, text=text, sort=sort)
    for head, text in (
        ("card-002", "He hid it until the next day."),
        ("card-002", "The doctor says it will heal without a scar."),
        ("card-010", "Elena stayed until Rosa was home."),
        ("card-012", "He taught Luis to make tortillas."),
        ("card-018", "Elena, Mateo, and one more."),
        ("card-018", "They should know before the evening, not at midnight."),
        ("card-021", "Written down and seen by two people."),
    ):
        number += 1
        card, column = f"card-{number:03}", meeting.board.items[head].column
        said_by = people[number % 5]
        meeting.do(people[0], "card.add", id=card, column=column, text=text, said_by=said_by)
        meeting.do(people[0], "card.move", id=card, column=column, under=head)


def _fill_statements(meeting: Meeting, dana: str, rosa: str) -> None:
    meeting.do(
        dana,
        "statement.add",
        id="harm-001",
        form="harm",
        parts={
            "who": "Rosa",
            "what": "left Mia and Luis alone at night",
            "when": "five times in September",
            "effect": "Luis burned his hand, and both were scared and could not sleep",
        },
    )
    meeting.do(
        dana,
        "statement.add",
        id="danger-001",
        form="danger",
        parts={
            "worried": "the agency, Grandpa Mateo and Elena",
            "caregiver": "Rosa",
            "act": "leave Mia and Luis alone at night",
            "situation": "when she is called to a late shift and finds nobody",
            "outcome": "they get hurt or badly scared, with no adult to help",
        },
    )
    meeting.do(
        dana,
        "statement.add",
        id="danger-002",
        form="danger",
        parts={"worried": "the school", "caregiver": "", "outcome": "Mia falls behind"},
    )
    meeting.do(
        rosa,
        "statement.add",
        id="goal-001",
        form="goal",
        danger="danger-001",
        parts={
            "who": "Rosa, with Mateo and Elena",
            "what": "make sure that a rested adult the children trust is with them every night",
            "met": "they are never on their own when Rosa works late",
            "how_long": "three months",
            "seen_by": "Mateo, Elena and Dana",
        },
    )
    meeting.do(
        rosa,
        "statement.add",
        id="goal-002",
        form="goal",
        parts={"who": "All of us", "what": "talk about money before it runs out"},
    )


def _fill_circles(meeting: Meeting, rosa: str, mateo: str, elena: str) -> None:
    people = [
        ("Rosa", "mother", 0, "", rosa),
        ("Mia", "daughter", 0, "", ""),
        ("Luis", "son", 0, "", ""),
        ("Mateo", "grandfather", 1, "cooks on Sundays and is there on Friday nights", mateo),
        ("Elena", "neighbor", 1, "comes over when Mia calls, at any hour", elena),
        ("Aunt Carmen", "mother's sister", 1, "", ""),
        ("Father Ignacio", "priest", 2, "knows of work by day", ""),
        ("Ms. Okafor", "Luis's teacher", 2, "tells Rosa when Luis is tired or worried", ""),
        ("Dr. Lindqvist", "doctor", 2, "", ""),
        ("Yolanda", "Rosa's friend", 2, "can drive on Tuesdays", ""),
        ("Coach Bernardo Villanueva-Castellanos", "Mia's soccer coach at school", 2, "", ""),
        ("Mr. Chen", "shop downstairs", 3, "", ""),
        ("Tía Lupe", "great-aunt", 3, "", ""),
        ("Jorge", "father", 3, "", ""),
        ("Grandma Ana", "father's mother", 3, "", ""),
        ("Sofía", "Mia's best friend", 3, "", ""),
        ("Mrs. Petrov", "upstairs neighbor", 3, "", ""),
        ("Darnell", "bus driver", 3, "", ""),
        ("Ruth", "boss at work", 3, "", ""),
        ("Noor", "cousin", 3, "", ""),
    ]
    for number, (called, relation, ring, part, seat) in enumerate(people):
        meeting.do(
            rosa,
            "circle.add",
            id=f"circle-{number:02}",
            called=called,
            relation=relation,
            part=part,
            ring=ring,
            seat=seat,
            present=bool(seat),
        )


def _fill_steps(meeting: Meeting, dana: str, rosa: str, mateo: str, elena: str) -> None:
    steps = [
        ("Write down who is with the children on each night of the week", [rosa], "2026-11-27"),
        ("Sleep at Rosa's on Friday nights", [mateo], "2026-11-28"),
        ("Keep the phone on at night and come when Mia calls", [elena], "2026-11-25"),
        ("Ask Ruth for day shifts until the end of January", [rosa], "2026-12-01"),
        ("Talk with Ms. Okafor about what Luis needs", [rosa, dana], "2026-12-04"),
        ("Find out about a bus pass", [dana], "2026-12-02"),
        ("Drive Luis on Tuesdays", ["circle-09"], ""),
        ("Call Aunt Carmen and ask her to come to the next meeting", [rosa], "2026-12-05"),
        ("Ask what help there is with the rent", [], "2026-12-11"),
        ("Find someone for the nights when nobody on the list can", [], ""),
    ]
    for number, (what, owners, due) in enumerate(steps):
        meeting.do(
            dana,
            "step.add",
            id=f"step-{number:03}",
            what=what,
            owners=owners,
            due=due,
            goal="goal-001" if number < 4 else "",
            how="The list hangs on the fridge and Mia can read it." if number == 0 else "",
            checker=elena if number == 0 else dana if number < 4 else "",
        )
    meeting.do(rosa, "step.agree", id="step-000", says="agree")
    meeting.do(mateo, "step.agree", id="step-001", says="agree")
    meeting.do(elena, "step.agree", id="step-002", says="agree")
    meeting.do(elena, "words.write", id="step-002", field="what", text="Keep the phone on at night")
    comment = "I can only ask after the holidays, when Ruth is back."
    meeting.do(rosa, "step.agree", id="step-003", says="change", comment=comment)
