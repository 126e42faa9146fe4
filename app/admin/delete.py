"""`kinboard delete` and `kinboard hold`: what a court orders (docs/data.md)."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, update

from app.admin.database import ADMIN, Database, database, migrate
from app.keeping.chain import audit_table, entries
from app.keeping.deletion import (
    DELETIONS,
    Kept,
    delete_family,
    delete_meeting,
    delete_person,
    deleting,
)
from app.keeping.tidying import tidy
from app.live.watch import HEED
from app.store.tables import FamilyRow

WHY = "order"

_family: Table = FamilyRow.__table__  # type: ignore[attr-defined]


def add_to(commands: Any) -> None:
    group = commands.add_parser("delete", help="really delete, on order of a court")
    kinds = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    meeting = kinds.add_parser("meeting", help="a meeting with everything in it")
    meeting.add_argument("id")
    meeting.set_defaults(run=_meeting)
    family = kinds.add_parser("family", help="a family with all of its meetings")
    family.add_argument("id")
    family.set_defaults(run=_deleted_family)
    person = kinds.add_parser("person", help="one person's words in one meeting")
    person.add_argument("meeting")
    person.add_argument("id")
    person.set_defaults(run=_person)
    listed = kinds.add_parser("list", help="what was deleted, to delete it again after a restore")
    listed.set_defaults(run=_list)

    hold = commands.add_parser("hold", help="keep a family from being deleted, or stop keeping it")
    hold.add_argument("family")
    hold.add_argument("state", choices=("on", "off"))
    hold.set_defaults(run=_hold)


def _meeting(chosen: argparse.Namespace) -> int:
    return _delete(lambda _, one: delete_meeting(one, chosen.id, ADMIN, WHY))


def _deleted_family(chosen: argparse.Namespace) -> int:
    return _delete(lambda _, one: delete_family(one, chosen.id, ADMIN, WHY))


def _person(chosen: argparse.Namespace) -> int:
    return _delete(
        lambda opened, one: delete_person(one, opened.seal, chosen.meeting, chosen.id, ADMIN, WHY)
    )


def _list(_: argparse.Namespace) -> None:
    """One JSON object a line, of ids alone: keep it where the backups are."""
    migrate()
    with database() as opened, opened.begin() as connection:
        for entry in entries(connection, audit_table.c.kind.in_(DELETIONS)):
            note = entry.note
            told = {"at": note.at, "kind": note.kind, "board": note.board, "item": note.item}
            print(json.dumps(told))


def _delete(work: Callable[[Database, Connection], None]) -> int:
    migrate()
    with database() as opened:
        try:
            carry_out(opened, work)
        except Kept as kept:
            print(kept, file=sys.stderr)
            return 1
        is_tidy = tidy(opened.engine)
    # By now no server shows any of it.
    time.sleep(HEED * 1.5)
    print("It is deleted. Backups still hold it: docs/data.md says what to do about them.")
    if not is_tidy:
        print("The file beside the database could not be emptied yet: run this again later.")
    return 0


def carry_out(opened: Database, work: Callable[[Database, Connection], None]) -> None:
    """In one transaction. Raises Kept."""
    with deleting(opened.engine) as connection:
        work(opened, connection)


def _hold(chosen: argparse.Namespace) -> int:
    migrate()
    is_on = chosen.state == "on"
    with database() as opened:
        with opened.begin() as connection:
            step = update(_family).where(_family.c.id == chosen.family).values(held=is_on)
            is_known = connection.execute(step).rowcount == 1
        if not is_known:
            print(f"There is no family {chosen.family}.", file=sys.stderr)
            return 1
        opened.note("hold.set" if is_on else "hold.ended", item=chosen.family)
    print("It is kept." if is_on else "It is kept no longer than others.")
    return 0
