"""An item: anything that lies on a board and has a history."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Literal

KINDS: dict[str, type[Item]] = {}

# Who sees something: everyone; facilitator and workers; those with whom the family talks alone;
# only who wrote it down, as a draft.
Shown = Literal["all", "team", "family", "own"]
WIDTHS: dict[Shown, int] = {"own": 0, "team": 1, "family": 1, "all": 2}


@dataclass(slots=True, kw_only=True)
class Item:
    """Shared by all that lies on a board. Nothing is destroyed: it is withdrawn.

    `by` is the id of the person who wrote it down; `born` and `rev` are the sequence numbers of
    the first and the last event that touched it. `pos` orders the items of one `shelf`.
    """

    kind: ClassVar[str] = ""
    # Fields of free text which several people may write in at once.
    words: ClassVar[frozenset[str]] = frozenset()
    # Those of them that may not be left empty.
    needed: ClassVar[frozenset[str]] = frozenset()
    # Further fields of free text and names: what a court may order deleted, beside `words`.
    personal: ClassVar[frozenset[str]] = frozenset()
    # How many may stand on one board: far beyond any meeting, and few enough to be drawn quickly.
    most: ClassVar[int] = 2000
    # Only its owner changes it: not even facilitator and workers, who change everyone's else.
    guarded: ClassVar[bool] = False
    # Composed by all together: everyone in the meeting may write in it, not only its owner.
    shared: ClassVar[bool] = False

    id: str
    by: str = ""
    pos: str = ""
    born: int = 0
    rev: int = 0
    withdrawn: bool = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # No super(): dataclass(slots=True) makes the class anew, and the last one made stands.
        if cls.kind:
            KINDS[cls.kind] = cls

    @property
    def shelf(self) -> str:
        """The ordered list in which this item stands, or "" for none."""
        return ""

    @property
    def is_veiled(self) -> bool:
        """Whether it may be hidden from somebody, or holds what is for the team alone."""
        return False

    def owned_by(self, person_id: str) -> bool:
        """Whether this person may change the item without being facilitator or worker."""
        return self.by == person_id

    def as_dict(self) -> dict[str, Any]:
        """Every field but `born` and `rev`, which follow from the log."""
        return {name: getattr(self, name) for name in _told(self.kind)}


@cache
def _told(kind: str) -> tuple[str, ...]:
    return tuple(one.name for one in fields(KINDS[kind]) if one.name not in ("born", "rev"))


@dataclass(slots=True, kw_only=True)
class Showable(Item):
    """Something that is not for everyone, or not yet. `since` is the sequence number of the event
    by which more people came to see it: what happened to it before is told to its writer alone.
    """

    shown: Shown = "all"
    since: int = 0

    @property
    def is_veiled(self) -> bool:
        return self.shown != "all"

    def is_own_of(self, person_id: str) -> bool:
        """Whether somebody sees it while it is a draft."""
        return self.by == person_id

    def is_as_wide_as(self, other: Showable) -> bool:
        """Whether everyone who sees the other sees this too, as far as it depends on `shown`."""
        if self.shown == other.shown == "own":
            return self.by == other.by
        if {self.shown, other.shown} == {"team", "family"}:
            return False
        return WIDTHS[self.shown] >= WIDTHS[other.shown]

    def is_by(self, person_id: str) -> bool:
        """Whether somebody wrote it down, or it holds their words."""
        return bool(person_id) and person_id in (self.by, getattr(self, "said_by", ""))


class Sheltered:
    """Somebody who may not be safe to show: `away` are the people in the meeting, `away_roles`
    the roles, whom they must not reach; `away_reason` is for the team alone.

    Has no fields of its own, so that it can stand beside another base with slots.
    """

    __slots__ = ()

    id: str
    born: int
    away: list[str]
    away_roles: list[str]
    away_reason: str

    @property
    def is_sheltered(self) -> bool:
        return bool(self.away or self.away_roles or self.away_reason)

    @property
    def is_veiled(self) -> bool:
        return self.is_sheltered or super().is_veiled  # type: ignore[misc]
