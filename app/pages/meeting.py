"""A meeting's own pages: the board, its past, and what is taken away from it."""

from __future__ import annotations

import asyncio
import datetime
import json
from dataclasses import dataclass
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.access.tokens import show_code
from app.board.board import replay
from app.demo import play
from app.demo.load import known
from app.desk import hosting
from app.export.pdf import plan_of, typeset
from app.export.record import record
from app.fragments.language import translations
from app.fragments.view import Audience, View
from app.history.sentences import is_shown, sentence, timeline
from app.live.board import LiveBoard
from app.live.house import House
from app.meetings.meeting import meeting_of
from app.pages.door import house_of
from app.pages.respond import SEAT, from_here, go, reader_lang, show, text_fields
from app.people.person import Person
from app.sight import Viewer, hide_what_is_hidden_now

router = APIRouter(include_in_schema=False)

_HISTORY_PAGE = 100
_PLAYING = "demo-play"
# A task that nobody holds may vanish.
_kept: set[asyncio.Task[int]] = set()


@dataclass(slots=True)
class Place:
    """Somebody at a meeting, as their browser has shown them to be."""

    request: Request
    house: House
    live: LiveBoard
    person: Person
    token: str

    @property
    def lang(self) -> str:
        return self.person.lang

    def view(self, board=None) -> View:
        audience = Audience(Viewer.of(self.person), self.lang)
        return View(board or self.live.board, audience, self.live.here, whole=True)


class Outside(HTTPException):
    """Nobody who may see this page."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, reason)


async def at_meeting(request: Request, board_id: str, person_id: str) -> Place:
    house = house_of(request)
    token = request.cookies.get(SEAT + person_id, "")
    person = await hosting.person_at(house, board_id, person_id, token)
    live = await house.open(board_id) if person else None
    if person is None or live is None:
        raise Outside("unknown")
    if not person.is_in and person.standing != "waiting":
        raise Outside(person.standing)
    return Place(request, house, live, person, token)


async def let_in(place: Annotated[Place, Depends(at_meeting)]) -> Place:
    if not place.person.is_in:
        raise Outside("waiting")
    return place


At = Annotated[Place, Depends(at_meeting)]
In = Annotated[Place, Depends(let_in)]


@router.get("/m/{board_id}/{person_id}")
async def board_page(place: At) -> Response:
    if not place.person.is_in:
        page = page_data(place)
        return show(place.request, "waiting.html", place.lang, person=place.person, page=page)
    async with place.live.settled():
        view = place.view()
        await add_joining(place, view)
        if view.facilitates:
            family = await place.house.families.family(place.live.family_id)
            view.family_name = family.name if family else ""
        template = "projector.html" if view.projector else "board.html"
        return show(
            place.request,
            template,
            place.lang,
            v=view,
            me=place.person,
            page=page_data(place),
            here_url=f"/m/{place.live.board.id}/{place.person.id}",
            demo=place.house.settings.demo,
        )


def page_data(place: Place) -> Markup:
    """What the page's scripts have to know; inside a script element, so "<" is written \\u003c."""
    board = place.live.board
    mine = place.view().mine
    told = {
        "board": board.id,
        "person": place.person.id,
        "role": place.person.role,
        "lang": place.lang,
        "seq": board.seq,
        "state": meeting_of(board).state,
        "live": f"/live/{board.id}",
        "here": f"/m/{board.id}/{place.person.id}",
        "mine": {mine.scale: {"number": mine.number, "reason": mine.reason}} if mine else {},
    }
    text = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # nosec B704  # nothing in it ends the script element


async def add_joining(place: Place, view: View) -> None:
    """The code, link and QR code: for the facilitator and the projector alone."""
    if not (view.facilitates or view.projector):
        return
    base = place.house.settings.public_url or str(place.request.base_url)
    view.code = show_code(place.live.code)
    view.join_url = f"{base.rstrip('/')}/j/{place.live.code}"
    drawn = segno.make(view.join_url, error="m").svg_inline(border=2, omitsize=True)
    view.join_qr = Markup(drawn)  # nosec B704  # squares alone


@router.get("/m/{board_id}/{person_id}/history")
async def history_panel(place: In, before: int | None = None) -> Response:
    board = place.live.board
    events = await place.house.store.events(board.id, before=before, limit=_HISTORY_PAGE)
    view = place.view()
    gettext = translations(place.lang).gettext
    entries = [
        {
            "seq": entry.seq,
            "who": view.name(entry.by),
            "when_iso": entry.at,
            "when": view.time(entry.at),
            "what": sentence(board, entry, view.viewer, gettext, view.name),
        }
        for entry in reversed(timeline(events))
        if is_shown(board, entry, view.viewer)
    ]
    older = events[0].seq if events and events[0].seq > 1 else None
    return show(place.request, "history.html", place.lang, v=view, entries=entries, older=older)


@router.get("/m/{board_id}/{person_id}/replay")
async def replay_page(place: In) -> Response:
    return go(f"/m/{place.live.board.id}/{place.person.id}/at/{place.live.board.seq}")


@router.get("/m/{board_id}/{person_id}/at/{seq}")
async def board_then(place: In, seq: int) -> Response:
    """The board as it was right after an event."""
    board = place.live.board
    seq = max(1, min(seq, board.seq))
    events = await place.house.store.events(board.id, before=seq + 1)
    then = await asyncio.to_thread(replay, board.id, events)
    hide_what_is_hidden_now(then, board, Viewer.of(place.person))
    view = place.view(then)
    gettext = translations(place.lang).gettext
    return show(
        place.request,
        "replay.html",
        place.lang,
        v=view,
        seq=seq,
        last=board.seq,
        at=events[-1].at,
        what=sentence(then, events[-1], view.viewer, gettext, view.name),
        here_url=f"/m/{board.id}/{place.person.id}",
        page=page_data(place),
        me=place.person,
    )


@router.get("/m/{board_id}/{person_id}/export.pdf")
async def export_pdf(place: In) -> Response:
    # Read at one moment; set in type afterwards, since nobody can write while the board is held.
    async with place.live.settled() as board:
        plan = plan_of(board, Viewer.of(place.person), place.lang)
    made = await asyncio.to_thread(typeset, plan, datetime.datetime.now(datetime.UTC))
    return download(made, "application/pdf", "meeting.pdf")


@router.get("/m/{board_id}/{person_id}/export.json")
async def export_record(place: In) -> Response:
    """The whole log with the board; it holds everything, so only the facilitator gets it."""
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    family = await place.house.families.family(place.live.family_id)
    async with place.live.settled() as board:
        events = await place.house.store.events(board.id)
        told = record(board, events, family.name if family else "")
    content = json.dumps(told, ensure_ascii=False).encode()
    return download(content, "application/json", "meeting.json")


def download(content: bytes, kind: str, name: str) -> Response:
    # Neutral file names: a shared computer's list of downloads tells nothing.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


@router.post("/m/{board_id}/{person_id}/play")
async def play_demo(place: In) -> Response:
    """Lets programs play the demo meeting; the button is on the facilitator's page of a demo."""
    form = text_fields(await place.request.form())
    demo = known(place.house.settings) if place.house.settings.demo else None
    if not demo or demo["meeting"] != place.live.board.id or place.person.role != "facilitator":
        raise Outside("not_allowed")
    if not from_here(place.request, form):
        raise Outside("not_allowed")
    if not any(task.get_name() == _PLAYING for task in asyncio.all_tasks()):
        task = asyncio.create_task(play.run(place.house.settings), name=_PLAYING)
        _kept.add(task)
        task.add_done_callback(_kept.discard)
    return go(f"/m/{place.live.board.id}/{place.person.id}")


def gone(request: Request, reason: str) -> Response:
    return show(request, "gone.html", reader_lang(request), 403, reason=reason)
