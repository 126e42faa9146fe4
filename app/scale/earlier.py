"""Numbers from earlier meetings of the same family, beside those of today."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from app.board.board import Board
from app.board.items import Item

# So many meetings back are brought along.
FURTHEST = 5


@dataclass(slots=True, kw_only=True)
class Earlier(Item):
    """What somebody answered to a question, `ago` meetings back (1: last time).

    `person` is their id at that meeting and `called` their name; `date` is that meeting's, or "".
    Hidden until numbers are shown to the same question today (app/sight): who still thinks about
    a number is not to be led by an old one.
    """

    kind: ClassVar[str] = "earlier"
    personal: ClassVar[frozenset[str]] = frozenset({"called", "reason", "question"})

    person: str
    called: str
    number: int
    reason: str = ""
    question: str = ""
    goal: str = ""
    date: str = ""
    ago: int = 1

    @property
    def asks(self) -> tuple[str, str]:
        """Equal to that of a scale that asks the same."""
        return self.question, self.goal


def earlier_to(board: Board, asks: tuple[str, str]) -> list[Earlier]:
    """The numbers that were given to a question before, the latest first."""
    return sorted((one for one in board.all(Earlier) if one.asks == asks), key=_latest_first)


def _latest_first(one: Earlier) -> tuple[int, int, str]:
    return one.ago, one.number, one.called


def by_meeting(numbers: list[Earlier]) -> list[list[Earlier]]:
    """The same numbers, those of each meeting together."""
    return [list(given) for _, given in groupby(numbers, key=lambda one: one.ago)]
