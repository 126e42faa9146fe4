"""A family's path so far: what its meetings came to, one beside the other."""

from __future__ import annotations

from dataclasses import dataclass

from app.board.board import Board
from app.circles.circle import in_rings
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.scale.scale import SAFETY_SCALE, Scale, answers
from app.sight import FACILITATOR, seen_by

# So many meetings, the newest ones, fit into one picture.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Milestone:
    """One meeting. `numbers` are those that were shown on the safety scale; `rings` counts the
    people in the rings from the middle out; `steps` the steps (done, all)."""

    title: str
    date: str
    numbers: list[int]
    rings: list[int]
    steps: tuple[int, int]

    @property
    def mean(self) -> float | None:
        return sum(self.numbers) / len(self.numbers) if self.numbers else None


async def path(house: House, meetings: list[dict]) -> list[Milestone]:
    """The meetings that were opened, oldest first. `meetings` come newest first."""
    opened = [one for one in meetings if one["state"] != "prepared"][:_MOST]
    boards = [await house.open(one["id"]) for one in reversed(opened)]
    # What workers think among themselves is no part of the family's path.
    family = [live for live in boards if live and not meeting_of(live.board).workers_only]
    return [_milestone(seen_by(live.board, FACILITATOR)) for live in family]


def _milestone(board: Board) -> Milestone:
    meeting = meeting_of(board)
    scale = board.get(Scale, SAFETY_SCALE)
    given = answers(board, SAFETY_SCALE) if scale and scale.revealed else []
    rings = [0, 0, 0, 0]
    for person in in_rings(board):
        rings[person.ring] += 1
    steps = board.shelf("steps")
    done = sum(step.done == "done" for step in steps)
    numbers = sorted(answer.number for answer in given)
    return Milestone(meeting.title, meeting.date, numbers, rings, (done, len(steps)))
