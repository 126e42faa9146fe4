"""Quiet writing: everyone writes alone for a while, then all cards are shown together.

While a column is quiet, each new card in it is seen by its writer alone, as a draft is
(app/sight); `Card.quiet` says for whom it was meant. Not even the facilitator reads it before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from app.board.board import Board, changed
from app.board.commands import Command, Outcome, only
from app.board.items import Shown
from app.board.refusal import Refused
from app.board.section import section_of
from app.leading.locking import said_of
from app.map.cards import COLUMNS, Card, Column
from app.people import rules
from app.people.person import Person
from app.privacy.showing import come_to_light

Columns = Annotated[list[Column], Field(min_length=1, max_length=3)]


def waiting(board: Board, column: str) -> list[Card]:
    """The cards that are shown when the quiet writing ends, whoever may see them by now."""
    cards = board.whole.all(Card)
    return [one for one in cards if one.quiet and one.column == column and not one.withdrawn]


def quiet_columns(board: Board) -> list[Column]:
    return [column for column in COLUMNS if section_of(board, column).quiet]


class _Facilitates(Command):
    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)


class BeginQuiet(_Facilitates):
    """From now on, new cards in these columns wait for the others."""

    name = "quiet.begin"
    event = "quiet.begun"

    columns: Columns

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(said_of(board, who, column, quiet=True) for column in _once(self.columns))


class _EndsQuiet(_Facilitates):
    """`columns` are some that are quiet; left out, all of them."""

    columns: Columns | None = None

    def chosen(self, board: Board) -> list[Column]:
        quiet = quiet_columns(board)
        chosen = [one for one in quiet if one in (self.columns or quiet)]
        if not chosen:
            raise Refused("not_quiet", "columns")
        return chosen


class RevealQuiet(_EndsQuiet):
    """Shows all cards that wait, at once, each to those whom it was meant for."""

    name = "quiet.reveal"
    event = "quiet.revealed"

    def decide(self, board: Board, who: Person) -> Outcome:
        columns = self.chosen(board)
        cards = [card for column in columns for card in waiting(board, column)]
        # The columns come first: of them everybody may know.
        changes = [said_of(board, who, column, quiet=False) for column in columns]
        wishes: dict[str, Shown] = {card.id: card.quiet or "all" for card in cards}
        return only([*changes, *come_to_light(board, wishes)])


class EndQuiet(_EndsQuiet):
    """Ends it without showing anything: each card stays a draft, which its writer may show."""

    name = "quiet.end"
    event = "quiet.ended"

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(changed(section_of(board, one), quiet=False) for one in self.chosen(board))


def _once(columns: list[Column]) -> Iterator[Column]:
    yield from dict.fromkeys(columns)
