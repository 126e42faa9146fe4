"""Which fragments an event touches, and their HTML for an audience."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from app.assessing.assessment import consensus_about, consensus_of
from app.board.board import Board
from app.board.events import Event
from app.board.section import section_id
from app.circles.circle import CirclePerson, in_rings
from app.circles.ties import Tie
from app.family.kin import Kin
from app.fragments.engine import fragment
from app.fragments.view import View
from app.houses.things import House
from app.map.cards import Card
from app.map.statements import Goal
from app.people.family_time import FAMILY_TIME, FamilyTime
from app.privacy.quiet import quiet_columns, waiting
from app.scale.scale import SAFETY_SCALE, Answer
from app.sight import all_see_all_people, may_see
from app.stages.agenda import agenda_of
from app.steps.steps import Agreement, Step

# What is taken off stays off: there is no list of it.
_FOR_GOOD = ("assessment", "nextquestion", "prepared")
# Fragments that stand for a whole section; every other is named "kind-item".
_SECTIONS = (
    *("head", "agenda", "hands", "scale", "rings", "circle-list", "choices", "here"),
    *("correcting", "loud", "brings", "leading", "wall", "stage-list", "supervision"),
    *("finding", "ties", "tie-list", "genogram", "bond-list", "growth"),
    *("alone", "signals", "contact"),
)
# Those of them that are for the facilitator alone.
_FOR_FACILITATOR = ("leading", "stage-list", "signals")
_ALIKE = ("card", "harm", "danger", "goal", "step", "circle")
# Those of them that say nothing of what else lies on the board, but for names.
_ALONE = ("card", "harm")
_ITEMS = (
    *("card", "harm", "danger", "goal", "step", "person", "circle", "correction", "note"),
    *("house", "housenote", "drawing", "stroke"),
    *("assessment", "nextquestion", "prepared"),
)


def touched(board: Board, events: Iterable[Event]) -> list[str]:
    """The ids of the fragments that may look different after these events, in a stable order."""
    ids: dict[str, None] = {}
    for event in events:
        for change in event.changes:
            ids |= dict.fromkeys(_touched(board, change.kind, change.id, change.set))
            if change.kind == "consensus":
                was = (change.was or {}).get("cards", ())
                ids |= dict.fromkeys(_linked(board, {*change.set.get("cards", ()), *was}))
    return list(ids)


def _touched(board: Board, kind: str, item_id: str, values: dict) -> Iterable[str]:
    if kind == "house":
        yield "brings"
    if agenda_of(board).spot == item_id:
        yield "agenda"  # it stands there once more
    if kind in _ITEMS:
        yield f"{kind}-{item_id}"
    card = board.get(Card, item_id)
    if card and card.quiet:
        yield from (section_id(column) for column in quiet_columns(board))
    if _tells_of_alone(board, kind, item_id, values):
        yield "alone"
    if kind == "meeting":
        yield from ("head", "agenda", "stage-list", "correcting")
        if "contact" in values:
            yield "contact"
    elif kind == "afar":
        yield "signals"
    elif kind == "knock":
        yield f"person-{item_id.removeprefix('knock-')}"
    elif kind in ("agenda", "hand"):
        yield from ("agenda", "stage-list", "leading") if kind == "agenda" else ("hands",)
    elif kind == "wall":
        yield "wall"
    elif kind == "section":
        yield from (item_id, "leading")
        if values.get("quiet") is False:
            column = item_id.removeprefix("section-")
            yield from (f"card-{card.id}" for card in waiting(board, column))
    elif kind == "scale":
        yield _scale(item_id)
    elif kind == "answer":
        answer = board.get(Answer, item_id)
        if answer:
            yield _scale(answer.scale)
    elif kind in ("rating", "consensus"):
        yield f"assessment-{item_id.split('.')[0]}"
    elif kind == "assessment":
        consensuses = consensus_of(board, item_id).values()
        yield from _linked(board, {card for one in consensuses for card in one.cards})
    elif kind in ("supervision", "nextquestion"):
        yield "supervision"
    elif kind == "agreement":
        agreement = board.get(Agreement, item_id)
        if agreement:
            yield f"step-{agreement.step}"
    elif kind == "danger":
        yield from (f"goal-{goal.id}" for goal in board.shelf("goals") if goal.danger == item_id)
    elif kind == "goal":
        yield from (f"step-{step.id}" for step in board.shelf("steps") if step.goal == item_id)
        yield from (_scale(one.id) for one in board.shelf("scales") if one.goal == item_id)
        goal = board.get(Goal, item_id)
        if goal and goal.danger:
            yield f"danger-{goal.danger}"
    elif kind == "step":
        step = board.get(Step, item_id)
        if step and step.goal:
            yield f"goal-{step.goal}"
    elif kind == "circle":
        yield from ("rings", "circle-list", "choices")
        # One person's move may push others along.
        yield from (f"circle-{person.id}" for person in in_rings(board))
        if values.keys() & {"name", "relation", "shown", "withdrawn"}:
            yield "finding"
        if values.keys() & {"name", "ring", "shown", "withdrawn"} and any(
            person.before for person in in_rings(board)
        ):
            yield "growth"
        if board.all(Tie):
            yield from ("ties", "tie-list")
        if "shown" in values and board.all(Kin):
            yield from ("genogram", "bond-list")
        if "name" in values or "shown" in values:
            yield from _named(board)
    elif kind == "finding":
        yield "finding"
    elif kind in ("kin", "bond"):
        yield from ("genogram", "bond-list")
    elif kind == "tie":
        yield from ("ties", "tie-list")
    elif kind == "person":
        yield from ("choices", "here", "hands", "signals")
        yield from (f"assessment-{one.id}" for one in board.shelf("assessments"))
        yield from (_scale(scale.id) for scale in board.shelf("scales"))
        if "name" in values or "relation" in values:
            yield from _named(board)


def _tells_of_alone(board: Board, kind: str, item_id: str, values: dict) -> bool:
    """Whether a change shows where the family's time alone stands: the offer, the list, the door,
    and what is still the family's own."""
    if kind == "agenda":
        return "stage" in values
    if board.get(FamilyTime, FAMILY_TIME) is None:
        return False
    shown = getattr(board.items.get(item_id), "shown", "")
    return (
        kind in ("familytime", "person", "knock", "afar") or "shown" in values or shown == "family"
    )


def _scale(scale_id: str) -> str:
    """The general scale is a section; what was asked beside it stands in a list."""
    return "scale" if scale_id == SAFETY_SCALE else f"scale-{scale_id}"


def _linked(board: Board, ids: Iterable[str]) -> Iterable[str]:
    """What an item of an assessment is linked to: it says so."""
    for item_id in sorted(ids):
        item = board.items.get(item_id)
        if item:
            yield f"{item.kind}-{item.id}"


def _named(board: Board) -> Iterable[str]:
    """Everything that shows somebody's name."""
    if board.all(House):
        yield "brings"
    for cls in (Card, Step):
        yield from (f"{item.kind}-{item.id}" for item in board.all(cls) if not item.withdrawn)


def looks_alike(board: Board, fragment_id: str) -> bool:
    """Whether a fragment is the same for everyone who reads one language."""
    kind, _, item_id = fragment_id.partition("-")
    item = board.items.get(item_id)
    if item is None or kind not in _ALIKE or item.withdrawn:
        return False
    return not board.veiled or (
        kind in _ALONE
        and item_id not in board.veiled
        and all_see_all_people(board)
        and not consensus_about(board, item_id)
    )


def render(view: View, fragment_id: str) -> str:
    """The fragment as it is now; a mark to remove it where this audience may not see it. While
    the family talks alone, those outside have the quiet screen and nothing else."""
    if view.is_outside and fragment_id != "alone":
        return ""
    if fragment_id in _FOR_FACILITATOR and not view.facilitates:
        return ""  # not even an empty one, which would tell that there was something
    if fragment_id in _SECTIONS:
        html = fragment(fragment_id, view)
        return f"<svg data-wrap>{html}</svg>" if fragment_id in ("rings", "ties") else html
    kind, _, item_id = fragment_id.partition("-")
    if kind == "section":
        return fragment(kind, view, item_id)
    item = view.board.items.get(item_id)
    if item is None and item_id in view.board.whole.items:
        return ""  # not even its id may be told
    if item is None or not may_see(view.board, item, view.viewer) or _is_off(item):
        return gone(fragment_id)
    html = fragment(kind, view, item)
    return f"<svg data-wrap>{html}</svg>" if kind == "circle" else html


def gone(fragment_id: str) -> str:
    """The mark that takes a fragment off a page."""
    return Markup('<i id="{}" data-gone></i>').format(fragment_id)


def _is_off(item) -> bool:
    """Gone from the page even for those who may know of it."""
    if isinstance(item, CirclePerson) or item.kind in _FOR_GOOD:
        return item.withdrawn
    return item.kind == "person" and (
        item.standing in ("removed", "left") or item.role == "projector"
    )
