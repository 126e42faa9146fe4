"""The tables. The event log is the truth; items and texts are what it came to a little ago.

What people wrote, and every name, is sealed (app/store/seal.py): the database alone tells who was
where and when by ids, and not one word.
"""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

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
    name: str = Field(sa_type=LargeBinary)
    # A court or an authority has ordered that nothing of this family be deleted.
    held: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    made_at: str = Field(max_length=32)


class BoardRow(SQLModel, table=True):
    """One meeting's board. `seq` is the number of its last event; `code` is typed at /join.

    `folded` is the last event that its items and texts hold; those after it stand in the log alone.
    `epoch` counts how often its log was written anew, by a deletion: who has the board in memory
    has to load it again.
    """

    __tablename__ = "board"

    id: str = Field(primary_key=True, max_length=ID)
    family_id: str = Field(foreign_key="family.id", index=True, max_length=ID)
    code: str = Field(unique=True, max_length=16)
    facilitator_person: str = Field(max_length=ID)
    projector_person: str = Field(max_length=ID)
    seq: int = 0
    folded: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    made_at: str = Field(max_length=32)
    # The code's life: see `code_ends` in app/desk/inviting.py. "" for `code_until`: by the rule.
    code_made_at: str = Field(default="", max_length=32)
    code_until: str = Field(default="", max_length=32)
    code_on: bool = True


class SeatRow(SQLModel, table=True):
    """What a browser or program shows to be let back in as the same person.

    `session_id`: the signed-in browser that took the seat, with which the seat ends; "" for none.
    `role` is what the person was when it was given ("waiting" at the door); `replaces` is the
    digest of the one before, which goes when this one is first used (app/live/seats.py).
    """

    __tablename__ = "seat"

    token: str = Field(primary_key=True, max_length=64)
    board_id: str = Field(foreign_key="board.id", index=True, max_length=ID)
    person_id: str = Field(max_length=ID)
    session_id: str = Field(default="", index=True, max_length=ID)
    role: str = Field(default="", max_length=16)
    replaces: str = Field(default="", max_length=64)


class InvitationRow(SQLModel, table=True):
    """A link for one person or one role. `token` is a digest; times are ISO 8601, "" for never.

    `called` and `relation` are sealed (app/store/rows.py).
    """

    __tablename__ = "invitation"

    id: str = Field(primary_key=True, max_length=ID)
    board_id: str = Field(foreign_key="board.id", index=True, max_length=ID)
    token: str = Field(unique=True, max_length=64)
    called: str = Field(default="", sa_type=LargeBinary)
    relation: str = Field(default="", sa_type=LargeBinary)
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
    # Sealed: the whole event as JSON, in the form that docs/protocol.md gives.
    body: bytes = Field(sa_type=LargeBinary)


class ItemRow(SQLModel, table=True):
    """An item as the log has made it, up to the board's `folded`; `born` and `rev` are numbers of
    events."""

    __tablename__ = "item"
    __table_args__ = _CLUSTERED

    board_id: str = Field(primary_key=True, max_length=ID)
    id: str = Field(primary_key=True, max_length=ID)
    kind: str = Field(max_length=40)
    born: int = Field(sa_type=Integer)
    rev: int = Field(sa_type=Integer)
    # Sealed: its other fields as JSON.
    body: bytes = Field(sa_type=LargeBinary)


class TextRow(SQLModel, table=True):
    """The Yjs state of a text in which somebody wrote, sealed."""

    __tablename__ = "text"
    __table_args__ = _CLUSTERED

    board_id: str = Field(primary_key=True, foreign_key="board.id", max_length=ID)
    item_id: str = Field(primary_key=True, max_length=ID)
    field: str = Field(primary_key=True, max_length=40)
    state: bytes = Field(sa_type=LargeBinary)


class KeyRow(SQLModel, table=True):
    """A key that has sealed something here, by its id, and a known word that it sealed: a wrong
    key is found out at the start."""

    __tablename__ = "key"

    id: str = Field(primary_key=True, max_length=8)
    made_at: str = Field(max_length=32)
    word: bytes = Field(sa_type=LargeBinary)


class AuditRow(SQLModel, table=True):
    """Who saw, changed, exported and shared what; ids and kinds only (app/keeping/audit.py)."""

    __tablename__ = "audit"
    __table_args__ = _CLUSTERED

    scope: str = Field(primary_key=True, max_length=ID)
    seq: int = Field(primary_key=True, sa_type=Integer)
    at: str = Field(max_length=32)
    actor: str = Field(max_length=ID)
    kind: str = Field(max_length=40)
    board: str = Field(max_length=ID, index=True)
    item: str = Field(max_length=ID)
    # Further ids and numbers, as canonical JSON.
    more: str = Field(sa_type=Text)
    hash: str = Field(max_length=64)


class RetentionRow(SQLModel, table=True):
    """For how many months after its end a meeting is kept, for one organisation (`scope`)."""

    __tablename__ = "retention"

    scope: str = Field(primary_key=True, max_length=ID)
    months: int = Field(sa_type=Integer)
