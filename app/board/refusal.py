"""What a person is told when something cannot be done."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A command that is not carried out; nothing of it was applied.

    `code` is stable and documented in docs/protocol.md. `field` names the part of the command
    that is wrong, or is "" when the whole command is. `details` fill the placeholders of the
    sentence shown to the person (see app/pages/sentences.py).
    """

    def __init__(self, code: str, field: str = "", **details: Any) -> None:
        super().__init__(f"{code} {field}".strip())
        self.code = code
        self.field = field
        self.details = details
