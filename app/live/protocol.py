"""uvicorn's protocols, with a limit on a request's head, and the socket's transport for the app.

Use: uvicorn --ws app.live.protocol:TransportProtocol (`kinboard serve` does). Per-message deflate
must be off, as frames are written past the protocol's own encoder.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.live.wire import EXTENSION

# While a body comes in, nothing is counted here.
_NO_HEAD = -(1 << 40)
# Bytes of a request's first line and headers together.
_LONGEST_HEAD = 65_536


class ShortHeads(HttpToolsProtocol):
    """Drops a connection whose request line and headers do not come to an end."""

    _head = 0

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        super().data_received(data)
        if self._head > _LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request is too long.")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head = _NO_HEAD

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._head = 0


class TransportProtocol(WebSocketsSansIOProtocol):
    async def run_asgi(self) -> None:
        if not self.config.ws_per_message_deflate:
            self.scope["extensions"][EXTENSION] = self.transport  # type: ignore[index, assignment]
        await super().run_asgi()

    def keepalive_timeout(self) -> None:
        """Who answers no ping reads nothing either: what is unsent is let go, not waited for."""
        super().keepalive_timeout()
        self.transport.abort()
