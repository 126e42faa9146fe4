"""`kinboard`: serve, demo, play, check data, migrate; the rest is in account_commands and admin."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from app import account_commands
from app.admin import audit, backup, delete, key, retention
from app.admin.database import migrate
from app.board.refusal import Refused
from app.fragments.sentences import explain
from app.live.house import House
from app.practice.reading import SheetShelf
from app.serving import listen
from app.settings import Settings, read_settings
from app.store.keys import KeyTrouble
from app.store.migrating import StillRunning


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="kinboard", description="The live board for families.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serving = commands.add_parser("serve", help="migrate the database and serve")
    serving.add_argument("--workers", type=int, help="processes that share the port (default: 1)")
    serving.set_defaults(run=serve)
    commands.add_parser("demo", help="serve, with a demo meeting half-way through").set_defaults(
        run=demo
    )
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=migrate)

    account_commands.add_parsers(commands)

    templates = commands.add_parser("templates", help="check an agency's own kinds of meetings")
    templates.add_argument("folder", type=Path)
    templates.set_defaults(run=check_templates)

    tools = commands.add_parser("tools", help="check an agency's own structured assessments")
    tools.add_argument("folder", type=Path)
    tools.set_defaults(run=check_tools)

    play = commands.add_parser("play", help="let programs play the demo meeting live")
    play.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    play.set_defaults(run=play_demo)

    for group in (audit, backup, delete, key, retention):
        group.add_to(commands)

    chosen = parser.parse_args(arguments)
    run = ask_in_house if "ask" in chosen else chosen.run
    try:
        return run(chosen) or 0
    except (KeyTrouble, StillRunning) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def serve(arguments: argparse.Namespace) -> int:
    if arguments.workers is not None:
        os.environ["KINBOARD_WORKERS"] = str(arguments.workers)  # workers read it again
    settings = read_settings()
    if not is_free(settings.host, settings.port):
        return taken(settings)
    migrate()
    return listen(settings)


def demo(arguments: argparse.Namespace) -> int:
    from app.demo import links

    # Phones on the same network can join the demo; `serve` stays on this machine by default.
    os.environ.setdefault("HOST", "0.0.0.0")
    os.environ["KINBOARD_DEMO"] = "1"
    settings = read_settings()
    if not is_free(settings.host, settings.port):
        return taken(settings)
    migrate()
    os.environ.setdefault("KINBOARD_PUBLIC_URL", links.public_url(settings))
    print(asyncio.run(in_house(links.prepare)), flush=True)
    return listen(read_settings())


def play_demo(arguments: argparse.Namespace) -> int:
    from app.demo import play

    return asyncio.run(play.run(read_settings(), arguments.speed))


def check_templates(arguments: argparse.Namespace) -> int:
    from app.practice.loading import Shelf

    return _check_sheets(Shelf(), arguments.folder, "No good template.")


def check_tools(arguments: argparse.Namespace) -> int:
    from app.practice.toolbox import Toolbox

    return _check_sheets(Toolbox(), arguments.folder, "No good tool.")


def _check_sheets(shelf: SheetShelf[Any], folder: Path, none: str) -> int:
    broken = shelf.load(folder)
    for problem in broken:
        print(problem, file=sys.stderr)
    print(f"{len(shelf.ids)} good: {', '.join(shelf.ids)}" if shelf.ids else none)
    return 1 if broken or not shelf.ids else 0


def ask_in_house(arguments: argparse.Namespace) -> int:
    """Has something done in the house, and prints what came of it."""
    migrate()
    try:
        print(asyncio.run(in_house(lambda house: arguments.ask(house, arguments))))
    except Refused as refusal:
        about = f" ({refusal.field})" if refusal.field else ""
        print(explain(refusal, "en") + about, file=sys.stderr)
        return 1
    return 0


async def in_house(work: Callable[[House], Awaitable[Any]]) -> Any:
    house = House(read_settings())
    await house.start()
    try:
        return await work(house)
    finally:
        await house.stop()


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def taken(settings: Settings) -> int:
    print(
        f"Port {settings.port} is taken. Choose another one: PORT={settings.port + 1} make run",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
