"""Leaving at once, on a phone that others look at: what the page cannot do itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.access.cookies import SEAT, is_https, own_cookies
from app.access.tokens import digest
from app.desk import sessions
from app.fragments.engine import page
from app.live.seats import give_up, seated
from app.pages.door import house_of
from app.pages.respond import drop, from_here, reader_lang, show, text_fields
from app.pages.signed import somebody

router = APIRouter(include_in_schema=False)

# A browser that sits in more meetings than this is none.
_MOST_SEATS = 50


@router.get("/away")
async def away(request: Request) -> Response:
    """A page that says nothing of where one has been."""
    html = page("away.html", reader_lang(request), nonce=request.state.nonce)
    return HTMLResponse(html)  # not by `show`: no cookie comes with it


@router.get("/leaving")
async def about_leaving(request: Request) -> Response:
    return show(request, "leaving.html", reader_lang(request))


@router.post("/leave-device")
async def leave_device(request: Request) -> Response:
    """Forgets this browser: its seats open nothing any more, and its cookies go."""
    form = text_fields(await request.form())
    response = Response(status_code=204)
    if not from_here(request, form):
        response.status_code = 403
        return response
    signed = await somebody(request)
    if signed:
        await sessions.end(house_of(request), signed.session)
    kept = own_cookies(request)
    for name, token in list(kept.items())[:_MOST_SEATS]:
        await _give_up(request, name.removeprefix(SEAT), token)
    for name in kept:
        drop(request, response, name)
    if is_https(request):  # browsers heed this over HTTPS only
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
    return response


async def _give_up(request: Request, person_id: str, token: str) -> None:
    house = house_of(request)
    row = await house.families.seat(digest(token))
    seat = await seated(house, row.board_id, person_id, token) if row else None
    if seat:
        await give_up(house, seat)
