"""Who may see what: the rule itself."""

from __future__ import annotations

from typing import NamedTuple

from app.board.board import Board
from app.board.items import Sheltered, Showable
from app.circles.circle import CirclePerson
from app.leading.hands import Hand
from app.people.afar import Afar
from app.people.person import LEADERS, Person, Role
from app.scale.scale import Answer, Scale
from app.steps.steps import Agreement

NOBODY: frozenset[str] = frozenset()


class Viewer(NamedTuple):
    """Somebody who looks; or, as `crowd_of` makes it, everyone who sees the same.

    `kept` are the people whom a crowd must not see; None: it is worked out from role and person.
    `family` is whether they are of those with whom the family talks alone.
    """

    role: Role
    person: str = ""
    kept: frozenset[str] | None = None
    family: bool = False

    @classmethod
    def of(cls, who: Person) -> Viewer:
        return cls(who.role, who.id, family=who.with_family)

    @property
    def leads(self) -> bool:
        return self.role in LEADERS


EVERYONE = Viewer("network", "", NOBODY)
FACILITATOR = Viewer("facilitator", "", NOBODY)


def crowd_of(board: Board, who: Person) -> Viewer:
    """All who see the same as somebody; equal for those who may be sent the same bytes."""
    if not board.veiled:
        return FACILITATOR if who.role == "facilitator" else EVERYONE
    viewer = Viewer.of(who)
    role: Role = who.role if who.leads else "network"
    crowd = Viewer(role, "", kept_from(board, viewer), who.with_family)
    for item in board.veiled.values():
        if isinstance(item, Showable) and is_shown_to(item, viewer) != is_shown_to(item, crowd):
            return crowd._replace(person=who.id)
    return crowd


def kept_from(board: Board, viewer: Viewer) -> frozenset[str]:
    """The ids of those in the meeting and in the circles who must not reach a viewer.

    Who sits in the meeting and stands in the circles is one person: both are kept.
    """
    if viewer.kept is not None or viewer.role == "facilitator":
        return viewer.kept or NOBODY
    kept = {
        item.id
        for item in board.veiled.values()
        if isinstance(item, Sheltered)
        and (viewer.person in item.away or viewer.role in item.away_roles)
    }
    if not kept:
        return NOBODY
    places = [place for place in board.all(CirclePerson) if place.seat]
    kept |= {place.seat for place in places if place.id in kept}
    kept |= {place.id for place in places if place.seat in kept}
    if viewer.person:
        kept -= {place.id for place in places if place.seat == viewer.person}
        kept.discard(viewer.person)
    return frozenset(kept)


def is_shown_to(item: Showable, viewer: Viewer) -> bool:
    """A draft to who wrote it; what is the family's to the family, even from the facilitator;
    what is the team's to the team and to whose words it holds."""
    if item.shown == "own":
        return bool(viewer.person) and item.by == viewer.person
    if item.shown == "family":
        return viewer.family
    return item.shown == "all" or viewer.leads or item.is_by(viewer.person)


def all_see_all_people(board: Board) -> bool:
    """Whether names, and the colours that go with them, are the same for everyone."""
    return not any(isinstance(item, Sheltered) for item in board.veiled.values())


def hidden_from(board: Board, viewer: Viewer) -> frozenset[str]:
    """The ids of all that may not even be known to a viewer."""
    if not board.veiled:
        return NOBODY
    hidden = set(kept_from(board, viewer))
    for item in board.veiled.values():
        if isinstance(item, Afar) and viewer.role != "facilitator" and item.person != viewer.person:
            hidden.add(item.id)
        if isinstance(item, Showable) and not is_shown_to(item, viewer):
            hidden.add(item.id)
    if hidden:
        hidden |= {scale.id for scale in board.all(Scale) if scale.goal in hidden}
        hidden |= {hand.id for hand in board.all(Hand) if hand.person in hidden}
        hidden |= {
            answer.id
            for answer in board.all(Answer)
            if answer.person in hidden or answer.scale in hidden
        }
        for said in board.all(Agreement):
            if said.person in hidden or said.step in hidden:
                hidden.add(said.id)
    return frozenset(hidden)
