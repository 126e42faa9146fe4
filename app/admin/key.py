"""`kinboard key`: the keys that seal what people wrote (docs/data.md)."""

from __future__ import annotations

import argparse
import time
from typing import Any

from app.admin.database import Database, database, migrate
from app.keeping.rotation import reseal
from app.store.keys import new_line
from app.store.seal import LOOK_EVERY
from app.store.unlock import forget_older, note_key


def add_to(commands: Any) -> None:
    group = commands.add_parser("key", help="the keys that seal what people wrote")
    kinds = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    kinds.add_parser("new", help="print a new key for KINBOARD_KEYS").set_defaults(run=new)
    rotate_parser = kinds.add_parser("rotate", help="add a key and seal everything anew with it")
    rotate_parser.set_defaults(run=rotate)


def new(_: argparse.Namespace) -> None:
    print(new_line())


def rotate(_: argparse.Namespace) -> None:
    """Also while the server runs: it takes the new key from the file with its next commit."""
    migrate()
    with database() as opened:
        if opened.seal.keyring.path:
            opened.seal.keyring.add()
            opened.seal.refresh()
            time.sleep(LOOK_EVERY * 1.5)  # a server that writes seals with it too by now
        count = renew(opened)
        newest = opened.seal.keyring.newest
        print(f"{count} values are sealed anew with the key {newest}.")
        print("Keep the older keys for as long as there are backups that they sealed.")


def renew(opened: Database) -> int:
    with opened.begin() as connection:
        note_key(connection, opened.seal)
    total = 0
    # What the server sealed with the old key meanwhile is found by the next pass.
    while count := reseal(opened.begin, opened.seal):
        total += count
    with opened.begin() as connection:
        forget_older(connection, opened.seal)
    opened.note("key.rotated", key=opened.seal.keyring.newest, values=total)
    return total
