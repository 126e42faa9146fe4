"""The tables. The event log is the truth; the item tables are what it has come to."""

from __future__ import annotations

import types
from dataclasses import fields
from typing import Any, get_args, get_origin, get_type_hints

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app import everything  # noqa: F401 - every kind of item has to be known before its table
from app.board.items import KINDS

metadata = SQLModel.metadata

ID = 80

# SQLite keeps the rows in the order of their key: what lies on one board lies together, and an
# edit touches one tree of pages for each table instead of two.
_CLUSTERED = {"sqlite_with_rowid": False}


class FacilitatorRow(SQLModel, table=True):
    """Somebody who may prepare meetings. `token` is a digest (app/access/tokens.py)."""

    __tablename__ = "facilitator"

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=80)
    lang: str = Field(default="en", max_length=12)
    token: str = Field(unique=True, max_length=64)
    made_at: str = Field(max_length=32)


class FamilyRow(SQLModel, table=True):
    __tablename__ = "family"

    id: str = Field(primary_key=True, max_length=ID)
    facilitator_id: str = Field(foreign_key="facilitator.id", index=True, max_length=ID)
    name: str = Field(max_length=80)
    made_at: str = Field(max_length=32)


class BoardRow(SQLModel, table=True):
    """One meeting's board. `seq` is the number of its last event; `code` is typed at /join."""

    __tablename__ = "board"

    id: str = Field(primary_key=True, max_length=ID)
    family_id: str = Field(foreign_key="family.id", index=True, max_length=ID)
    code: str = Field(unique=True, max_length=16)
    facilitator_person: str = Field(max_length=ID)
    projector_person: str = Field(max_length=ID)
    seq: int = 0
    made_at: str = Field(max_length=32)
    # The code's life: see `code_ends` in app/desk/inviting.py. "" for `code_until`: by the rule.
    code_made_at: str = Field(default="", max_length=32)
    code_until: str = Field(default="", max_length=32)
    code_on: bool = True


class SeatRow(SQLModel, table=True):
    """What a browser or program shows to be let back in as the same person.

    `role` is what the person was when it was given ("waiting" at the door); `replaces` is the
    digest of the one before, which goes when this one is first used (app/live/seats.py).
    """

    __tablename__ = "seat"

    token: str = Field(primary_key=True, max_length=64)
    board_id: str = Field(foreign_key="board.id", index=True, max_length=ID)
    person_id: str = Field(max_length=ID)
    role: str = Field(default="", max_length=16)
    replaces: str = Field(default="", max_length=64)


class InvitationRow(SQLModel, table=True):
    """A link for one person or one role. `token` is a digest; times are ISO 8601, "" for never."""

    __tablename__ = "invitation"

    id: str = Field(primary_key=True, max_length=ID)
    board_id: str = Field(foreign_key="board.id", index=True, max_length=ID)
    token: str = Field(unique=True, max_length=64)
    called: str = Field(default="", max_length=80)
    relation: str = Field(default="", max_length=80)
    role: str = Field(default="family", max_length=16)
    most: int = 1
    used: int = 0
    ends_at: str = Field(max_length=32)
    revoked_at: str = Field(default="", max_length=32)
    made_at: str = Field(max_length=32)


class EventRow(SQLModel, table=True):
    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("board_id", "person_id", "command_id"), _CLUSTERED)

    board_id: str = Field(primary_key=True, foreign_key="board.id", max_length=ID)
    seq: int = Field(primary_key=True, sa_type=Integer)
    person_id: str = Field(max_length=ID)
    command_id: str = Field(max_length=64)
    type: str = Field(max_length=40)
    at: str = Field(max_length=32)
    # The whole event as JSON, in the form that docs/protocol.md gives.
    body: str = Field(sa_type=Text)


class TextRow(SQLModel, table=True):
    """The Yjs state of a text in which somebody wrote."""

    __tablename__ = "text"
    __table_args__ = _CLUSTERED

    board_id: str = Field(primary_key=True, foreign_key="board.id", max_length=ID)
    item_id: str = Field(primary_key=True, max_length=ID)
    field: str = Field(primary_key=True, max_length=40)
    state: bytes = Field(sa_type=LargeBinary)


def _column_type(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is list or origin is types.GenericAlias:
        return JSON
    if origin is not None:  # Literal[...] of words
        hint = type(get_args(hint)[0])
    return {str: Text, int: Integer, float: Float, bool: Boolean}[hint]


def _item_table(kind: str) -> Table:
    """A kind's table has a column for each of its fields, and the board it lies on."""
    cls = KINDS[kind]
    hints = get_type_hints(cls)
    columns = [
        Column("board_id", String(ID), primary_key=True),
        *(
            Column("id", String(ID), primary_key=True)
            if field.name == "id"
            else Column(field.name, _column_type(hints[field.name]), nullable=False)
            for field in fields(cls)
        ),
    ]
    return Table(f"item_{kind}", metadata, *columns, sqlite_with_rowid=False)


ITEM_TABLES = {kind: _item_table(kind) for kind in KINDS}
