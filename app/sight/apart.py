"""What may be done while the family talks alone: nothing in it may reach those outside."""

from __future__ import annotations

from app.board.board import Board
from app.board.commands import Command
from app.board.events import Change, Event
from app.board.items import Showable
from app.board.refusal import Refused
from app.people.afar import Afar
from app.people.family_time import FamilyTime, is_alone
from app.people.person import Person
from app.sight.rules import LEANS

# What those outside can do meanwhile. None of it changes what lies on the board.
_OUTSIDE = (
    *("family_time.ask", "family_time.end", "timer.start", "timer.change"),
    *("person.admit", "person.remove", "person.leave", "person.describe"),
    "afar.tell",
)
_OWN = ("family", "own")


def check_apart(board: Board, who: Person, command: Command, event: Event) -> None:
    """Raises Refused "family_alone" for what would be told to, or done by, those outside.

    `board` is as it is before the event, and whole.
    """
    if not is_alone(board) or command.internal:
        return
    if not who.with_family:
        if not command.name.startswith(_OUTSIDE):
            raise Refused("family_alone")
    elif event.type != "item.shown" and not all(_is_own(board, one) for one in event.changes):
        raise Refused("family_alone")


def _is_own(board: Board, change: Change) -> bool:
    """Whether a change is about what the family alone sees, or about who is there."""
    if change.kind in (FamilyTime.kind, Person.kind, Afar.kind):
        return True
    about = board.items.get(change.id)
    bases = [
        board.items.get(getattr(about, name) if about else change.set.get(name, ""))
        for name in LEANS.get(change.kind, ())
    ]
    if any(isinstance(one, Showable) and one.shown in _OWN for one in bases):
        return True  # it is seen by nobody who does not see those
    if about is None:
        return change.set.get("shown") in _OWN
    return isinstance(about, Showable) and about.shown in _OWN
