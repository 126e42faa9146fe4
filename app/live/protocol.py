"""uvicorn's sans-I/O websocket protocol, which also hands its transport to the app.

Use: uvicorn --ws app.live.protocol:TransportProtocol (`kinboard serve` does). Per-message deflate
must be off, as frames are written past the protocol's own encoder.
"""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.live.wire import EXTENSION


class TransportProtocol(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        if not self.config.ws_per_message_deflate:
            self.scope["extensions"][EXTENSION] = self.transport  # type: ignore[index, assignment]
        await super().run_asgi()
