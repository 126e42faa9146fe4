"""For how long meetings are kept after their end."""

from __future__ import annotations

import calendar
import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

from app.keeping.chain import SCOPE, Note, append
from app.keeping.deletion import Kept, delete_family, delete_meeting, deleting
from app.meetings.meeting import MEETING
from app.store.account_tables import TeamRow
from app.store.seal import Seal
from app.store.store import read_item
from app.store.tables import BoardRow, EventRow, FamilyRow, ItemRow, RetentionRow

_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_event: Table = EventRow.__table__  # type: ignore[attr-defined]
_family: Table = FamilyRow.__table__  # type: ignore[attr-defined]
_item: Table = ItemRow.__table__  # type: ignore[attr-defined]
_team: Table = TeamRow.__table__  # type: ignore[attr-defined]
_retention: Table = RetentionRow.__table__  # type: ignore[attr-defined]

WHY = "retention"
# What the audit log calls one run.
RUN = "retention.run"


class Due(NamedTuple):
    """A meeting whose time is over; `ended` is when it was closed, or its last event."""

    board: str
    family: str
    ended: str
    held: bool


def set_months(connection: Connection, months: int, scope: str = SCOPE) -> None:
    """0 keeps everything for ever; `scope` is an organisation's id, or SCOPE for all others."""
    connection.execute(delete(_retention).where(_retention.c.scope == scope))
    if months or scope != SCOPE:
        connection.execute(insert(_retention), {"scope": scope, "months": months})


def organisations(connection: Connection) -> list[str]:
    """The ids of those that have a team."""
    return sorted(connection.scalars(select(_team.c.organisation_id).distinct()))


def months_kept(connection: Connection) -> dict[str, int]:
    """Months by organisation; SCOPE stands for those that have none of their own."""
    rows = connection.execute(select(_retention.c.scope, _retention.c.months))
    return {row.scope: row.months for row in rows}


def due(connection: Connection, seal: Seal, at: datetime.datetime) -> list[Due]:
    """Whose time is over at a moment, the longest ended first."""
    kept = months_kept(connection)
    found = []
    for organisation in organisations(connection):
        months = kept.get(organisation, kept.get(SCOPE, 0))
        if months:
            found += _due_of(connection, seal, organisation, _earlier(at, months).isoformat())
    return sorted(found, key=lambda one: one.ended)


def _due_of(connection: Connection, seal: Seal, organisation: str, before: str) -> list[Due]:
    query = (
        select(_board.c.id, _board.c.family_id, _board.c.made_at, _family.c.held)
        .join(_family, _family.c.id == _board.c.family_id)
        .join(_team, _team.c.id == _family.c.team_id)
        # What was made after that day cannot have ended before it; an import may be older inside.
        .where(_team.c.organisation_id == organisation, _board.c.made_at < before)
    )
    found = [
        Due(row.id, row.family_id, _ended(connection, seal, row.id) or row.made_at, row.held)
        for row in connection.execute(query).all()
    ]
    return [one for one in found if one.ended < before]


def run(engine: Engine, seal: Seal, at: datetime.datetime, actor: str = "") -> list[Due]:
    """Deletes what is due, and families of which nothing is left; the meetings that are gone."""
    gone = []
    with engine.connect() as connection:
        found = due(connection, seal, at)
    for one in found:
        if one.held:
            continue
        try:
            with deleting(engine) as connection:
                delete_meeting(connection, one.board, actor, WHY)
        except Kept:  # held, or deleted by another worker, since it was found
            continue
        gone.append(one)
    for family in dict.fromkeys(one.family for one in gone):
        _delete_if_empty(engine, family, actor)
    with engine.begin() as connection:
        append(connection, [Note(actor, RUN, more={"deleted": len(gone)})])
    return gone


def _delete_if_empty(engine: Engine, family_id: str, actor: str) -> None:
    with deleting(engine) as connection:
        left = select(func.count()).select_from(_board).where(_board.c.family_id == family_id)
        if not connection.scalar(left):
            delete_family(connection, family_id, actor, WHY)


def _ended(connection: Connection, seal: Seal, board_id: str) -> str | None:
    item = select(_item).where(_item.c.board_id == board_id, _item.c.id == MEETING)
    row = connection.execute(item).one_or_none()
    last = select(func.max(_event.c.at)).where(_event.c.board_id == board_id)
    if row is not None and getattr(read_item(seal, row), "state", "") == "closed":
        closed = connection.scalar(last.where(_event.c.type == "meeting.closed"))
        if closed:
            return closed
    return connection.scalar(last)


def _earlier(at: datetime.datetime, months: int) -> datetime.datetime:
    """The same day some months before, or the last day of a shorter month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
