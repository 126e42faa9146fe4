"""Answers to browsers: pages, cookies, and the headers that every answer carries."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.cookies import SEAT as SEAT
from app.access.cookies import cookie, cookie_name, is_https
from app.access.limits import Limit, network, seconds
from app.access.tokens import digest
from app.board.refusal import Refused
from app.fragments.engine import page
from app.fragments.language import best, languages

CSRF = "kb_form"
LANG = "kb_lang"
DESK = "kb_desk"

# Scripts: those that a page of ours names with the nonce of its answer, and what they import.
# HTML becomes part of a page only through the policy in frontend/static/js/trusted.js.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'nonce-{nonce}'",
        "require-trusted-types-for 'script'",
        "trusted-types kinboard",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),
]
_STATIC_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"public, max-age=31536000, immutable"),
]


def safe_headers(nonce: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-security-policy", _POLICY.format(nonce=nonce).encode()), *_HEADERS]


class SafeHeaders:
    """ASGI middleware: the same protective headers on every answer; nothing private is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Files that are the same for everyone need no page's policy: on a slow line it is
                # time. Where there is no such file, the answer is a page like others.
                is_file = is_static and message["status"] < 400
                headers = _STATIC_HEADERS if is_file else safe_headers(nonce)
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def reader_lang(request: Request) -> str:
    """The language of somebody not in a meeting yet: their choice, else what the browser asks."""
    chosen = request.query_params.get("lang") or cookie(request, LANG)
    return best(chosen or request.headers.get("accept-language", ""))


def show(
    request: Request, template: str, lang: str, status: int = 200, **context: Any
) -> HTMLResponse:
    token = form_token(request) or secrets.token_urlsafe(16)
    settings = request.app.state.house.settings
    context = {
        "csrf": token,
        "languages": languages(),
        "nonce": request.state.nonce,
        "exit_url": settings.exit_url,
    } | context
    context |= {name: _Fields(context.get(name, {})) for name in ("form", "errors")}
    response = HTMLResponse(page(template, lang, **context), status)
    if not form_token(request):
        keep(request, response, CSRF, token)
    return response


class _Fields(dict):
    """What was typed, or what is wrong with it; empty for every field that is not there."""

    def __missing__(self, name: str) -> str:
        return ""


def keep(request: Request, response: Any, name: str, value: str, days: int = 30) -> None:
    # Lax, not Strict: a link or QR code opened from another app has to find the seat again.
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=days * 86_400,
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )


def drop(request: Request, response: Any, name: str) -> None:
    response.delete_cookie(
        cookie_name(request, name), httponly=True, secure=is_https(request), samesite="lax"
    )


def go(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)


def desk_cookie(request: Request) -> str:
    """The name of the cookie of a signed-in browser."""
    return cookie_name(request, DESK)


def form_token(request: Request) -> str:
    """What the forms of our pages carry: it hangs on the session where somebody is signed in, on
    a cookie of this browser elsewhere; "" where there is none yet."""
    session = request.cookies.get(desk_cookie(request))
    return digest(f"form {session}") if session else cookie(request, CSRF)


def from_here(request: Request, form: Any) -> bool:
    """Whether a form was sent by a page of ours: it carries the token that we gave it."""
    token, shown = form_token(request), str(form.get("csrf", ""))
    # As bytes: of texts it compares only those in ASCII, and anything may have been sent.
    return bool(token) and secrets.compare_digest(token.encode(), shown.encode())


class NotFromHere(Exception):
    """A form without the token that our pages put into it."""


async def our_form(request: Request) -> dict[str, str]:
    """What was typed into a form of ours. Raises NotFromHere."""
    form = text_fields(await request.form())
    if not from_here(request, form):
        raise NotFromHere
    return form


def text_fields(form: Any) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def caller(request: Request) -> str:
    """The address that calls, as limits count it."""
    return network(request.client.host if request.client else None)


def not_too_often(limit: Limit, key: str) -> None:
    """Raises Refused "slow_down" where a limit is used up; takes nothing of it."""
    wait = limit.wait(key)
    if wait:
        raise Refused("slow_down", wait=seconds(wait))
