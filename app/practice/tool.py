"""A structured assessment, as an agency defines it: what is asked, what each answer means, and how
answers add up. Tools are data (docs/structured-tools.md)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.practice.reading import Sheet
from app.practice.template import Id, Language, Short

ToolId = Id
# Short, since the ids of what people answer are made of it.
PartId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)]
Definition = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1200)]
Version = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Points = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Part):
    """An answer that can be given. `definition` says when it is the right one."""

    id: PartId
    label: Text
    definition: Definition = ""
    points: Points = 0


Choices = Annotated[tuple[Choice, ...], Field(min_length=2, max_length=12)]


class ToolItem(_Part):
    """One thing that is asked. Without `answers` of its own it takes the tool's."""

    id: PartId
    text: Text
    definition: Definition = ""
    weight: Points = 1
    answers: Choices | None = None


class Level(_Part):
    """What a score means, from `at_least` points on up to the next level."""

    id: PartId
    name: Short
    about: Definition = ""
    at_least: Points


class Condition(_Part):
    """Holds where the item has one of these answers."""

    item: PartId
    answers: Annotated[tuple[PartId, ...], Field(min_length=1, max_length=12)]


class Override(_Part):
    """Sets the level, whatever the points say, where all conditions hold; the first one counts."""

    when: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=12)]
    level: PartId
    because: Text


class Scoring(_Part):
    """Points of the answers, each times its item's weight, are added up."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=12)]
    overrides: Annotated[tuple[Override, ...], Field(max_length=40)] = ()


class Tool(Sheet):
    """One tool in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: Id
    language: Language
    version: Version
    name: Short
    about: Definition = ""
    # Whose it is, and by what leave it is used.
    source: Definition = ""
    # Whether the answers stand in an order, so that neighbours differ less than ends.
    ordered: bool = False
    answers: Choices | None = None
    items: Annotated[tuple[ToolItem, ...], Field(min_length=1, max_length=60)]
    scoring: Scoring | None = None

    @property
    def about_what(self) -> str:
        return self.tool

    @property
    def shape(self) -> Hashable:
        """All but the words."""
        items = [
            (one.id, one.weight, *((choice.id, choice.points) for choice in self.choices(one)))
            for one in self.items
        ]
        return (self.version, self.ordered, tuple(items), self._scoring_shape())

    def _scoring_shape(self) -> Hashable:
        if self.scoring is None:
            return None
        levels = tuple((level.id, level.at_least) for level in self.scoring.levels)
        return (levels, tuple((one.when, one.level) for one in self.scoring.overrides))

    def item(self, item_id: str) -> ToolItem | None:
        return next((one for one in self.items if one.id == item_id), None)

    def choices(self, item: ToolItem) -> tuple[Choice, ...]:
        return item.answers or self.answers or ()

    def choice(self, item: ToolItem, answer_id: str) -> Choice | None:
        return next((one for one in self.choices(item) if one.id == answer_id), None)

    # -- what does not fit together --------------------------------------------------------

    def flaws(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        yield from _twice(("items",), [one.id for one in self.items])
        yield from _twice(("answers",), [one.id for one in self.answers or ()])
        for index, item in enumerate(self.items):
            place = ("items", index)
            if not self.choices(item):
                yield place, f"“{item.id}” has no answers, and the tool has none for all items"
            yield from _twice((*place, "answers"), [one.id for one in item.answers or ()])
        if self.scoring:
            yield from self._flaws_of_scoring(self.scoring)

    def _flaws_of_scoring(self, scoring: Scoring) -> Iterator[tuple[tuple[str | int, ...], str]]:
        yield from _twice(("scoring", "levels"), [level.id for level in scoring.levels])
        for index, level in enumerate(scoring.levels[1:], start=1):
            if level.at_least <= scoring.levels[index - 1].at_least:
                reason = f"“{level.id}” has to begin above the level before it"
                yield ("scoring", "levels", index, "at_least"), reason
        for index, override in enumerate(scoring.overrides):
            place = ("scoring", "overrides", index)
            if override.level not in {level.id for level in scoring.levels}:
                yield (*place, "level"), f"there is no level “{override.level}”"
            for number, condition in enumerate(override.when):
                here = (*place, "when", number)
                item = self.item(condition.item)
                if item is None:
                    yield (*here, "item"), f"there is no item “{condition.item}”"
                    continue
                for answer in condition.answers:
                    if self.choice(item, answer) is None:
                        reason = f"“{condition.item}” has no answer “{answer}”"
                        yield (*here, "answers"), reason


def _twice(
    place: tuple[str | int, ...], ids: list[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield (*place, index, "id"), f"“{one}” is there twice"
