"""News between workers: said once, to whoever listens, and no harm where it is lost.

Alone, a worker needs none. Several tell each other through Redis, on one sharded channel for each
board, so that a cluster spreads the boards over its machines. Redis holds nothing, and what people
wrote goes through it sealed. While it is away, app/live/watch.py finds out the same a little later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

# Called with a board's id and what was said of it; and once news of a board will be heard.
Heard = Callable[[str, bytes], None]
Followed = Callable[[str], None]


class News(Protocol):
    @property
    def is_away(self) -> bool: ...

    def tell(self, board_id: str, said: bytes) -> None: ...

    def follow(self, board_id: str) -> None: ...

    def leave(self, board_id: str) -> None: ...

    def start(self, heard: Heard, followed: Followed) -> None: ...

    async def stop(self) -> None: ...


class Alone:
    """There is nobody to tell."""

    is_away = False

    def tell(self, board_id: str, said: bytes) -> None:
        pass

    def follow(self, board_id: str) -> None:
        pass

    def leave(self, board_id: str) -> None:
        pass

    def start(self, heard: Heard, followed: Followed) -> None:
        pass

    async def stop(self) -> None:
        pass
