"""An item: anything that lies on a board and has a history."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

KINDS: dict[str, type[Item]] = {}


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
    # How many may stand on one board: far beyond any meeting, and few enough to be drawn quickly.
    most: ClassVar[int] = 2000
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

    def owned_by(self, person_id: str) -> bool:
        """Whether this person may change the item without being facilitator or worker."""
        return self.by == person_id

    def as_dict(self) -> dict[str, Any]:
        """Every field but `born` and `rev`, which follow from the log."""
        return {name: getattr(self, name) for name in _told(self.kind)}


@cache
def _told(kind: str) -> tuple[str, ...]:
    return tuple(one.name for one in fields(KINDS[kind]) if one.name not in ("born", "rev"))
