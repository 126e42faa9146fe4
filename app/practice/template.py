"""How a kind of meeting is led: its stages, in words. Templates are data (docs/templates.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.practice.reading import Sheet

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)]

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]

# What a stage puts before everyone's eyes; the first one is where pages go.
# "questions" is there in group supervision alone.
Section = Literal[
    "map", "worries", "working", "needs", "scale", "circles", "steps", "people", "questions"
]


class Stage(BaseModel):
    """A part of a meeting. `minutes` is a suggestion; nothing happens when they are over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    name: Short
    purpose: Sentence
    minutes: Annotated[int, Field(ge=1, le=180)]
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=8)]
    # "family": here the facilitator can offer the family a time alone.
    private: Literal["", "family"] = ""
    # Questions and sentences to say, in everyday words; everyone can read them.
    prompts: Annotated[tuple[Sentence, ...], Field(max_length=10)] = ()


class Template(Sheet):
    """One kind of meeting in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: Id
    language: Language
    name: Short
    about: Sentence
    # Group supervision: nobody but workers can be let in.
    for_workers: bool = False
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=24)]

    @model_validator(mode="after")
    def _each_stage_once(self) -> Template:
        ids = [stage.id for stage in self.stages]
        for index, stage_id in enumerate(ids):
            if stage_id in ids[:index]:
                raise ValueError(f"two stages have the id “{stage_id}”")
        return self

    def stage(self, stage_id: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    @property
    def about_what(self) -> str:
        return self.template

    @property
    def shape(self) -> tuple[bool, tuple[str, ...]]:
        return self.for_workers, tuple(stage.id for stage in self.stages)

    @property
    def minutes(self) -> int:
        return sum(stage.minutes for stage in self.stages)
