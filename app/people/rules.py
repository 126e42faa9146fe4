"""Who may do what, in the words that the commands use."""

from __future__ import annotations

from app.board.board import Board
from app.board.items import Item, Shown
from app.board.refusal import Refused
from app.people.family_time import is_alone
from app.people.person import Person, Role


def takes_part(who: Person) -> None:
    """Everyone who was let in, but not the projector."""
    if not who.is_in or who.role == "projector":
        raise Refused("not_allowed")


def leads(who: Person) -> None:
    """Facilitator and worker."""
    takes_part(who)
    if not who.leads:
        raise Refused("not_allowed")


def facilitates(who: Person) -> None:
    takes_part(who)
    if who.role != "facilitator":
        raise Refused("not_allowed")


def may_change(item: Item, who: Person) -> bool:
    """One's own words, and for facilitator and worker everyone's that are not guarded."""
    return item.owned_by(who.id) or (who.leads and not item.guarded)


def changes(item: Item, who: Person) -> None:
    takes_part(who)
    if not may_change(item, who):
        raise Refused("childs_own" if item.guarded else "not_yours")


def writes(item: Item, who: Person) -> None:
    """As `changes`, and everyone in what is composed together."""
    takes_part(who)
    if not item.shared:
        changes(item, who)


def shown(board: Board, who: Person, wish: Shown) -> Shown:
    """Who shall see something new. Everyone may keep a draft; only the team and the family have
    things of their own. While the family talks alone, what it writes is its own."""
    if (wish == "team" and not who.leads) or (wish == "family" and not who.with_family):
        raise Refused("not_allowed", "shown")
    return "family" if wish == "all" and who.with_family and is_alone(board) else wish


def speaker(board: Board, who: Person, said_by: str) -> str:
    """Whose words these are: one's own, or another's when a worker writes for them.

    `said_by` is the id of somebody in the meeting or in the circles, or "" for oneself.
    """
    if said_by in ("", who.id):
        return who.id
    leads(who)
    item = board.items.get(said_by)
    if item is None or item.kind not in ("person", "circle"):
        raise Refused("not_found", "said_by")
    return said_by


def may_come_as(board: Board, role: Role) -> None:
    """Raises Refused "workers_only" where a meeting has no place for this role."""
    meeting = board.items.get("meeting")
    if getattr(meeting, "workers_only", False) and role != "worker":
        raise Refused("workers_only", "role")
