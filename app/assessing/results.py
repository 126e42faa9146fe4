"""What came of an assessment: item by item, how much people agree, and each one's score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.assessing.agreement import Coefficient, coefficient, pairs, percent
from app.assessing.assessment import Assessment, Consensus, Rating, consensus_of, ratings_of
from app.board.board import Board
from app.practice.tool import Choice, Level, Override, Tool, ToolItem


@dataclass(frozen=True, slots=True)
class Score:
    """`points` of the items that were answered; the level only where all were."""

    points: float
    answered: int
    items: int
    level: Level | None = None
    override: Override | None = None

    @property
    def is_whole(self) -> bool:
        return self.answered == self.items


@dataclass(frozen=True, slots=True)
class Answered:
    """One item. `ratings` are by person, `distance` is 0 where all say the same: for answers in
    an order, how far apart the ends are; else, how many answers there are beside the first."""

    item: ToolItem
    choices: tuple[Choice, ...]
    ratings: dict[str, Rating]
    consensus: Consensus | None
    percent: float | None
    distance: int

    def choice(self, answer_id: str) -> Choice | None:
        return next((one for one in self.choices if one.id == answer_id), None)

    def given(self, choice: Choice) -> list[str]:
        """Who gave this answer."""
        return [person for person, one in self.ratings.items() if one.answer == choice.id]

    @property
    def agreed(self) -> Choice | None:
        return self.choice(self.consensus.answer) if self.consensus else None


@dataclass(frozen=True, slots=True)
class Results:
    """`people` are those whose answers count, in the order in which they were asked."""

    tool: Tool
    people: list[str]
    items: list[Answered]
    percent: float | None
    coefficients: list[Coefficient]
    scores: dict[str, Score]
    agreed: Score | None

    @property
    def to_talk_about(self) -> list[Answered]:
        """The items on which people differ, the furthest apart first."""
        apart = [one for one in self.items if one.distance]
        return sorted(apart, key=lambda one: (-one.distance, one.percent or 0.0))


def results(board: Board, assessment: Assessment, lang: str) -> Results:
    """What was answered, as far as it is on this board. Only for answers that were shown."""
    tool = assessment.tool_in(lang)
    given = ratings_of(board, assessment.id)
    asked = [one for one in assessment.raters if any(rating.person == one for rating in given)]
    consensuses = consensus_of(board, assessment.id)
    items = [_answered(tool, item, asked, given, consensuses) for item in tool.items]
    rows = [_row(one) for one in items]
    agreed = {one.item.id: one.consensus.answer for one in items if one.consensus and one.agreed}
    return Results(
        tool,
        asked,
        items,
        percent(rows),
        _coefficients(tool, items, asked),
        {one: score(tool, _answers_of(items, one)) for one in asked},
        score(tool, agreed) if agreed else None,
    )


def _answered(
    tool: Tool,
    item: ToolItem,
    people: list[str],
    given: list[Rating],
    consensuses: Mapping[str, Consensus],
) -> Answered:
    by_person = {one.person: one for one in given if one.item == item.id}
    ratings = {one: by_person[one] for one in people if one in by_person}
    choices = tool.choices(item)
    answers = [_place(choices, one.answer) for one in ratings.values()]
    different = set(answers)
    distance = len(different) - 1 if different else 0
    if tool.ordered and different:
        distance = max(different) - min(different)
    alike, of_all = pairs(answers)
    share = 100 * alike / of_all if of_all else None
    return Answered(item, choices, ratings, consensuses.get(item.id), share, distance)


def _place(choices: tuple[Choice, ...], answer_id: str) -> int:
    return [one.id for one in choices].index(answer_id)


def _row(one: Answered) -> tuple[int, ...]:
    return tuple(_place(one.choices, rating.answer) for rating in one.ratings.values())


def _answers_of(items: list[Answered], person: str) -> dict[str, str]:
    return {one.item.id: one.ratings[person].answer for one in items if person in one.ratings}


def _coefficients(tool: Tool, items: list[Answered], people: list[str]) -> list[Coefficient]:
    """One for all items with the same choices: other choices cannot be set against each other."""
    groups: dict[tuple[str, ...], list[Answered]] = {}
    for one in items:
        groups.setdefault(tuple(choice.id for choice in one.choices), []).append(one)
    return [
        coefficient(
            [
                tuple(
                    _place(one.choices, one.ratings[person].answer)
                    if person in one.ratings
                    else None
                    for person in people
                )
                for one in group
            ],
            tool.ordered,
        )
        for group in groups.values()
    ]


def score(tool: Tool, answers: Mapping[str, str]) -> Score:
    """`answers` is item -> answer."""
    points = 0.0
    for item in tool.items:
        choice = tool.choice(item, answers.get(item.id, ""))
        points += item.weight * choice.points if choice else 0
    told = Score(points, len(answers), len(tool.items))
    if tool.scoring is None or not told.is_whole:
        return told
    levels = [one for one in tool.scoring.levels if points >= one.at_least]
    level = levels[-1] if levels else None
    override = _override(tool, answers)
    if override:
        level = next(one for one in tool.scoring.levels if one.id == override.level)
    return Score(points, told.answered, told.items, level, override)


def _override(tool: Tool, answers: Mapping[str, str]) -> Override | None:
    for override in tool.scoring.overrides if tool.scoring else ():
        if all(answers.get(one.item, "") in one.answers for one in override.when):
            return override
    return None
