"""`kinboard audit`: reading the audit log and checking that nobody edited it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from app.admin.database import database, migrate
from app.keeping import audit
from app.keeping.chain import audit_table, entries


def add_to(commands: Any) -> None:
    group = commands.add_parser("audit", help="read or check the log of who saw and did what")
    kinds = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    verify_parser = kinds.add_parser("verify", help="check that nothing was edited")
    verify_parser.add_argument("--holds", default="", metavar="HASH", help="an earlier last hash")
    verify_parser.set_defaults(run=verify)
    show_parser = kinds.add_parser("show", help="print the log")
    show_parser.add_argument("--meeting", default="", metavar="ID")
    show_parser.add_argument("--since", default="", metavar="YYYY-MM-DD")
    show_parser.set_defaults(run=show)


def verify(chosen: argparse.Namespace) -> int:
    migrate()
    with database() as opened, opened.begin() as connection:
        count, last, wrong = audit.verify(connection, opened.seal)
        is_held = not chosen.holds or any(entries(connection, audit_table.c.hash == chosen.holds))
    if not wrong and not is_held:
        wrong = f"entries were taken off its end: it does not hold {chosen.holds}"
    if wrong:
        print(f"The audit log is broken: {wrong}.", file=sys.stderr)
        return 1
    print(f"The audit log is whole: {count} entries, the last one is {last or 'none'}.")
    return 0


def show(arguments: argparse.Namespace) -> None:
    migrate()
    conditions = []
    if arguments.meeting:
        conditions.append(audit_table.c.board == arguments.meeting)
    if arguments.since:
        conditions.append(audit_table.c.at >= arguments.since)
    with database() as opened, opened.begin() as connection:
        for entry in entries(connection, *conditions):
            note = entry.note
            more = " ".join(f"{name}={value}" for name, value in note.more.items())
            parts = (entry.seq, note.at, note.kind, note.actor or "-", note.board, note.item, more)
            print("  ".join(str(part) for part in parts if part != ""))
