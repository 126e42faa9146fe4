"""A person in a meeting: asks to come in, is let in with a role, may be removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from app.board.items import Item, Sheltered

Role = Literal["facilitator", "worker", "family", "child", "network", "projector"]
ROLES: tuple[Role, ...] = ("facilitator", "worker", "family", "child", "network", "projector")
GIVEN_ROLES: tuple[Role, ...] = ("worker", "family", "child", "network")
LEADERS = frozenset({"facilitator", "worker"})

Standing = Literal["waiting", "in", "removed", "left"]
# In the room; somewhere else, with a page of their own; on the telephone, with none.
JoinsBy = Literal["", "remote", "phone"]


@dataclass(slots=True, kw_only=True)
class Person(Sheltered, Item):
    """Somebody with a page of their own, or on the telephone. `lang` is a shipped language ("en",
    "es")."""

    kind: ClassVar[str] = "person"
    personal: ClassVar[frozenset[str]] = frozenset({"name", "relation", "pronouns", "away_reason"})

    name: str
    relation: str = ""
    pronouns: str = ""
    lang: str = "en"
    role: Role = "family"
    standing: Standing = "waiting"
    away: list[str] = field(default_factory=list)
    away_roles: list[str] = field(default_factory=list)
    away_reason: str = ""
    # Reads, but does not write until the facilitator says so.
    muted: bool = False
    # One of those with whom the family talks alone (app/people/family_time.py).
    with_family: bool = False
    joins_by: JoinsBy = ""

    @property
    def shelf(self) -> str:
        return "people"

    @property
    def is_on_phone(self) -> bool:
        return self.joins_by == "phone"

    @property
    def leads(self) -> bool:
        return self.role in LEADERS

    @property
    def is_in(self) -> bool:
        return self.standing == "in"
