"""`kinboard`: serve, demo, play, token, facilitator, migrate."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from alembic import command
from alembic.config import Config

from app.desk import hosting
from app.live.house import House
from app.settings import ROOT, Settings, read_settings


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="kinboard", description="The live board for families.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    commands.add_parser("serve", help="migrate the database and serve").set_defaults(run=serve)
    commands.add_parser("demo", help="serve, with a demo meeting half-way through").set_defaults(
        run=demo
    )
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=migrate)

    facilitator = commands.add_parser("facilitator", help="add a facilitator, print their link")
    facilitator.add_argument("name")
    facilitator.add_argument("--lang", default="en")
    facilitator.set_defaults(run=add_facilitator)

    token = commands.add_parser("token", help="print a token for a program (docs/protocol.md)")
    token.add_argument("name", nargs="?", default="Program")
    token.set_defaults(run=print_token)

    play = commands.add_parser("play", help="let programs play the demo meeting live")
    play.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    play.set_defaults(run=play_demo)

    chosen = parser.parse_args(arguments)
    return chosen.run(chosen) or 0


def migrate(_: argparse.Namespace) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    command.upgrade(config, "head")


def serve(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    if not is_free(settings.host, settings.port):
        return taken(settings)
    migrate(arguments)
    return listen(settings)


def demo(arguments: argparse.Namespace) -> int:
    from app.demo import links

    # Phones on the same network can join the demo; `serve` stays on this machine by default.
    os.environ.setdefault("HOST", "0.0.0.0")
    os.environ["KINBOARD_DEMO"] = "1"
    settings = read_settings()
    if not is_free(settings.host, settings.port):
        return taken(settings)
    migrate(arguments)
    os.environ.setdefault("KINBOARD_PUBLIC_URL", links.public_url(settings))
    print(asyncio.run(in_house(links.prepare)), flush=True)
    return listen(read_settings())


def play_demo(arguments: argparse.Namespace) -> int:
    from app.demo import play

    return asyncio.run(play.run(read_settings(), arguments.speed))


def add_facilitator(arguments: argparse.Namespace) -> None:
    async def add(house: House) -> str:
        _, token = await hosting.add_facilitator(house, arguments.name, arguments.lang)
        settings = house.settings
        base = settings.public_url or f"http://{settings.host}:{settings.port}"
        return f"{base.rstrip('/')}/enter/{token}"

    migrate(arguments)
    print(asyncio.run(in_house(add)))


def print_token(arguments: argparse.Namespace) -> None:
    async def add(house: House) -> str:
        return (await hosting.add_facilitator(house, arguments.name))[1]

    migrate(arguments)
    print(asyncio.run(in_house(add)))


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


def listen(settings: Settings) -> int:
    import uvicorn

    uvicorn.run(
        "app.main:app",
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="app.live.protocol:ShortHeads",
        ws="app.live.protocol:TransportProtocol",
        proxy_headers=False,
        ws_per_message_deflate=False,
        ws_max_size=settings.frame_limit,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
