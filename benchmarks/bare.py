"""The bare server that Kinboard is measured against: rooms, and every text to everyone in the room.

No storage, no rights, no rendering; the same uvicorn, the same sans-I/O sockets, one await each.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

rooms: dict[str, set[Any]] = defaultdict(set)


async def app(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    room = rooms[scope["path"]]
    await receive()
    await send({"type": "websocket.accept"})
    room.add(send)
    try:
        while (message := await receive())["type"] != "websocket.disconnect":
            for tell in list(room):
                await tell({"type": "websocket.send", "text": message["text"]})
    finally:
        room.discard(send)
