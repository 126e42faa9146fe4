"""Real deletion, on order of a court or when the time is over: rows, contents, seats.

Each runs in one transaction, also while servers run. A board in a server's memory is found out by
its epoch, or by its absence, and loaded anew or let go (app/live/house.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from app.clock import now
from app.history.redaction import DELETED, redact
from app.keeping.anchors import new_anchor
from app.keeping.chain import Note, append
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.store.seal import Seal
from app.store.store import (
    event_row,
    item_row,
    load_board,
    read_events,
    seal_event,
    seal_item,
    seal_text,
    text_row,
)
from app.store.tables import (
    BoardRow,
    EventRow,
    FamilyRow,
    InvitationRow,
    ItemRow,
    SeatRow,
    TextRow,
    metadata,
)

_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_event: Table = EventRow.__table__  # type: ignore[attr-defined]
_family: Table = FamilyRow.__table__  # type: ignore[attr-defined]
_item: Table = ItemRow.__table__  # type: ignore[attr-defined]
_seat: Table = SeatRow.__table__  # type: ignore[attr-defined]
_invitation: Table = InvitationRow.__table__  # type: ignore[attr-defined]
_text: Table = TextRow.__table__  # type: ignore[attr-defined]


# What the audit log calls them.
DELETIONS = ("meeting.deleted", "family.deleted", DELETED)


class Kept(Exception):
    """Nothing was deleted. The message says why, in one line, by ids."""


@contextmanager
def deleting(engine: Engine) -> Iterator[Connection]:
    """A transaction in which what is deleted is overwritten too."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        yield connection


def delete_meeting(connection: Connection, board_id: str, actor: str, why: str) -> None:
    """Every row of a meeting, in whatever table. Raises Kept."""
    row = _found_board(connection, board_id)
    _not_held(connection, row.family_id)
    _delete_board(connection, board_id, actor, why)


def delete_family(connection: Connection, family_id: str, actor: str, why: str) -> None:
    """A family with all of its meetings. Raises Kept."""
    _not_held(connection, family_id)
    boards = select(_board.c.id).where(_board.c.family_id == family_id)
    for board_id in connection.scalars(boards).all():
        _delete_board(connection, board_id, actor, why)
    _delete_where(connection, "family_id", family_id)
    connection.execute(delete(_family).where(_family.c.id == family_id))
    append(connection, [Note(actor, "family.deleted", item=family_id, more={"why": why})])


def delete_person(
    connection: Connection, seal: Seal, board_id: str, person_id: str, actor: str, why: str
) -> None:
    """One person's words in one meeting, and their seats. Raises Kept."""
    row = _found_board(connection, board_id)
    _not_held(connection, row.family_id)
    # The new epoch first: from here on nobody else can write on this board.
    this = update(_board).where(_board.c.id == board_id)
    connection.execute(this.values(epoch=_board.c.epoch + 1))
    board = load_board(connection, seal, board_id)
    person = board.get(Person, person_id) if board else None
    if board is None or person is None:
        raise Kept(f"There is no person {person_id} in the meeting {board_id}.")
    redaction = redact(board_id, read_events(connection, seal, board_id), person_id, now())
    last = redaction.events[-1]
    connection.execute(this.values(seq=last.seq, folded=last.seq))
    for event in redaction.events[:-1]:
        if event.seq in redaction.changed:
            sealed = seal_event(seal, event_row(board_id, event))
            where = (_event.c.board_id == board_id, _event.c.seq == event.seq)
            connection.execute(update(_event).where(*where).values(body=sealed["body"]))
    connection.execute(insert(_event), seal_event(seal, event_row(board_id, last)))
    for table in (_item, _text):
        connection.execute(delete(table).where(table.c.board_id == board_id))
    items = [seal_item(seal, item_row(board_id, one)) for one in redaction.board.items.values()]
    connection.execute(insert(_item), items)
    merged = redaction.board.texts.items()
    states = [seal_text(seal, text_row(board_id, *key, state)) for key, state in merged]
    if states:
        connection.execute(insert(_text), states)
    knock = board.get(Knock, knock_id(person_id))
    if knock and knock.invitation:
        # Whom a link was made for is a name too; the link itself has been used.
        for_one = (_invitation.c.id == knock.invitation, _invitation.c.most == 1)
        connection.execute(delete(_invitation).where(*for_one))
    if person.role not in ("facilitator", "projector"):
        seats = (_seat.c.board_id == board_id, _seat.c.person_id == person_id)
        connection.execute(delete(_seat).where(*seats))
    append(connection, [Note(actor, DELETED, board_id, person_id, {"why": why, "seq": last.seq})])
    anchor = new_anchor(connection, seal, board_id)
    append(connection, [anchor] if anchor else [])


def _found_board(connection: Connection, board_id: str):
    row = connection.execute(select(_board).where(_board.c.id == board_id)).one_or_none()
    if row is None:
        raise Kept(f"There is no meeting {board_id}.")
    return row


def _not_held(connection: Connection, family_id: str) -> None:
    row = connection.execute(select(_family).where(_family.c.id == family_id)).one_or_none()
    if row is None:
        raise Kept(f"There is no family {family_id}.")
    if row.held:
        raise Kept(f"The family {family_id} is on hold: `kinboard hold {family_id} off` first.")


def _delete_board(connection: Connection, board_id: str, actor: str, why: str) -> None:
    _delete_where(connection, "board_id", board_id)
    connection.execute(delete(_board).where(_board.c.id == board_id))
    append(connection, [Note(actor, "meeting.deleted", board_id, more={"why": why})])


def _delete_where(connection: Connection, column: str, value: str) -> None:
    """From every table that has such a column: one that comes later is not forgotten."""
    for table in reversed(metadata.sorted_tables):
        if column in table.c:
            connection.execute(delete(table).where(table.c[column] == value))
