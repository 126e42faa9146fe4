"""What templates ask about the people around the family, beside the circles themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from markupsafe import Markup

from app.board.board import Board
from app.circles.circle import CirclePerson, in_rings
from app.circles.finding import Finding, Status, by_status, finding_of
from app.circles.growth import Growth, growth
from app.circles.layout import Drawing, label_size
from app.circles.strokes import Label, strokes
from app.circles.ties import Tie, ties
from app.family.bonds import Bond, bonds
from app.family.drawing import genogram_svg
from app.family.kin import Kin, family
from app.fragments.language import short_day, translations
from app.history.bond_words import bond_words
from app.practice.bank import RingQuestion, ring_questions


class Drawn(NamedTuple):
    """A line between two people, and its path in the drawing of the circles."""

    tie: Tie
    one: CirclePerson
    other: CirclePerson
    path: str


class Growing:
    """A part of `View`."""

    board: Board
    lang: str

    @property
    def drawing(self) -> Drawing:
        raise NotImplementedError

    @property
    def findings(self) -> list[tuple[Status, list[tuple[CirclePerson, str]]]]:
        return by_status(self.board)

    def finding_json(self, person: CirclePerson) -> Markup:
        """For the sheet of somebody's search; its `id` is theirs in the circles."""
        finding = finding_of(self.board, person.id) or Finding(id="", about=person.id)
        told = {"status": finding.status, "reason": finding.reason, "at": finding.at}
        return attribute({"kind": "finding", "id": person.id, "name": person.name, **told})

    @property
    def ties(self) -> list[Drawn]:
        drawn = ties(self.board)
        if not drawn:
            return []
        people = {one.id: one for one in in_rings(self.board)}
        spots = self.drawing.spots
        labels = {
            id: Label(spots[id].x, spots[id].y, *label_size(one.name, one.relation))
            for id, one in people.items()
        }
        lines = tuple((tie.how, labels[tie.one], labels[tie.other]) for tie in drawn)
        paths = strokes(lines, tuple(labels.values()))
        return [
            Drawn(tie, people[tie.one], people[tie.other], path)
            for tie, path in zip(drawn, paths, strict=True)
        ]

    def tie_json(self, drawn: Drawn) -> Markup:
        """For the sheet of a line."""
        tie, names = drawn.tie, f"{drawn.one.name} – {drawn.other.name}"
        told = {"one": tie.one, "other": tie.other, "how": tie.how, "names": names}
        return attribute({"kind": "tie", "id": tie.id, **told})

    @property
    def growth(self) -> Growth | None:
        return growth(self.board)

    def growth_columns(self, told: Growth, today: str) -> list[tuple[str, list[int]]]:
        """The meetings with a short date each, and today."""
        meetings = [(short_day(date, self.lang) or "…", rings) for date, rings in told.meetings]
        return [*meetings, (today, told.now)]

    @property
    def ring_questions(self) -> tuple[RingQuestion, ...]:
        return ring_questions(self.lang)

    # -- the family's picture --------------------------------------------------------------

    @property
    def kin(self) -> list[Kin]:
        return family(self.board)

    @property
    def bonds(self) -> list[tuple[Bond, str]]:
        """What stands between two people, in words."""
        gettext = translations(self.lang).gettext
        name = {one.id: one.name for one in self.kin}
        return [
            (bond, bond_words(bond.how, name[bond.one], name[bond.other], gettext))
            for bond in bonds(self.board)
        ]

    @property
    def genogram(self) -> Markup:
        drawn = genogram_svg(self.kin, bonds(self.board))
        return Markup(drawn)  # nosec B704  # names are escaped where it is drawn

    def kin_json(self, kin: Kin) -> Markup:
        """For the sheet of somebody in the family's picture."""
        told = kin.as_dict()
        for unused in ("pos", "since", "same_as"):
            del told[unused]
        return attribute({"kind": kin.kind, **told})

    def bond_json(self, bond: Bond, words: str) -> Markup:
        """For the sheet of what stands between two people; `sort` is parent or partner."""
        sort = "parent" if bond.is_parent else "partner"
        told = {"how": bond.how, "words": words, "sort": sort, "by": bond.by}
        return attribute({"kind": bond.kind, "id": bond.id, **told})


def attribute(told: dict[str, Any]) -> Markup:
    """JSON for an attribute in single quotes; double ones stay, for the page's weight."""
    text = orjson.dumps(told).decode()
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")
    return Markup(text)  # nosec B704  # escaped in the line above
