"""Signing in at the desk, step by step; and out again."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.board.refusal import Refused
from app.desk import factors, sessions, signing_in
from app.desk.sessions import Signed
from app.fragments.sentences import explain
from app.pages.door import house_of
from app.pages.respond import desk_cookie, go, reader_lang, show
from app.pages.signed import (
    Form,
    Half,
    address_of,
    forget_session,
    keep_session,
    somebody,
    where_to,
)
from app.store.account_tables import AccountRow

router = APIRouter(include_in_schema=False)


@router.get("/desk/sign-in")
async def sign_in_page(request: Request) -> Response:
    signed = await somebody(request)
    to = where_to(request.query_params.get("to", ""))
    return go(to) if signed and signed.is_full else _sign_in(request, to)


@router.post("/desk/sign-in")
async def sign_in(request: Request, form: Form) -> Response:
    house, to = house_of(request), where_to(form.get("to", ""))
    try:
        account = await signing_in.with_password(
            house, form.get("email", ""), form.get("password", ""), address_of(request)
        )
    except Refused as refusal:
        return _sign_in(request, to, 422, form, _told(refusal, reader_lang(request)))
    return await first_factor_shown(request, account, to)


async def first_factor_shown(request: Request, account: AccountRow, to: str) -> Response:
    """On to the second factor, or to setting one up."""
    house = house_of(request)
    has_factor = await sessions.has_factor(house, account)
    response = go(f"/desk/sign-in/second?to={to}" if has_factor else "/desk/account/second")
    token = await sessions.begin(
        house, account, "half", _browser(request), request.cookies.get(desk_cookie(request), "")
    )
    keep_session(request, response, token)
    return response


async def both_factors_shown(request: Request, response: Response, account: AccountRow) -> None:
    """Signs somebody in who showed both at once, as a passkey does."""
    token = await sessions.begin(
        house_of(request),
        account,
        "full",
        _browser(request),
        request.cookies.get(desk_cookie(request), ""),
    )
    keep_session(request, response, token)


@router.get("/desk/sign-in/second")
async def second_page(request: Request, signed: Half) -> Response:
    to = where_to(request.query_params.get("to", ""))
    if not await sessions.has_factor(house_of(request), signed.account) and not signed.is_full:
        return go("/desk/account/second")
    return await _second(request, signed, to)


@router.post("/desk/sign-in/second")
async def second(request: Request, form: Form, signed: Half) -> Response:
    house, to = house_of(request), where_to(form.get("to", ""))
    try:
        await signing_in.with_code(house, signed.account, form.get("code", ""), address_of(request))
    except Refused as refusal:
        errors = _told(refusal, signed.account.lang)
        return await _second(request, signed, to, 422, errors)
    response = go(to)
    keep_session(request, response, await sessions.raise_level(house, signed))
    return response


@router.post("/desk/sign-out")
async def sign_out(request: Request, form: Form) -> Response:
    signed = await somebody(request)
    if signed:
        await sessions.end(house_of(request), signed.session)
    response = go("/desk/sign-in")
    forget_session(request, response)
    return response


@router.get("/desk/welcome/{token}")
async def welcome_page(request: Request, token: str) -> Response:
    return await _welcome(request, token)


@router.post("/desk/welcome/{token}")
async def welcome(request: Request, form: Form, token: str) -> Response:
    """Sets the password of the account that a link was made for."""
    password = form.get("password", "")
    try:
        if password != form.get("again", ""):
            raise Refused("not_the_same", "again")
        account = await signing_in.use_link(house_of(request), token, password)
    except Refused as refusal:
        return await _welcome(request, token, refusal)
    return await first_factor_shown(request, account, "/desk")


def _sign_in(
    request: Request, to: str, status: int = 200, form: Any = None, errors: Any = None
) -> Response:
    settings = house_of(request).settings
    return show(
        request,
        "sign_in.html",
        reader_lang(request),
        status,
        to=to,
        agency=settings.oidc_name if settings.oidc_issuer else "",
        form=form or {},
        errors=errors or {},
    )


async def _second(
    request: Request, signed: Signed, to: str, status: int = 200, errors: Any = None
) -> Response:
    house, account = house_of(request), signed.account
    settings = house.settings
    codes_left = await factors.recovery_codes_left(house, account)
    return show(
        request,
        "second.html",
        account.lang,
        status,
        to=to,
        again=signed.is_full,
        types_code=bool(account.totp_secret) or codes_left > 0,
        has_app=bool(account.totp_secret),
        has_passkey=bool(await factors.passkeys_of(house, account)),
        agency=settings.oidc_name if settings.oidc_issuer and account.subject else "",
        errors=errors or {},
    )


async def _welcome(request: Request, token: str, refusal: Refused | None = None) -> Response:
    account = await signing_in.by_link(house_of(request), token)
    if account is None:
        return show(request, "old_link.html", reader_lang(request), 404)
    errors = _told(refusal, account.lang) if refusal else {}
    status = 422 if refusal else 200
    return show(
        request, "welcome.html", account.lang, status, account=account, token=token, errors=errors
    )


def _told(refusal: Refused, lang: str) -> dict[str, str]:
    return {refusal.field: explain(refusal, lang)}


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")
