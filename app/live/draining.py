"""A worker that is about to end lets its pages go, and they find another one.

New sockets are turned away and /readyz says no. Each page is asked to come back (close code 1012)
at a moment of its own, so that not all of them knock elsewhere at once; until then it goes on as
before. A page that was asked is live again after a tenth of a second or two.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from app.live.house import House

# Seconds between two pages, unless there are so many that it has to go quicker.
_BETWEEN = 0.01
_STEP = 0.02


async def drain(house: House, is_urgent: Callable[[], bool]) -> None:
    """Returns when every page was asked; sooner where it `is_urgent`."""
    house.is_draining = True
    wires = house.wires()
    random.shuffle(wires)
    lasts = min(house.settings.drain_seconds, _BETWEEN * len(wires))
    loop = asyncio.get_running_loop()
    begun, count = loop.time(), len(wires)
    while wires and not is_urgent():
        part = min(1.0, (loop.time() - begun) / lasts) if lasts else 1.0
        for _ in range(len(wires) - round(count * (1 - part))):
            wires.pop().close(1012, "restart")
        await asyncio.sleep(_STEP)
