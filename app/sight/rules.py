"""Who may see what: the rule itself."""

from __future__ import annotations

from typing import NamedTuple

from app.assessing.assessment import Consensus, Rating
from app.board.board import Board
from app.board.items import KINDS, Item, Sheltered, Showable
from app.circles.circle import CirclePerson
from app.circles.finding import Finding
from app.circles.ties import Tie
from app.family.bonds import Bond
from app.family.kin import Kin
from app.houses.things import Drawing, House, HouseNote, Stroke
from app.leading.hands import Hand
from app.leading.notes import Note
from app.people.afar import Afar
from app.people.person import LEADERS, Person, Role
from app.scale.earlier import Earlier
from app.scale.scale import Answer, Scale
from app.steps.steps import Agreement

NOBODY: frozenset[str] = frozenset()
# What is nothing without what these fields point to: it is hidden with it, and shown with it.
# Kin stand before the bonds between them.
LEANS: dict[str, tuple[str, ...]] = {
    Kin.kind: ("same_as",),
    Bond.kind: ("one", "other"),
    Finding.kind: ("about",),
    Tie.kind: ("one", "other"),
    Agreement.kind: ("step", "person"),
    Stroke.kind: ("drawing",),
}


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
    """A draft to who wrote it, what is in a house to its child too; what is the family's to the
    family, not even to the facilitator; what is the team's to the team and to whose words it
    holds."""
    if item.shown == "own":
        return bool(viewer.person) and item.is_own_of(viewer.person)
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
        if isinstance(item, Finding):
            is_for_them = viewer.leads
        elif isinstance(item, Afar):
            is_for_them = viewer.role == "facilitator" or item.person == viewer.person
        else:
            is_for_them = not isinstance(item, Showable) or is_shown_to(item, viewer)
        if not is_for_them:
            hidden.add(item.id)
    if viewer.role != "facilitator":
        hidden |= {note.id for note in board.all(Note)}
    if hidden:
        hidden |= {scale.id for scale in board.all(Scale) if scale.goal in hidden}
        hidden |= {hand.id for hand in board.all(Hand) if hand.person in hidden}
        hidden |= {one.id for one in board.all(Consensus) if one.assessment in hidden}
        hidden |= {
            one.id for one in board.all(Rating) if one.assessment in hidden or one.person in hidden
        }
        hidden |= {
            answer.id
            for answer in board.all(Answer)
            if answer.person in hidden or answer.scale in hidden
        }
        # What is in the houses of somebody who is kept from them would tell of that child.
        hidden |= {one.id for one in board.all(House) if one.child in hidden}
        hidden |= {one.id for one in board.all(HouseNote) if one.child in hidden}
        hidden |= {one.id for one in board.all(Drawing) if one.child in hidden}
        names = {getattr(board.items.get(one), "name", "").casefold() for one in hidden} - {""}
        hidden |= {
            one.id
            for one in board.all(Earlier)
            if hidden & {one.person, one.goal} or one.called.casefold() in names
        }
        for kind in LEANS:
            for one in board.all(KINDS[kind]):
                if not hidden.isdisjoint(leans_on(one)):
                    hidden.add(one.id)
    return frozenset(hidden)


def leans_on(item: Item) -> list[str]:
    """The ids of what an item is nothing without."""
    return [getattr(item, name) for name in LEANS.get(item.kind, ())]
