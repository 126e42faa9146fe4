"""A meeting as a file: its whole log, and the board that follows from it (docs/record.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app import everything  # noqa: F401  every kind of item is known
from app.board import order
from app.board.board import Board, replay, standing, states
from app.board.commands import COMMANDS, CommandId, ItemId
from app.board.events import Event
from app.board.items import KINDS, Item
from app.board.refusal import Refused
from app.board.words import WORDS_LIMIT, check_characters
from app.houses.things import pairs
from app.leading.notes import Note
from app.meetings.meeting import Meeting, check_date
from app.people.afar import Afar
from app.people.person import Person
from app.sight import FACILITATOR, HIDDEN, Viewer, unshown_ratings, without_drafts
from app.writing.write import UPDATE_LIMIT

FORMAT = "kinboard.record"
VERSION = 1
# Far beyond any meeting; what is longer is no record of one.
_MOST_EVENTS = 200_000


def record(
    board: Board,
    events: Iterable[Event],
    family_name: str = "",
    viewer: Viewer = FACILITATOR,
    with_notes: bool = False,
) -> dict[str, Any]:
    """Everything: also what was withdrawn, and numbers that are still hidden. Only others' drafts
    and what is the family's own stay theirs: they are left out of the log, and so of the board
    that follows from it. The facilitator's notes are in the file that they save themselves
    (`with_notes`), and in no other.
    """
    log = list(events)
    notes = frozenset() if with_notes else frozenset(note.id for note in board.all(Note))
    if any(map(_is_private, log)) or notes or unshown_ratings(board, viewer):
        log = without_drafts(board, log, viewer, notes)
        board = replay(board.id, log)
    return {
        "format": FORMAT,
        "version": VERSION,
        "family": family_name,
        "meeting": board.id,
        "events": [event.as_dict() for event in log],
        "board": board_as_dict(board),
    }


def _is_private(event: Event) -> bool:
    return any(
        change.kind == Afar.kind or change.set.get("shown") in ("own", "family")
        for change in event.changes
    )


def board_as_dict(board: Board) -> dict[str, Any]:
    items: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(board.items.values(), key=lambda item: (item.kind, item.id)):
        items.setdefault(item.kind, []).append(item.as_dict())
    texts = [
        {"item": item, "field": field, "state": state}
        for item, field, state in sorted(states(board))
    ]
    return {"seq": board.seq, "items": items, "texts": texts}


# -- reading -------------------------------------------------------------------------------------


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Change(_Strict):
    kind: str
    id: ItemId
    set: dict[str, Any]
    was: dict[str, Any] | None


class _Merge(_Strict):
    item: ItemId
    field: Annotated[str, Field(max_length=40)]
    update: Annotated[str, Field(max_length=UPDATE_LIMIT)]


class _Event(_Strict):
    seq: int
    type: Annotated[str, Field(max_length=40)]
    by: Annotated[str, Field(max_length=80)]
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")]
    command: CommandId
    changes: Annotated[list[_Change], Field(max_length=2000)]
    merge: _Merge | None
    undoes: Annotated[list[int], Field(max_length=1000)]


class _Record(_Strict):
    format: Literal["kinboard.record"]
    version: int
    family: Annotated[str, Field(max_length=200)]
    meeting: str
    events: Annotated[list[_Event], Field(min_length=1, max_length=_MOST_EVENTS)]
    board: dict[str, Any]


_RANGES = {"ring": (0, 3), "number": (0, 10), "turn": (0.0, 0.99999)}
_RANGES |= {"birth": (0, 2200), "death": (0, 2200)}


def read_record(data: Any) -> list[Event]:
    """The events of a record. Raises Refused "not_a_record", "too_new" or "broken_log".

    Nothing in a file is trusted: every field is checked against the kind of item that it belongs
    to, and the log has to lead to the board that the file holds.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Refused("not_a_record", "format")
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Refused("too_new", "version")
    try:
        told = _Record.model_validate(data)
    except (ValidationError, RecursionError):
        raise Refused("broken_log", "events") from None
    events = [Event.from_dict(event.model_dump()) for event in told.events]
    _check_log(events)
    try:
        board = replay(told.meeting, events)
    except Exception as broken:  # whatever a forged log makes of itself, it is no board
        raise Refused("broken_log", "events") from broken
    if any(standing(board, cls) > cls.most for cls in KINDS.values()):
        raise Refused("too_many", "events")
    if board_as_dict(board) != told.board:
        raise Refused("broken_log", "board")
    return events


def _check_log(events: list[Event]) -> None:
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        raise Refused("broken_log", "events")
    known = {command.event for command in COMMANDS.values()} | {HIDDEN}
    kinds: dict[str, str] = {}
    for event in events:
        if event.type == HIDDEN and (event.changes or event.merge or event.undoes):
            raise Refused("broken_log", "events")
        if event.type not in known or (event.type == "meeting.created") != (event.seq == 1):
            raise Refused("broken_log", "events")
        for change in event.changes:
            _check_change(change.kind, change.set, is_new=change.id not in kinds)
            if kinds.setdefault(change.id, change.kind) != change.kind:
                raise Refused("broken_log", "events")
            if change.set.get("id", change.id) != change.id:
                raise Refused("broken_log", "events")
    _check_first(events[0])


def _check_first(event: Event) -> None:
    """A meeting begins with itself, its facilitator and its projector, and with no other."""
    roles = sorted(
        str(change.set.get("role")) for change in event.changes if change.kind == Person.kind
    )
    meetings = [change for change in event.changes if change.kind == Meeting.kind]
    if roles != ["facilitator", "projector"] or len(meetings) != 1:
        raise Refused("broken_log", "events")


def _check_change(kind: str, values: dict[str, Any], is_new: bool) -> None:
    cls = KINDS.get(kind)
    if cls is None:
        raise Refused("broken_log", "events")
    types = _types(cls)
    if not values.keys() <= types.keys() or (is_new and not _needed(cls) <= values.keys()):
        raise Refused("broken_log", "events")
    for name, value in values.items():
        try:
            types[name].validate_python(value)
            _check_value(name, value)
        except Exception:  # each check raises what it likes; none of it is right
            raise Refused("broken_log", "events") from None


def _check_value(name: str, value: Any) -> None:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            if len(text) > WORDS_LIMIT:
                raise ValueError("too long")
            check_characters(text)
    if name == "pos" and value:
        order.between(value, None)
    if name == "before" and not all(map(_STOOD.match, value)):
        raise ValueError("not where somebody stood")
    if name in ("due", "date"):
        check_date(value)
    if name == "points":
        pairs(value)
    low, high = _RANGES.get(name, (None, None))
    if low is not None and not low <= value <= high:
        raise ValueError("out of range")
    if isinstance(value, list) and len(value) > 20:
        raise ValueError("too many")


_STOOD = re.compile(r"[^ ]{1,80} [0-3]( \d{4}-\d\d-\d\d)?$")
_known_types: dict[type[Item], dict[str, TypeAdapter]] = {}


def _types(cls: type[Item]) -> dict[str, TypeAdapter]:
    """What each field of a kind may hold, from its dataclass."""
    if cls not in _known_types:
        hints = get_type_hints(cls, include_extras=True)
        _known_types[cls] = {
            one.name: TypeAdapter(hints[one.name], config=ConfigDict(strict=True))
            for one in fields(cls)
            if one.name not in ("born", "rev")
        }
    return _known_types[cls]


def _needed(cls: type[Item]) -> set[str]:
    return {
        one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING
    }
