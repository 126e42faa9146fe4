"""Structured assessments on paper: those whose answers were shown, as far as the reader sees them.

The plan that families take home has those that were shown to everyone. The team's are in the PDF
for the agency's own file.
"""

from __future__ import annotations

from typing import Any

from app.assessing.agreement import Coefficient
from app.assessing.assessment import Assessment
from app.assessing.results import Answered, Results, Score
from app.export.printable import printable
from app.fragments.language import translations
from app.fragments.view import View
from app.history.sentences import subject


def assessments_of(view: View) -> list[dict[str, Any]]:
    """What plan.typ prints of each assessment."""
    shown = [(one, view.assessing.results(one)) for one in view.assessing.all]
    return [_Paper(view, one).as_dict(told) for one, told in shown if told]


class _Paper:
    def __init__(self, view: View, assessment: Assessment) -> None:
        self.view = view
        self.assessment = assessment
        self._ = translations(view.lang).gettext

    def as_dict(self, told: Results) -> dict[str, Any]:
        _ = self._
        version = _("version %(version)s") % {"version": self.assessment.version}
        return {
            "name": printable(told.tool.name),
            "source": printable(f"{version}. {told.tool.source}".strip()),
            "agreement": self.agreement(told),
            "scores": self.scores(told),
            "items": [self.item(one) for one in told.items],
        }

    def agreement(self, told: Results) -> list[str]:
        _ = self._
        lines = []
        if told.percent is not None:
            percent = self.view.assessing.number(told.percent, "0")
            pattern = _("%(percent)s %% of the time, two people gave the same answer.")
            lines.append(pattern % {"percent": percent})
        return lines + [self.meaning(one) for one in told.coefficients]

    def meaning(self, one: Coefficient) -> str:
        _ = self._
        if one.missing == "one_person":
            return _("No question was answered by two people, so there is nothing to compare.")
        if one.missing == "all_the_same" or one.alpha is None:
            return _(
                "Everyone gave the same answer everywhere. How much of that is chance cannot be"
                " told."
            )
        pattern = _("Krippendorff's alpha %(number)s, for %(items)s questions.")
        number = self.view.assessing.number(one.alpha, "0.00")
        return pattern % {"number": number, "items": one.items}

    def scores(self, told: Results) -> list[dict[str, str]]:
        _ = self._
        lines = [self.score(self.name(one), score) for one, score in told.scores.items()]
        if told.agreed:
            lines.append(self.score(_("Agreed together"), told.agreed))
        return lines if told.tool.scoring else []

    def score(self, name: str, score: Score) -> dict[str, str]:
        _ = self._
        points = self.view.assessing.number(score.points)
        level = score.level.name if score.level else ""
        because = score.override.because if score.override else ""
        if not score.is_whole:
            pattern = _("%(number)s of %(all)s answered: no result yet")
            because = pattern % {"number": score.answered, "all": score.items}
        return {"name": name, "points": points, "level": level, "because": because}

    def item(self, one: Answered) -> dict[str, Any]:
        _ = self._
        agreed = one.agreed.label if one.agreed else ""
        cards = self.view.assessing.linked(self.assessment, one.item)
        return {
            "text": printable(one.item.text),
            "apart": bool(one.distance),
            "answers": [
                {
                    "label": printable(choice.label),
                    "people": [self.said(one, person) for person in one.given(choice)],
                }
                for choice in one.choices
                if one.given(choice)
            ],
            "agreed": _("Agreed together:") + f" {agreed}" if agreed else "",
            "reason": printable(one.consensus.reason) if one.consensus and agreed else "",
            "about": [printable(subject(card)) for card in cards],
        }

    def said(self, one: Answered, person: str) -> str:
        note = printable(one.ratings[person].note)
        return f"{self.name(person)}: “{note}”" if note else self.name(person)

    def name(self, person: str) -> str:
        return printable(self.view.name(person)) or self._("someone")
