"""Who really calls, where proxies stand in front; and requests that are too large to be read."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LONGEST_ADDRESS = 4096
_LONGEST_HEADERS = 32_768
# Forms are small; records have their own limit where they are read.
_BODY = 262_144
_RECORD = 51_000_000
_RECORDS = ("/desk/import", "/api/records")


class TrustedProxies:
    """ASGI middleware: takes address and scheme from what the nearest trusted proxy wrote.

    Each proxy adds the address that called it to the end of X-Forwarded-For. With `count` proxies
    of our own, the caller is the `count`-th from the end; what stands before it anybody may have
    written. With none, the header is not looked at.
    """

    def __init__(self, app: ASGIApp, count: int) -> None:
        self.app = app
        self.count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.count and scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            told = ",".join(headers.getlist("x-forwarded-for")).split(",")
            if len(told) >= self.count and told[-self.count].strip():
                scope["client"] = (told[-self.count].strip(), 0)
            proto = ",".join(headers.getlist("x-forwarded-proto")).split(",")[-1].strip()
            if proto in ("http", "https"):
                is_socket = scope["type"] == "websocket"
                scope["scheme"] = proto.replace("http", "ws") if is_socket else proto
        await self.app(scope, receive, send)


class Sizes:
    """ASGI middleware: refuses what is longer than anything that Kinboard itself would send."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        headers = sum(len(name) + len(value) for name, value in scope["headers"])
        limit = _RECORD if scope["path"] in _RECORDS else _BODY
        told = Headers(scope=scope).get("content-length", "0")
        body = int(told) if told.isascii() and told.isdigit() else limit + 1
        for is_too_long, status in (
            (address > _LONGEST_ADDRESS, 414),
            (headers > _LONGEST_HEADERS, 431),
            (body > limit, 413),
        ):
            if is_too_long:
                await _refuse(send, status)
                return
        came = 0

        async def receive_some() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_some, send)


async def _refuse(send: Send, status: int) -> None:
    headers = [
        (b"content-length", b"0"),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
