"""Taking the best questions of a group supervision to the family's board, each once.

They go to the meeting that goes on, else to the next one that is prepared; where there is none,
they wait for the one that is made next. Who may do it is asked in app/desk/hosting.py: both boards
are of one family.
"""

from __future__ import annotations

from app.board.refusal import Refused
from app.clock import now
from app.live.board import LiveBoard
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.supervision.prepared import BringQuestions
from app.supervision.questions import WAITING, NextQuestion, NoteTaken


async def take_questions(house: House, source: LiveBoard) -> None:
    """Takes the chosen questions that were not taken yet. Raises Refused "not_found" where this
    is no group supervision, "nothing_chosen"; and "no_meeting" where a supervision is closed, which
    cannot note any more that something waits."""
    if not meeting_of(source.board).workers_only:
        raise Refused("not_found", "meeting")
    # One at a time, so that two who do it at once do not take a question to two meetings.
    async with house.one_at_a_time.only(source.family_id):
        await house.open(source.board.id)  # with what was noted at another worker
        async with source.settled() as board:
            questions = [one for one in board.shelf("nextquestions") if one.is_to_take]
            if not any(one.best for one in board.shelf("nextquestions")):
                raise Refused("nothing_chosen")
        for target in await _family_boards(house, source.family_id):
            if await _bring(house, source, target, questions):
                return
        if meeting_of(source.board).state == "closed" and questions:
            raise Refused("no_meeting", "meeting")
        await _note(house, source, dict.fromkeys((one.id for one in questions), WAITING))


async def bring_waiting(house: House, target: LiveBoard) -> None:
    """Lays the questions that waited on a family's new board."""
    if meeting_of(target.board).workers_only:
        return
    async with house.one_at_a_time.only(target.family_id):
        for line in await house.families.meetings(target.family_id):
            source = await house.open(line["id"]) if line["workers_only"] else None
            if source is None:
                continue
            async with source.settled() as board:
                waiting = [one for one in board.shelf("nextquestions") if one.taken == WAITING]
            if waiting:
                await _bring(house, source, target, waiting)


async def _family_boards(house: House, family_id: str) -> list[LiveBoard]:
    """Where questions can go: first the meetings that are open, the newest before others; then
    those that are prepared."""
    lines = [
        line
        for line in await house.families.meetings(family_id)
        if not line["workers_only"] and line["state"] != "closed"
    ]
    lines.sort(key=lambda line: line["state"] != "open")
    boards = [await house.open(line["id"]) for line in lines]
    return [live for live in boards if live]


async def _bring(
    house: House, source: LiveBoard, target: LiveBoard, questions: list[NextQuestion]
) -> bool:
    """Whether the questions are on the target's board now; False where it was closed meanwhile."""
    left = [one for one in questions if not await _is_somewhere(house, target.family_id, one.id)]
    row = await house.families.board(target.board.id)
    assert row
    try:
        await house.ask(target, row.facilitator_person, BringQuestions.of(left))
    except Refused as refusal:
        if refusal.code != "closed":
            raise
        return False
    # Noted last: were this process to end before, asking again finds them there.
    await _note(house, source, dict.fromkeys((one.id for one in questions), now()))
    return True


async def _is_somewhere(house: House, family_id: str, question_id: str) -> bool:
    """Whether a question reached any board of the family, also one that is closed by now."""
    for line in await house.families.meetings(family_id):
        live = await house.open(line["id"]) if not line["workers_only"] else None
        if live is None:
            continue
        async with live.settled() as board:
            if question_id in board.items:
                return True
    return False


async def _note(house: House, source: LiveBoard, taken: dict[str, str]) -> None:
    """Nothing is written on a board that is closed: what was taken is found at the family's."""
    row = await house.families.board(source.board.id)
    assert row
    try:
        await house.ask(source, row.facilitator_person, NoteTaken.of(taken))
    except Refused as refusal:
        if refusal.code != "closed":
            raise
