"""Who is signed in at the desk, as pages ask for it; and the cookie that says so."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request

from app.access.cookies import cookie, cookie_name, is_https
from app.clock import from_now
from app.desk import sessions
from app.desk.sessions import Signed
from app.pages.door import house_of
from app.pages.respond import desk_cookie, our_form
from app.store.account_tables import AccountRow

# For how long the second factor may have been shown before a page about passwords, factors and
# people opens, and before its forms are taken, in seconds.
_OPENS, _TAKES = 600, 1200


class SignIn(Exception):
    """Somebody has to sign in first, or to show their second factor; `address` is where."""

    def __init__(self, page: str, request: Request) -> None:
        to = request.url.path if request.method == "GET" else "/desk"
        self.address = f"{page}?to={quote(to)}"


def where_to(wish: str) -> str:
    """A page of the desk that somebody wanted, or else the desk."""
    return wish if re.fullmatch(r"/desk(/[A-Za-z0-9_-]+)*", wish) else "/desk"


async def somebody(request: Request) -> Signed | None:
    return await sessions.signed_in(
        house_of(request), request.cookies.get(desk_cookie(request), "")
    )


async def half(request: Request) -> Signed:
    """Signed in with one factor at least."""
    signed = await somebody(request)
    if signed is None:
        raise SignIn("/desk/sign-in", request)
    return signed


async def full(request: Request) -> Signed:
    """Signed in with both factors."""
    signed = await half(request)
    if not signed.is_full:
        raise SignIn("/desk/sign-in/second", request)
    return signed


async def fresh(request: Request) -> Signed:
    """Signed in, and the second factor was shown a short while ago."""
    signed = await full(request)
    within = _OPENS if request.method == "GET" else _TAKES
    if signed.session.proved_at < from_now(-within):
        raise SignIn("/desk/sign-in/second", request)
    return signed


async def setting_up(request: Request) -> Signed:
    """Somebody who may set up a second factor: they have none yet, or have just shown one."""
    signed = await half(request)
    if signed.is_full or await sessions.has_factor(house_of(request), signed.account):
        return await fresh(request)
    return signed


async def account(signed: Annotated[Signed, Depends(full)]) -> AccountRow:
    return signed.account


Form = Annotated[dict[str, str], Depends(our_form)]
Half = Annotated[Signed, Depends(half)]
Full = Annotated[Signed, Depends(full)]
Fresh = Annotated[Signed, Depends(fresh)]
SettingUp = Annotated[Signed, Depends(setting_up)]
Me = Annotated[AccountRow, Depends(account)]


def keep_session(request: Request, response: Any, token: str) -> None:
    """Until the browser is closed, or the session ends."""
    https = is_https(request)
    response.set_cookie(
        desk_cookie(request), token, httponly=True, secure=https, samesite="lax", path="/"
    )


def forget_session(request: Request, response: Any) -> None:
    https = is_https(request)
    response.delete_cookie(
        desk_cookie(request), httponly=True, secure=https, samesite="lax", path="/"
    )


# Names what has to be remembered between two steps (app/desk/signing_in.py: remember).
_STEP = "kb_step"


def step_token(request: Request) -> str:
    return cookie(request, _STEP)


def keep_step(request: Request, response: Any, token: str) -> None:
    response.set_cookie(
        cookie_name(request, _STEP),
        token,
        max_age=600,
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )


def forget_step(request: Request, response: Any) -> None:
    response.delete_cookie(
        cookie_name(request, _STEP), httponly=True, secure=is_https(request), samesite="lax"
    )


def address_of(request: Request) -> str:
    """The network address that somebody tries from."""
    return request.client.host if request.client else ""


def own_url(request: Request) -> str:
    return (house_of(request).settings.public_url or str(request.base_url)).rstrip("/")
