"""From meeting to meeting: what a new one brings over from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import PrivateAttr

from app.board.board import Board, made
from app.board.commands import Command, Outcome, only
from app.board.items import Item, Sheltered, Showable
from app.circles.circle import CirclePerson, in_rings
from app.circles.finding import finding_of
from app.circles.growth import stood
from app.circles.ties import ties
from app.family.bonds import bonds
from app.family.kin import family
from app.ids import new_id
from app.map.cards import PARKING, Card, grouped_under
from app.meetings.meeting import meeting_of
from app.people.person import Person
from app.scale.earlier import FURTHEST, Earlier
from app.scale.scale import Answer, answers
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
    """The circles, dangers, goals, open steps and parked cards, and everyone whom they name;
    no drafts, and nothing that is still the family's own."""
    things: list[Showable] = [
        *(_placed(one, earlier) for one in in_rings(earlier)),
        *earlier.shelf("dangers"),
        *earlier.shelf("goals"),
        *open_steps(earlier),
        *parked_cards(earlier),
    ]
    things = [replace(one, since=0) for one in things if one.shown in ("all", "team")]
    hanging = [*_hanging(earlier, {one.id for one in things}), *_family(earlier)]
    named = {one.by for one in [*things, *hanging]}
    for one in things:
        if isinstance(one, Step):
            named |= {*one.owners, one.checker}
        elif isinstance(one, Card):
            named.add(one.said_by)
    for person in earlier.all(Person):
        if person.id in named and not person.is_sheltered:
            # Known by name; who comes again asks to come in again.
            yield replace(person, standing="left", with_family=False, joins_by="")
    yield from things
    yield from hanging
    yield from earlier_numbers(earlier)


def earlier_numbers(earlier: Board) -> Iterator[Earlier]:
    """What was shown to all on the scales, the last number of each to each question; and what was
    brought to that meeting. Nothing of those who are not safe to show."""
    kept = {one.id for one in earlier.items.values() if getattr(one, "is_sheltered", False)}
    seated = [one for one in in_rings(earlier) if one.seat and kept & {one.id, one.seat}]
    kept |= {id for one in seated for id in (one.id, one.seat)}
    names = {getattr(earlier.items[one], "name", "").casefold() for one in kept}
    last: dict[tuple[tuple[str, str], str], Answer] = {}
    for scale in earlier.shelf("scales"):
        for answer in answers(earlier, scale.id) if scale.revealed else ():
            last[scale.asks, answer.person] = answer
    date = meeting_of(earlier).date
    for ((question, goal), person), answer in last.items():
        called = getattr(earlier.items.get(person), "name", "")
        if person not in kept and called.casefold() not in names:
            yield Earlier(
                id=new_id(),
                by=answer.by,
                person=person,
                called=called,
                number=answer.number,
                reason=answer.reason,
                question=question,
                goal=goal,
                date=date,
            )
    for one in earlier.all(Earlier):
        if one.ago < FURTHEST and one.called.casefold() not in names:
            yield replace(one, ago=one.ago + 1)


def _hanging(earlier: Board, brought: set[str]) -> Iterator[Item]:
    """What is said of those who are brought: the search for them, and the lines between them."""
    for person_id in sorted(brought):
        finding = finding_of(earlier, person_id)
        if finding:
            yield finding
    for tie in ties(earlier):
        if {tie.one, tie.other} <= brought:
            yield tie


def _family(earlier: Board) -> Iterator[Item]:
    """The family's picture. Who is somebody not safe to show is the team's at first, as there."""
    brought = set()
    for kin in family(earlier):
        if kin.shown in ("all", "team"):
            same = earlier.items.get(kin.same_as)
            is_sheltered = isinstance(same, Sheltered) and same.is_sheltered
            brought.add(kin.id)
            shown = "team" if is_sheltered else kin.shown
            # Who has a page in this meeting gets another one in the next.
            same_as = kin.same_as if isinstance(same, CirclePerson) else ""
            yield replace(kin, since=0, shown=shown, same_as=same_as)
    for bond in bonds(earlier):
        if {bond.one, bond.other} <= brought:
            yield bond


def _placed(one: CirclePerson, earlier: Board) -> CirclePerson:
    """Who is not safe to show is the team's at first: those whom they must not reach come in anew,
    under another id."""
    shown = "team" if one.is_sheltered and one.shown == "all" else one.shown
    before = stood(one, earlier.id, meeting_of(earlier).date)
    return replace(one, seat="", present=False, shown=shown, away=[], before=before)


def parked_cards(earlier: Board) -> Iterator[Card]:
    """What was put aside for later, with what is grouped under it."""
    for card in earlier.shelf(PARKING):
        if card.shown in ("all", "team"):
            yield card
            yield from grouped_under(earlier, card)


def open_steps(earlier: Board) -> Iterator[Step]:
    date = meeting_of(earlier).date
    for step in earlier.shelf("steps"):
        if step.done not in ("done", "not"):
            yield replace(step, done="", told="", brought=step.brought or date or "…")
