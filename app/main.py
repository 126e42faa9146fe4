"""The web application: `uvicorn app.main:app`, or `kinboard serve`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match

from app import __version__, logs
from app.board.commands import refusal
from app.board.refusal import Refused
from app.fragments.engine import STATIC, warm, warm_the_others
from app.fragments.language import DEFAULT
from app.fragments.sentences import explain
from app.live.house import House
from app.pages import (
    account,
    agency,
    api,
    api_invitations,
    auditing,
    desk,
    door,
    houses,
    invitations,
    leaving,
    live,
    meeting,
    passkeys,
    sign_in,
    styles,
    team,
    tools,
)  # fmt: skip
from app.pages.proxies import Sizes, TrustedProxies
from app.pages.respond import NotFromHere, SafeHeaders, go, reader_lang, safe_headers, show
from app.pages.signed import SignIn
from app.practice.loading import SHELF
from app.practice.toolbox import TOOLBOX
from app.settings import Settings, read_settings
from app.store.faults import Away

log = logging.getLogger("kinboard")

_ROOMS = (
    *(
        door,
        meeting,
        houses,
        invitations,
        tools,
        leaving,
        sign_in,
        passkeys,
        agency,
        account,
        team,
        auditing,
        desk,
    ),
    *(api, api_invitations, live, styles),
)


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or read_settings()
    if settings.public_url.startswith("https:") and not settings.trusted_proxies:
        log.warning("HTTPS ends at a proxy: set KINBOARD_TRUSTED_PROXIES (docs/joining.md)")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.house = house = House(settings)
        await house.start()
        read_own_templates(settings)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, read_again, settings, house)
        logs.hush()
        warm(DEFAULT)
        warming = asyncio.create_task(asyncio.to_thread(warm_the_others, DEFAULT))
        # What is here now stays: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        yield
        await warming
        await house.stop()

    app = FastAPI(
        title="Kinboard", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    for module in _ROOMS:
        app.include_router(module.router)
    app.mount("/static", Static(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=600)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Sizes)
    app.add_middleware(TrustedProxies, count=settings.trusted_proxies)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """Whether the process is alive."""
        return PlainTextResponse("ok")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """Whether proxies may send people here (docs/faults.md). Without Redis they may."""
        house: House = app.state.house
        if house.is_draining:
            return PlainTextResponse("draining\n", 503)
        redis = "away" if house.workers.are_apart else "ok"
        redis = redis if settings.redis_url else "not used"
        if await house.store.is_ready():
            return PlainTextResponse(f"database: ok\nredis: {redis}\n")
        return PlainTextResponse(f"database: away\nredis: {redis}\n", 503)

    app.exception_handler(Refused)(_refused)
    app.exception_handler(Away)(_away)
    app.exception_handler(api.Unknown)(_unknown)
    app.exception_handler(RequestValidationError)(_not_valid)
    app.exception_handler(meeting.Outside)(_outside)
    app.exception_handler(SignIn)(_sign_in)
    app.exception_handler(NotFromHere)(_not_from_here)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_fault)
    return app


class Static(StaticFiles):
    """frontend/static; a first folder "v-…" in an address only tells apart what changed."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        first, _, rest = path.partition(os.sep)
        return super().lookup_path(rest if first.startswith("v-") else path)


def read_own_templates(settings: Settings) -> None:
    """At the start, and again at each SIGHUP; what is broken is logged and left out."""
    if settings.templates:
        SHELF.load(settings.templates)
    if settings.tools:
        TOOLBOX.load(settings.tools)


def read_again(settings: Settings, house: House) -> None:
    read_own_templates(settings)
    house.show_stages_again()


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api")


def _error(request: Request, refusal: Refused, status: int) -> Response:
    answer = _told(request, refusal, status)
    if refusal.code == "slow_down":
        answer.headers["retry-after"] = str(refusal.details["wait"])
    if status == 503:
        answer.headers["retry-after"] = "2"
    return answer


def _told(request: Request, refusal: Refused, status: int) -> Response:
    message = explain(refusal, reader_lang(request))
    if _wants_json(request):
        told = {"code": refusal.code, "field": refusal.field, "message": message}
        return JSONResponse({"error": told}, status)
    return show(request, "error.html", reader_lang(request), status, message=message)


_STATUS = {"not_found": 404, "link_ended": 404, "slow_down": 429}


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)
    if refusal.code == "not_saved":
        return await _away(request, refusal)
    return _error(request, refusal, _STATUS.get(refusal.code, 422))


async def _away(request: Request, _: Exception) -> Response:
    """The database cannot be asked just now; what was sent is sent again when the page is loaded
    again."""
    if request.method in ("GET", "HEAD"):
        return _error(request, Refused("resting"), 503)
    return _error(request, Refused("not_saved" if _wants_json(request) else "not_sent"), 503)


async def _unknown(request: Request, _: Exception) -> Response:
    return _error(request, Refused("not_let_in", "token"), 401)


async def _not_valid(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, RequestValidationError)
    first = wrong.errors()[0]
    # ("body", "name"), ("body", 17) where the JSON breaks off, ("body",)
    spot = first["loc"][1] if len(first["loc"]) > 1 else ""
    spot = spot if isinstance(spot, str) else ""
    return _error(request, refusal(first["type"], spot, first.get("ctx")), 422)


async def _outside(request: Request, outside: Exception) -> Response:
    assert isinstance(outside, meeting.Outside)
    return meeting.gone(request, str(outside.detail))


async def _sign_in(_: Request, first: Exception) -> Response:
    assert isinstance(first, SignIn)
    return go(first.address)


async def _not_from_here(request: Request, _: Exception) -> Response:
    return _error(request, Refused("old_page"), 403)


async def _http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    if failure.status_code == 404:
        return _error(request, Refused("not_found"), 404)
    if failure.status_code == 400 and _wants_json(request):  # a body that is no text at all
        return _error(request, Refused("not_json"), 422)
    answer = _error(request, Refused("not_valid"), failure.status_code)
    if failure.status_code == 405:
        answer.headers["allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> set[str]:
    """The methods that this address takes; each route knows only of its own."""
    routes = [route for room in _ROOMS for route in room.router.routes]
    fitting = [one for one in routes if one.matches(request.scope)[0] is not Match.NONE]
    return {method for route in fitting for method in getattr(route, "methods", None) or ()}


async def _fault(request: Request, fault: Exception) -> Response:
    log.error("a request failed", exc_info=fault)
    response = _error(request, Refused("not_saved"), 500)
    # This answer goes past the middleware.
    response.raw_headers.extend(safe_headers(request.state.nonce))
    return response


app = create_app()
