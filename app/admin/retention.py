"""`kinboard retention`: for how long meetings are kept."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from app.admin.database import ADMIN, database, migrate
from app.keeping import retention
from app.keeping.chain import SCOPE
from app.keeping.tidying import tidy


def add_to(commands: Any) -> None:
    group = commands.add_parser("retention", help="for how long meetings are kept")
    kinds = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    set_parser = kinds.add_parser("set", help="set it")
    set_parser.add_argument("--months", type=_months, required=True, help="0 keeps everything")
    set_parser.add_argument("--organisation", default="", help="its id, where there are several")
    set_parser.set_defaults(run=set_months)
    run_parser = kinds.add_parser("run", help="delete what is over now; the server does it daily")
    run_parser.add_argument("--dry-run", action="store_true", help="only say what is over")
    run_parser.set_defaults(run=run)


def _months(text: str) -> int:
    months = int(text)
    if not 0 <= months <= 1200:
        raise argparse.ArgumentTypeError("from 0 to 1200")
    return months


def set_months(chosen: argparse.Namespace) -> int:
    migrate()
    with database() as opened:
        with opened.begin() as connection:
            known = retention.organisations(connection)
            if chosen.organisation and chosen.organisation not in known:
                print(f"There is no such organisation. There is: {', '.join(known) or 'none'}.")
                return 1
            retention.set_months(connection, chosen.months, chosen.organisation or SCOPE)
        opened.note("retention.set", item=chosen.organisation, months=chosen.months)
    print(f"Meetings are kept for {chosen.months} months." if chosen.months else "All is kept.")
    return 0


def run(chosen: argparse.Namespace) -> None:
    migrate()
    at = datetime.datetime.now(datetime.UTC)
    with database() as opened:
        with opened.begin() as connection:
            due = retention.due(connection, opened.seal, at)
        for one in due:
            said = "on hold, stays" if one.held else "is over"
            print(f"meeting {one.board}  family {one.family}  ended {one.ended[:10]}  {said}")
        if chosen.dry_run:
            return
        gone = retention.run(opened.engine, opened.seal, at, ADMIN)
        if gone:
            tidy(opened.engine)
    print(f"{len(gone)} deleted.")
