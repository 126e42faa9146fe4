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
from app.store.account_tables import ID

metadata = SQLModel.metadata

# SQLite keeps the rows in the order of their key: what lies on one board lies together, and an
# edit touches one tree of pages for each table instead of two.
_CLUSTERED = {"sqlite_with_rowid": False}


class FamilyRow(SQLModel, table=True):
    """A family belongs to a team; `facilitator_id` is the account that looks after it."""

    __tablename__ = "family"

    id: str = Field(primary_key=True, max_length=ID)
    team_id: str = Field(foreign_key="team.id", index=True, max_length=ID)
    facilitator_id: str = Field(foreign_key="account.id", index=True, max_length=ID)
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


class SeatRow(SQLModel, table=True):
    """What a browser or program shows to be let back in as the same person.

    `session_id`: the signed-in browser that took the seat, with which the seat ends; "" for none.
    """

    __tablename__ = "seat"

    token: str = Field(primary_key=True, max_length=64)
    board_id: str = Field(foreign_key="board.id", index=True, max_length=ID)
    person_id: str = Field(max_length=ID)
    session_id: str = Field(default="", index=True, max_length=ID)


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
