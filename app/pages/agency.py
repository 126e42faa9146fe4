"""To the agency's own sign-in, and back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.board.refusal import Refused
from app.desk import signing_in
from app.desk.single_sign_on import account_of
from app.fragments.sentences import explain
from app.pages.door import house_of
from app.pages.respond import caller, go, not_too_often, reader_lang, show
from app.pages.sign_in import both_factors_shown, first_factor_shown
from app.pages.signed import (
    forget_step,
    keep_step,
    own_url,
    somebody,
    step_token,
    where_to,
)

if TYPE_CHECKING:
    from app.access.agency import Agency

router = APIRouter(include_in_schema=False)


def agency_of(request: Request) -> Agency:
    """The provider that the settings name. Raises Refused "not_found" where they name none."""
    settings = house_of(request).settings
    if not settings.oidc_issuer:
        raise Refused("not_found")
    if not hasattr(request.app.state, "agency"):
        # Only here: its library makes every start slower, also of those who have no agency.
        from app.access.agency import Agency

        request.app.state.agency = Agency(settings)
    return request.app.state.agency


@router.get("/desk/sign-in/agency")
async def to_agency(request: Request) -> Response:
    agency = agency_of(request)
    guesses = house_of(request).limits.guesses
    not_too_often(guesses, caller(request))
    guesses.spend(caller(request))  # each one is remembered for a while
    signed = await somebody(request)
    back = f"{own_url(request)}/desk/sign-in/agency/back"
    try:
        asked = await agency.ask(back, again=bool(signed and signed.is_full))
    except Refused as refusal:
        return _failed(request, refusal)
    response = go(asked.pop("url"))
    asked["to"] = where_to(request.query_params.get("to", ""))
    keep_step(request, response, await signing_in.remember(house_of(request), "agency", asked))
    return response


@router.get("/desk/sign-in/agency/back")
async def from_agency(request: Request) -> Response:
    house, agency = house_of(request), agency_of(request)
    try:
        asked = await signing_in.recall(house, "agency", step_token(request))
        if asked is None:
            raise Refused("agency_failed")
        claims = await agency.answer(asked, dict(request.query_params))
        account = await account_of(house, agency, claims)
    except Refused as refusal:
        return _failed(request, refusal)
    if claims.strong:
        response: Response = go(asked["to"])
        await both_factors_shown(request, response, account)
    else:
        response = await first_factor_shown(request, account, asked["to"])
    forget_step(request, response)
    return response


def _failed(request: Request, refusal: Refused) -> Response:
    lang = reader_lang(request)
    settings = house_of(request).settings
    errors = {"agency": explain(refusal, lang)}
    return show(
        request, "sign_in.html", lang, 422, to="/desk", agency=settings.oidc_name, errors=errors
    )
