"""Family finding: how far the search for each person in the circles has come.

All of it is the team's alone (app/sight). A mark that others could see until it says "not safe to
contact" would tell them so by its going.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, Outcome, only
from app.board.items import Item
from app.board.words import OptionalWords
from app.circles.circle import CirclePerson, in_rings
from app.clock import now
from app.people import rules
from app.people.person import Person

# Before the search; from the first trace to a part in the plan; and who must be left alone.
Status = Literal["", "known", "looking", "found", "contacted", "willing", "network", "unsafe"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(slots=True, kw_only=True)
class Finding(Item):
    """`about` is the id of somebody in the circles; `reason` says why they are not safe
    to contact; `at` is when this was last changed (UTC, ISO 8601)."""

    kind: ClassVar[str] = "finding"
    personal: ClassVar[frozenset[str]] = frozenset({"reason"})

    about: str
    status: Status = ""
    reason: str = ""
    at: str = ""

    @property
    def is_veiled(self) -> bool:
        return True


def finding_of(board: Board, person_id: str) -> Finding | None:
    """The search for somebody in the circles, as far as this board knows of it."""
    finding = board.get(Finding, _finding_id(person_id))
    return finding if finding and not finding.withdrawn else None


def by_status(board: Board) -> list[tuple[Status, list[tuple[CirclePerson, str]]]]:
    """Everybody in the circles, and when their search was last changed ("" for never): those
    whom nobody looks for first, then by how far it has come, by name."""
    people = sorted(in_rings(board), key=lambda one: (one.name.casefold(), one.id))
    findings = [(one, finding_of(board, one.id)) for one in people]
    return [
        (
            status,
            [
                (one, finding.at if finding else "")
                for one, finding in findings
                if (finding.status if finding else "") == status
            ],
        )
        for status in STATUSES
    ]


def _finding_id(person_id: str) -> str:
    return f"finding-{person_id}"


class NoteFinding(Command):
    """Says how far the search for somebody has come; a reason stays only with "unsafe"."""

    name = "finding.note"
    event = "finding.noted"

    id: ItemId
    status: Status
    reason: OptionalWords = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.leads(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        person = board.standing(CirclePerson, self.id)
        reason = self.reason if self.status == "unsafe" else ""
        finding = board.get(Finding, _finding_id(person.id))
        if finding is None:
            return only(
                [
                    made(
                        Finding(
                            id=_finding_id(person.id),
                            by=who.id,
                            about=person.id,
                            status=self.status,
                            reason=reason,
                            at=now(),
                        )
                    )
                ]
            )
        if (finding.status, finding.reason, finding.withdrawn) == (self.status, reason, False):
            return Outcome()
        said = {"status": self.status, "reason": reason, "at": now(), "withdrawn": False}
        return only([changed(finding, **said)])
