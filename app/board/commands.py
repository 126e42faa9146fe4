"""What a person may ask of a board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.board.board import Board, standing
from app.board.events import Change, Event, Merge
from app.board.items import KINDS
from app.board.refusal import Refused
from app.board.section import check_open

if TYPE_CHECKING:
    from app.people.person import Person

COMMANDS: dict[str, type[Command]] = {}

ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{6,80}$")]
NewId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{6,40}$")]
# Fits ULIDs, UUIDs and the like.
CommandId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{6,64}$")]


@dataclass(slots=True)
class Outcome:
    """What a command comes to. No changes at all means that there was nothing to do."""

    changes: list[Change] = field(default_factory=list)
    merge: Merge | None = None
    undoes: list[int] = field(default_factory=list)


class Command(BaseModel):
    """One thing that a person asks for. Subclasses say what it takes, who may, and what follows.

    `name` is what the wire calls it, `event` what the log calls it once it has happened.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, hide_input_in_errors=True)

    name: ClassVar[str] = ""
    event: ClassVar[str] = ""
    # Commands that only this house gives itself; nobody can send them.
    internal: ClassVar[bool] = False
    # A closed meeting takes only these; and so does one who may only read for now.
    when_closed: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            COMMANDS[cls.name] = cls

    def allow(self, board: Board, who: Person) -> None:
        """Raises Refused "not_allowed" where this person may not ask for this."""

    def decide(self, board: Board, who: Person) -> Outcome:
        """What follows. Raises Refused; reads the board, never changes it."""
        raise NotImplementedError


def read_command(name: str, data: Any) -> Command:
    """The command that a client sent, checked. Raises Refused with the field that is wrong."""
    cls = COMMANDS.get(name)
    if cls is None or cls.internal:
        raise Refused("unknown_command", "name")
    if not isinstance(data, dict):
        raise Refused("not_valid", "data")
    try:
        return cls.model_validate(data)
    except ValidationError as wrong:
        raise refused(wrong) from None


_CODES = {
    "missing": "missing",
    "string_too_long": "too_long",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_a_choice",
    "enum": "not_a_choice",
    "empty": "empty",
    "string_too_short": "empty",
    "json_invalid": "not_json",
    "hidden_character": "hidden_character",
    "not_a_year": "not_a_year",
    "string_unicode": "hidden_character",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "too_long": "too_many",
}


def refused(wrong: ValidationError) -> Refused:
    """The first thing wrong with some input, in our own codes."""
    first = wrong.errors(include_url=False, include_input=False)[0]
    return refusal(first["type"], str(first["loc"][0]) if first["loc"] else "", first.get("ctx"))


def refusal(kind: str, spot: str, ctx: dict[str, Any] | None = None) -> Refused:
    """Our code for one of pydantic's, with the limit that was passed, where it was one."""
    code = _CODES.get(kind, "not_valid")
    limits = ctx or {}
    limit = limits.get("max_length", limits.get("le", limits.get("ge")))
    return Refused(code, spot, **({"limit": limit} if limit is not None else {}))


def decide(command: Command, command_id: str, board: Board, who: Person, at: str) -> Event | None:
    """Permission, rule, event. None: the board is already as asked."""
    command.allow(board, who)
    outcome = command.decide(board, who)
    changes = [change for change in outcome.changes if change.set]
    if not changes and not outcome.merge and not outcome.undoes:
        return None
    check_open(board, who, changes)
    for change in changes:
        was_gone = change.was is not None and change.was.get("withdrawn") is True
        comes_back = was_gone and change.set.get("withdrawn") is False
        if change.was is None or comes_back:
            _check_room(board, change.kind)
        if comes_back:
            _tell_in_full(board, change)
    return Event(
        type=command.event,
        by=who.id,
        at=at,
        command=command_id,
        changes=changes,
        merge=outcome.merge,
        undoes=outcome.undoes,
        seq=board.seq + 1,
    )


def _check_room(board: Board, kind: str) -> None:
    """Raises Refused "too_many" where a board is full: one person's flood must not slow others."""
    cls = KINDS[kind]
    if standing(board, cls) >= cls.most:
        raise Refused("too_many", "name", limit=cls.most)


def _tell_in_full(board: Board, change: Change) -> None:
    """An item that comes back is told whole: some who follow the log have never seen it."""
    was = board.items[change.id].as_dict()
    change.set = was | change.set
    change.was = was


def only(changes: Iterable[Change]) -> Outcome:
    return Outcome(list(changes))
