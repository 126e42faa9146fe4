"""Commands, decided on the board as the person sees it who asks for them."""

from __future__ import annotations

from app.board.board import Board
from app.board.commands import Command, decide
from app.board.events import Change, Event
from app.board.refusal import Refused
from app.people.person import Person
from app.sight.apart import check_apart
from app.sight.rules import Viewer
from app.sight.views import seen_by


def decide_for(
    who: Person, command: Command, command_id: str, board: Board, at: str
) -> Event | None:
    """Permission, rule, event, on the board as the person sees it. Raises Refused."""
    seen = seen_by(board, Viewer.of(who))
    event = decide(command, command_id, seen, who, at)
    if event:
        check_apart(board, who, command, event)
    if event and seen is not board:
        for change in event.changes:
            _mean(board, seen, change)
    return event


def _mean(board: Board, seen: Board, change: Change) -> None:
    """Puts back into a change what its maker could not see: it is theirs neither to keep nor to
    take away."""
    item, view = board.items.get(change.id), seen.items.get(change.id)
    if change.was is None:
        if item is not None:
            raise Refused("exists", "id")
        return
    if item is None or view is None or view is item:
        return
    for name, was in change.was.items():
        real = getattr(item, name)
        if was == real:
            continue
        wish, shown = change.set.get(name), getattr(view, name)
        if wish == shown:
            change.set[name] = real
        elif isinstance(wish, list):
            change.set[name] = [*wish, *(one for one in real if one not in shown)]
        change.was[name] = real
