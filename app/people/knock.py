"""How somebody came to the door: what helps the facilitator to know who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from app.board.items import Item

Device = Literal["phone", "computer", ""]


@dataclass(slots=True, kw_only=True)
class Knock(Item):
    """`phrase`: two words on both screens, so that one can ask "what words do you see?".

    `invitation` is the id of the invitation that was used and `invited_as` its name and relation,
    or both are "" where the meeting's code was used. `at` is a UTC time in ISO 8601.
    """

    kind: ClassVar[str] = "knock"
    personal: ClassVar[frozenset[str]] = frozenset({"invited_as"})

    person: str
    phrase: str = ""
    device: Device = ""
    invitation: str = ""
    invited_as: str = ""
    at: str = ""


def knock_id(person_id: str) -> str:
    return f"knock-{person_id}"
