"""From meeting to meeting: what a new one brings over from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import PrivateAttr

from app.board.board import Board, made
from app.board.commands import Command, Outcome, only
from app.board.items import Item, Showable
from app.circles.circle import CirclePerson, in_rings
from app.meetings.meeting import meeting_of
from app.people.person import Person
from app.steps.steps import Step


class BringOver(Command):
    """Lays what comes from an earlier meeting on the board. The house gives this command itself.

    Items keep their ids, so that a family's meetings can be held beside each other.
    """

    name = "meeting.bring"
    event = "meeting.brought"
    internal = True

    _items: list[Item] = PrivateAttr(default_factory=list)

    @classmethod
    def of(cls, earlier: Board) -> BringOver:
        command = cls()
        command._items = list(to_bring(earlier))
        return command

    def decide(self, board: Board, who: Person) -> Outcome:
        return only(made(item) for item in self._items if item.id not in board.items)


def to_bring(earlier: Board) -> Iterator[Item]:
    """The circles, dangers, goals and open steps, and everyone whom they name; no drafts,
    and nothing that is still the family's own."""
    things: list[Showable] = [
        *map(_placed, in_rings(earlier)),
        *earlier.shelf("dangers"),
        *earlier.shelf("goals"),
        *open_steps(earlier),
    ]
    things = [replace(one, since=0) for one in things if one.shown in ("all", "team")]
    named = {one.by for one in things}
    for step in things:
        if isinstance(step, Step):
            named |= {*step.owners, step.checker}
    for person in earlier.all(Person):
        if person.id in named and not person.is_sheltered:
            # Known by name; who comes again asks to come in again.
            yield replace(person, standing="left", with_family=False, joins_by="")
    yield from things


def _placed(one: CirclePerson) -> CirclePerson:
    """Who is not safe to show is the team's at first: those whom they must not reach come in anew,
    under another id."""
    shown = "team" if one.is_sheltered and one.shown == "all" else one.shown
    return replace(one, seat="", present=False, shown=shown, away=[])


def open_steps(earlier: Board) -> Iterator[Step]:
    date = meeting_of(earlier).date
    for step in earlier.shelf("steps"):
        if step.done not in ("done", "not"):
            yield replace(step, done="", told="", brought=step.brought or date or "…")
