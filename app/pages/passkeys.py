"""What the page script frontend/static/js/passkey.js asks: options, and what the browser made."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.access import passkeys
from app.board.refusal import Refused
from app.desk import factors, sessions, signing_in
from app.fragments.sentences import explain
from app.pages.door import house_of
from app.pages.respond import caller, not_too_often, reader_lang
from app.pages.sign_in import both_factors_shown
from app.pages.signed import (
    Form,
    SettingUp,
    forget_step,
    keep_session,
    keep_step,
    own_url,
    somebody,
    step_token,
    where_to,
)

router = APIRouter(include_in_schema=False)


@router.post("/desk/sign-in/passkey/options")
async def options_to_show(request: Request, form: Form) -> Response:
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    guesses.spend(caller(request))  # each one is remembered for a while
    return await _options(request, "passkey-show", passkeys.ask_to_show(_site(request)))


@router.post("/desk/sign-in/passkey")
async def show_one(request: Request, form: Form) -> Response:
    """Signs in by a passkey: as the first and second factor, or once more before a change."""
    house = house_of(request)
    try:
        options = await signing_in.recall(house, "passkey-show", step_token(request))
        if options is None:
            raise Refused("passkey_failed", "passkey")
        answer = form.get("credential", "")
        account = await signing_in.with_passkey(house, _site(request), options, answer)
    except Refused as refusal:
        return _failed(request, refusal, reader_lang(request))
    signed = await somebody(request)
    # Somebody else's passkey is no second factor for the password that was typed before.
    if signed and signed.account.id != account.id:
        return _failed(request, Refused("passkey_failed", "passkey"), signed.account.lang)
    response = JSONResponse({"to": where_to(form.get("to", ""))})
    await both_factors_shown(request, response, account)
    forget_step(request, response)
    return response


@router.post("/desk/account/passkeys/options")
async def options_to_make(request: Request, form: Form, signed: SettingUp) -> Response:
    account = signed.account
    known = [row.id for row in await factors.passkeys_of(house_of(request), account)]
    options = passkeys.ask_to_make(
        _site(request), account.id, account.email or account.name, account.name, known
    )
    return await _options(request, "passkey-make", options)


@router.post("/desk/account/passkeys")
async def make_one(request: Request, form: Form, signed: SettingUp) -> Response:
    house = house_of(request)
    try:
        options = await signing_in.recall(house, "passkey-make", step_token(request))
        # Made for whoever asked for it, in the same browser.
        if options is None or passkeys.user_of(options) != signed.account.id:
            raise Refused("passkey_failed", "passkey")
        await factors.add_passkey(
            house,
            signed.account,
            _site(request),
            options,
            form.get("credential", ""),
            form.get("name", "") or sessions.browser_name(request.headers.get("user-agent", "")),
        )
    except Refused as refusal:
        return _failed(request, refusal, signed.account.lang)
    response = JSONResponse({"to": "/desk/account"})
    keep_session(request, response, await sessions.raise_level(house, signed))
    forget_step(request, response)
    return response


async def _options(request: Request, kind: str, options: Any) -> Response:
    response = JSONResponse(options)
    token = await signing_in.remember(house_of(request), kind, options)
    keep_step(request, response, token)
    return response


def _site(request: Request) -> passkeys.Site:
    return passkeys.Site.at(own_url(request))


def _failed(request: Request, refusal: Refused, lang: str) -> Response:
    return JSONResponse({"message": explain(refusal, lang)}, 422)
