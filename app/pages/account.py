"""One's own account: name, language, password, second factors, and where one is signed in."""

from __future__ import annotations

from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.access import codes
from app.board.refusal import Refused
from app.desk import factors, sessions, signing_in
from app.desk.members import read_name
from app.desk.sessions import Signed
from app.fragments.language import best
from app.fragments.sentences import explain
from app.pages.door import house_of
from app.pages.respond import go, show
from app.pages.signed import Form, Fresh, SettingUp, address_of, keep_session
from app.store.account_tables import AccountRow, SessionRow

router = APIRouter(include_in_schema=False)


@router.get("/desk/account")
async def account_page(request: Request, signed: Fresh) -> Response:
    return await _account(request, signed)


@router.post("/desk/account")
async def describe(request: Request, form: Form, signed: Fresh) -> Response:
    try:
        name = read_name(form.get("name", ""))
    except Refused as refusal:
        return await _account(request, signed, refusal, form)
    lang = best(form.get("lang", ""))
    where = {"id": signed.account.id}
    await house_of(request).accounts.change(AccountRow, where, name=name, lang=lang)
    return go("/desk/account")


@router.post("/desk/account/password")
async def change_password(request: Request, form: Form, signed: Fresh) -> Response:
    """Changes the password, and signs out everywhere else."""
    house, account = house_of(request), signed.account
    try:
        if account.password:
            await _check_old(request, account, form.get("old", ""))
        await signing_in.set_password(house, account, form.get("password", ""))
    except Refused as refusal:
        return await _account(request, signed, refusal, form)
    await sessions.end_all(house, account.id, but=signed.session.id)
    return await _renewed(request, signed)


async def _check_old(request: Request, account: AccountRow, old: str) -> None:
    try:
        await signing_in.with_password(
            house_of(request), account.email or "", old, address_of(request)
        )
    except Refused:
        raise Refused("no_fit", "old") from None


@router.get("/desk/account/second")
async def second_factor_page(request: Request, signed: SettingUp) -> Response:
    return await _set_up(request, signed, codes.new_secret())


@router.post("/desk/account/authenticator")
async def set_up_authenticator(request: Request, form: Form, signed: SettingUp) -> Response:
    house = house_of(request)
    pending = await signing_in.recall(house, "authenticator", form.get("step", ""))
    if pending is None or pending["account"] != signed.account.id:
        return go("/desk/account/second")
    secret = pending["secret"]
    try:
        shown = await factors.set_up_authenticator(
            house, signed.account, secret, form.get("code", "")
        )
    except Refused as refusal:
        return await _set_up(request, signed, secret, refusal)
    response = show(request, "recovery.html", signed.account.lang, codes=shown)
    keep_session(request, response, await sessions.raise_level(house, signed))
    return response


@router.post("/desk/account/authenticator/remove")
async def remove_authenticator(request: Request, form: Form, signed: Fresh) -> Response:
    try:
        await factors.remove_authenticator(house_of(request), signed.account)
    except Refused as refusal:
        return await _account(request, signed, refusal)
    return await _renewed(request, signed)


@router.post("/desk/account/passkeys/{passkey_id}/remove")
async def remove_passkey(request: Request, form: Form, signed: Fresh, passkey_id: str) -> Response:
    try:
        await factors.remove_passkey(house_of(request), signed.account, passkey_id)
    except Refused as refusal:
        return await _account(request, signed, refusal)
    return await _renewed(request, signed)


@router.post("/desk/account/recovery-codes")
async def new_recovery_codes(request: Request, form: Form, signed: Fresh) -> Response:
    shown = await factors.new_recovery_codes(house_of(request), signed.account)
    return show(request, "recovery.html", signed.account.lang, codes=shown)


@router.post("/desk/account/sessions/end")
async def end_others(request: Request, form: Form, signed: Fresh) -> Response:
    await sessions.end_all(house_of(request), signed.account.id, but=signed.session.id)
    return go("/desk/account")


@router.post("/desk/account/sessions/{session_id}/end")
async def end_one(request: Request, form: Form, signed: Fresh, session_id: str) -> Response:
    house = house_of(request)
    row = await house.accounts.one(SessionRow, id=session_id, account_id=signed.account.id)
    if row is None:
        raise Refused("not_found", "session")
    await sessions.end(house, row)
    return go("/desk/account")


async def _renewed(request: Request, signed: Signed) -> Response:
    """Back to the account, with a new token for the session."""
    response = go("/desk/account")
    keep_session(request, response, await sessions.renew(house_of(request), signed))
    return response


async def _set_up(
    request: Request, signed: Signed, secret: str, refusal: Refused | None = None
) -> Response:
    account = signed.account
    pending = {"account": account.id, "secret": secret}
    step = await signing_in.remember(house_of(request), "authenticator", pending)
    code = segno.make(codes.address(secret, account.email or account.name), error="m")
    return show(
        request,
        "set_up.html",
        account.lang,
        422 if refusal else 200,
        is_first=not signed.is_full,
        qr=Markup(code.svg_inline(border=2, omitsize=True)),  # nosec B704  # squares alone
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        step=step,
        errors=_told(refusal, account.lang),
    )


async def _account(
    request: Request, signed: Signed, refusal: Refused | None = None, form: Any = None
) -> Response:
    house, account = house_of(request), signed.account
    return show(
        request,
        "account.html",
        account.lang,
        422 if refusal else 200,
        me=account,
        passkeys=await factors.passkeys_of(house, account),
        codes_left=await factors.recovery_codes_left(house, account),
        sessions=await house.accounts.all(SessionRow, account_id=account.id),
        here=signed.session.id,
        form=form or {"name": account.name, "lang": account.lang},
        errors=_told(refusal, account.lang),
    )


def _told(refusal: Refused | None, lang: str) -> dict[str, str]:
    return {refusal.field: explain(refusal, lang)} if refusal else {}
