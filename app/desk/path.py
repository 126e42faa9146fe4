"""A family's path so far: what its meetings came to, one beside the other."""

from __future__ import annotations

from dataclasses import dataclass

from app.board.board import Board
from app.circles.circle import CirclePerson, in_rings
from app.circles.growth import Moves, counted, moves
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.scale.scale import SAFETY_SCALE, Scale, answers
from app.sight import FACILITATOR, Viewer, seen_by

# So many meetings, the newest ones, fit into one picture.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Milestone:
    """One meeting. `numbers` are those that were shown on the safety scale; `rings` counts the
    people in the rings from the middle out; `steps` the steps (done, all); `moves` is who came
    nearer or is new since the meeting before."""

    title: str
    date: str
    numbers: list[int]
    rings: list[int]
    steps: tuple[int, int]
    moves: Moves

    @property
    def mean(self) -> float | None:
        return sum(self.numbers) / len(self.numbers) if self.numbers else None


async def path(house: House, meetings: list[dict], viewer: Viewer = FACILITATOR) -> list[Milestone]:
    """The meetings that were opened, oldest first. `meetings` come newest first."""
    opened = [one for one in meetings if one["state"] != "prepared"][:_MOST]
    lives = [await house.open(one["id"]) for one in reversed(opened)]
    # What workers think among themselves is no part of the family's path.
    family = [live for live in lives if live and not meeting_of(live.board).workers_only]
    boards = [seen_by(live.board, viewer) for live in family]
    stones = []
    before: dict[str, int] | None = None
    for board in boards:
        people = in_rings(board)
        moved = Moves() if before is None else moves(before, people)
        stones.append(_milestone(board, people, moved))
        # Who was named anew instead of brought over is known by their name.
        before = {one.name.casefold(): one.ring for one in people}
        before |= {one.id: one.ring for one in people}
    return stones


def _milestone(board: Board, people: list[CirclePerson], moved: Moves) -> Milestone:
    meeting = meeting_of(board)
    scale = board.get(Scale, SAFETY_SCALE)
    given = answers(board, SAFETY_SCALE) if scale and scale.revealed else []
    steps = board.shelf("steps")
    done = sum(step.done == "done" for step in steps)
    numbers = sorted(answer.number for answer in given)
    counts = (done, len(steps))
    return Milestone(meeting.title, meeting.date, numbers, counted(people), counts, moved)
