"""The process that listens: one worker, or several that share an address (app/crew.py).

A worker that is told to end lets its pages go first: see app/live/draining.py.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from app import logs
from app.live.draining import drain
from app.settings import Settings

# After the pages have gone: how long answers that are under way may take, in seconds.
_GRACE = 5


class Worker(uvicorn.Server):
    """`started_well` is called once it takes connections."""

    def __init__(self, settings: Settings, started_well: Callable[[], None] | None = None) -> None:
        super().__init__(uvicorn.Config("app.main:app", **_options(settings)))
        self._started_well = started_well

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._started_well:
            self._started_well()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from app.main import app

        if sockets:  # shared with other workers: they take those who come from now on
            for server in self.servers:
                server.close()
        await drain(app.state.house, lambda: self.force_exit)
        await super().shutdown(sockets)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "app.live.protocol:ShortHeads",
        "ws": "app.live.protocol:TransportProtocol",
        "proxy_headers": False,
        "ws_per_message_deflate": False,
        "ws_max_size": settings.frame_limit,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": _GRACE,
    }


def listen(settings: Settings) -> int:
    """Serves until the process is told to end."""
    from app.crew import Crew

    logs.set_up(settings.log_level)
    if settings.workers > 1:
        return Crew(settings).run()
    with contextlib.suppress(KeyboardInterrupt):
        Worker(settings).run()
    return 0


def bind(settings: Settings) -> socket.socket:
    """A listening address that several processes may take connections from."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    shared = socket.socket(family, socket.SOCK_STREAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.bind((settings.host, settings.port))
    return shared
