"""Gentle checks of what lies on the map, for the facilitator alone. None of them forbids anything.

Each names what is to be looked at and the item to open; the words are the page's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.board.board import Board
from app.board.items import Item
from app.map.cards import COLUMNS, shelf
from app.map.statements import Statement
from app.practice import wording

GRADE_LIMIT = 6.0


@dataclass(frozen=True, slots=True)
class Check:
    """`kind` says what was found; `details` fill its sentence."""

    kind: str
    item: Item
    details: dict[str, str] = field(default_factory=dict)


def checks(board: Board, lang: str) -> list[Check]:
    """What could be made clearer, in the order of the map; `lang` is the language of the words."""
    return [
        *_harms(board),
        *_dangers(board),
        *_goals(board, lang),
        *_steps(board),
        *_wording(board, lang),
    ]


def _harms(board: Board) -> Iterator[Check]:
    for harm in board.shelf("harms"):
        if not harm.effect.strip():
            yield Check("no_effect", harm)
        elif harm.missing:
            yield Check("missing_part", harm)


def _dangers(board: Board) -> Iterator[Check]:
    answered = {goal.danger for goal in board.shelf("goals")}
    for danger in board.shelf("dangers"):
        if not danger.outcome.strip():
            yield Check("no_effect", danger)
        elif danger.missing:
            yield Check("missing_part", danger)
        if danger.id not in answered:
            yield Check("no_goal", danger)


def _goals(board: Board, lang: str) -> Iterator[Check]:
    served = {step.goal for step in board.shelf("steps")}
    for goal in board.shelf("goals"):
        if goal.missing:
            yield Check("missing_part", goal)
        if wording.names_services(goal.what, lang):
            yield Check("only_services", goal)
        if goal.id not in served:
            yield Check("no_step", goal)


def _steps(board: Board) -> Iterator[Check]:
    for step in board.shelf("steps"):
        if step.missing:
            yield Check("unfinished", step)


def _wording(board: Board, lang: str) -> Iterator[Check]:
    for item, text in _texts(board):
        found = wording.jargon(text, lang)
        if found:
            yield Check("jargon", item, {"word": found[0], "instead": found[1]})
        grade = wording.grade(text, lang)
        if grade is not None and grade > GRADE_LIMIT:
            yield Check("hard_to_read", item, {"grade": str(round(grade))})


def _texts(board: Board) -> Iterator[tuple[Item, str]]:
    for column in COLUMNS:
        for card in board.shelf(shelf(column)):
            yield card, card.text
            for under in board.shelf(shelf(column, card.id)):
                yield under, under.text
    statements: list[Statement] = [
        *board.shelf("harms"), *board.shelf("dangers"), *board.shelf("goals")
    ]  # fmt: skip
    for statement in statements:
        yield statement, ", ".join(filter(None, (getattr(statement, p) for p in statement.parts)))
    for step in board.shelf("steps"):
        yield step, step.what
