"""What happened on a board, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Change:
    """One item's fields before and after. `was` is None where the event made the item."""

    kind: str
    id: str
    set: dict[str, Any]
    was: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "set": self.set, "was": self.was}


@dataclass(slots=True)
class Merge:
    """A text that was written in: `update` is a Yjs version 1 update, base64."""

    item: str
    field: str
    update: str

    def as_dict(self) -> dict[str, Any]:
        return {"item": self.item, "field": self.field, "update": self.update}


@dataclass(slots=True)
class Event:
    """One step of the log. `seq` counts from 1 without gaps; `at` is UTC, ISO 8601.

    `undoes` are the sequence numbers of the events that this one takes back.
    """

    type: str
    by: str
    at: str
    command: str
    changes: list[Change] = field(default_factory=list)
    merge: Merge | None = None
    undoes: list[int] = field(default_factory=list)
    seq: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The event as the log, the export and programs hold it (docs/protocol.md)."""
        return {
            "seq": self.seq,
            "type": self.type,
            "by": self.by,
            "at": self.at,
            "command": self.command,
            "changes": [change.as_dict() for change in self.changes],
            "merge": self.merge.as_dict() if self.merge else None,
            "undoes": self.undoes,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Event:
        merge = data.get("merge")
        return cls(
            seq=data["seq"],
            type=data["type"],
            by=data["by"],
            at=data["at"],
            command=data["command"],
            changes=[Change(**change) for change in data["changes"]],
            merge=Merge(**merge) if merge else None,
            undoes=data["undoes"],
        )
