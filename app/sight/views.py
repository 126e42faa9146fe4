"""The board as somebody sees it: without what is hidden, and with nothing that points to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, get_type_hints

from app.assessing.assessment import Assessment, Rating
from app.board.board import Board, changed
from app.board.events import Event
from app.board.items import KINDS, Item, Sheltered
from app.houses.things import ChildsOwn, House, Stroke
from app.people.knock import Knock
from app.people.person import Person
from app.scale.earlier import Earlier
from app.scale.scale import Answer, Scale
from app.sight.rules import EVERYONE, NOBODY, Viewer, hidden_from, kept_from
from app.steps.steps import Agreement, Step

# Fields that are for the team alone, as others get them.
FOR_TEAM: dict[str, Any] = {"away": [], "away_roles": [], "away_reason": ""}


def may_see(board: Board, item: Item, viewer: Viewer) -> bool:
    """Whether an item may reach a viewer: it is on the board as they see it, and

    - a number on the scale: its own person, and all once it is revealed; not even the
      facilitator before, whose screen may be on the wall;
    - a number from an earlier meeting: all, once numbers are shown to the same question today;
    - an answer to an assessment: the same, but never of who was no longer asked;
    - somebody at the door: the facilitator, and they themselves;
    - how somebody came to the door: the facilitator;
    - what was taken out of a child's house: nobody;
    - what else was withdrawn, or was said to a withdrawn step: the facilitator, who can bring it
      back.
    """
    if item.id not in seen_by(board, viewer).items:
        return False
    if isinstance(item, Answer):
        scale = board.get(Scale, item.scale)
        shown = scale is not None and scale.revealed and not item.withdrawn
        return shown or bool(viewer.person and item.owned_by(viewer.person))
    if isinstance(item, Earlier):
        return any(one.revealed and one.asks == item.asks for one in board.shelf("scales"))
    if isinstance(item, Rating):
        assessment = board.get(Assessment, item.assessment)
        shown = assessment is not None and assessment.counts(item) and not item.withdrawn
        return shown or bool(viewer.person and item.owned_by(viewer.person))
    facilitates = viewer.role == "facilitator"
    if isinstance(item, Person):
        return item.standing != "waiting" or facilitates or item.id == viewer.person
    if isinstance(item, Knock):
        return facilitates
    if isinstance(item, House | ChildsOwn | Stroke):
        return not item.withdrawn
    if isinstance(item, Agreement) and board.find(Step, item.step).withdrawn:
        return facilitates
    return not item.withdrawn or facilitates


def seen_by(board: Board, viewer: Viewer) -> Board:
    """The board without what is hidden from a viewer; the board itself where nothing is.

    Only for reading. A board that is somebody's view already stays as it is.
    """
    if not board.veiled or board.whole is not board:
        return board
    known = board.views.get(viewer)
    if known is None:
        known = board.views[viewer] = _view(board, hidden_from(board, viewer), viewer)
    return known


def seen_as(board: Board, viewer: Viewer, over: Viewer) -> Board:
    """The board as `viewer` sees it, for `over` who looks over their shoulder: no more than both
    may see."""
    hidden = hidden_from(board, viewer) | hidden_from(board, over)
    given = (*board.all(Answer), *board.all(Rating))
    unshown = frozenset(one.id for one in given if not may_see(board, one, over))
    view = _view(board, hidden, viewer)
    # Who has given a number is known to all; the number itself only to who gave it.
    return view.view(NOBODY, {id: _numberless(view.items[id]) for id in unshown - hidden})


def _numberless(answer: Item) -> Item:
    if isinstance(answer, Rating):
        return replace(answer, item="", answer="", note="", by="")
    assert isinstance(answer, Answer)
    return replace(answer, number=-1, reason="", by="")


def unshown_ratings(board: Board, viewer: Viewer) -> frozenset[str]:
    """The answers to assessments that have not been shown to a viewer, who may know of them: they
    are in no record either, as a draft is in none."""
    return frozenset(one.id for one in board.all(Rating) if not may_see(board, one, viewer))


def seen_then(then: Board, now: Board, viewer: Viewer) -> Board:
    """The past as somebody may see it: without what is hidden now, or was hidden then, as a
    draft was. Changes `then`."""
    gone = [
        changed(item, withdrawn=True)
        for item in then.items.values()
        if not item.withdrawn and not may_see(now, now.items[item.id], viewer)
    ]
    if gone:
        then.apply(Event("gone", "", "", "", gone, seq=then.seq + 1))
    hidden = hidden_from(now, viewer) | hidden_from(then, viewer)
    return _view(then, hidden, viewer)


def _view(board: Board, hidden: frozenset[str], viewer: Viewer) -> Board:
    instead: dict[str, Item] = {}
    for item in board.items.values() if hidden else board.veiled.values():
        if item.id in hidden:
            continue
        values = {}
        for name in pointers(item.kind) if hidden else ():
            value = getattr(item, name)
            if value and (blank := blanked(value, hidden)) != value:
                values[name] = blank
        if isinstance(item, Sheltered) and item.is_sheltered and not viewer.leads:
            values |= FOR_TEAM
        if values:
            instead[item.id] = replace(item, **values)
    return board.view(hidden, instead) if hidden or instead else board


def blanked(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [one for one in value if one not in hidden]
    return "" if value in hidden else value


@cache
def pointers(kind: str) -> tuple[str, ...]:
    """The fields of a kind that can hold the id of something else."""
    cls = KINDS[kind]
    hints = get_type_hints(cls)
    free = {"id", "pos", "born", "rev", "kind", "away_reason", *cls.words}
    return tuple(
        name for name, hint in hints.items() if hint in (str, list[str]) and name not in free
    )


def seen(board: Board, viewer: Viewer) -> Iterator[Item]:
    board = seen_by(board, viewer)
    return (item for item in board.items.values() if may_see(board, item, viewer))


def on_paper(board: Board, who: Person) -> Viewer:
    """Who somebody's printed plan is for: it is passed on, so it holds no drafts, nothing that is
    for the team, and nobody who must not reach them."""
    return EVERYONE._replace(kept=kept_from(board, Viewer.of(who)))
