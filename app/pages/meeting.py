"""A meeting's own pages: the board, its past, and what is taken away from it."""

from __future__ import annotations

import asyncio
import datetime
import json
from dataclasses import dataclass
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.access.cookies import SEAT, cookie
from app.access.tokens import show_code
from app.board.board import replay
from app.board.refusal import Refused
from app.clock import now
from app.demo import play
from app.demo.load import known
from app.desk import inviting
from app.export.pdf import plan_of, typeset
from app.export.record import record
from app.fragments.language import best, translations
from app.fragments.view import Audience, View
from app.history.sentences import is_shown, sentence, subject, timeline
from app.live.board import LiveBoard
from app.live.house import House
from app.live.seats import Seated, exchanged, seated
from app.meetings.meeting import meeting_of
from app.pages.door import house_of
from app.pages.respond import from_here, go, keep, not_too_often, reader_lang, show, text_fields
from app.people.afar import Afar, afar_id
from app.people.family_time import is_outside
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.rigour.alike import alike
from app.rigour.checks import checks
from app.rigour.voices import balance
from app.sight import Viewer, on_paper, seen_as, seen_then

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
    seat: Seated

    @property
    def base(self) -> str:
        """The address that phones reach, for links and QR codes."""
        return (self.house.settings.public_url or str(self.request.base_url)).rstrip("/")

    @property
    def lang(self) -> str:
        return self.person.lang

    def note(self, kind: str, **more: int) -> None:
        """Notes for auditors that this person saw or took something."""
        self.house.audit.note(self.person.id, kind, self.live.board.id, "", **more)

    def view(self, board=None) -> View:
        audience = Audience(Viewer.of(self.person), self.lang)
        return View(board or self.live.board, audience, self.live.here, whole=True)


class Outside(HTTPException):
    """Nobody who may see this page."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, reason)


async def at_meeting(request: Request, board_id: str, person_id: str) -> Place:
    house = house_of(request)
    seat = await seated(house, board_id, person_id, cookie(request, SEAT + person_id))
    if seat is None:
        raise Outside("unknown")
    person = seat.person
    not_too_often(house.limits.pages_of_person, person.id)
    house.limits.pages_of_person.spend(person.id)
    if not person.is_in and person.standing != "waiting":
        raise Outside(person.standing)
    if person.standing == "waiting" and meeting_of(seat.live.board).state == "closed":
        raise Outside("over")
    return Place(request, house, seat.live, person, seat)


async def let_in(place: Annotated[Place, Depends(at_meeting)]) -> Place:
    if not place.person.is_in:
        raise Outside("waiting")
    if is_outside(place.live.board, place.person):
        raise Outside("family_alone")
    return place


async def takes_away(place: Annotated[Place, Depends(let_in)]) -> Place:
    exports = place.house.limits.exports_of_person
    not_too_often(exports, place.person.id)
    exports.spend(place.person.id)
    return place


At = Annotated[Place, Depends(at_meeting)]
In = Annotated[Place, Depends(let_in)]
TakesAway = Annotated[Place, Depends(takes_away)]


@router.get("/m/{board_id}/{person_id}")
async def board_page(place: At) -> Response:
    page = await (_board(place) if place.person.is_in else _door(place))
    token = await exchanged(place.house, place.seat)
    if token:
        keep(place.request, page, SEAT + place.person.id, token)
    return page


async def _door(place: Place) -> Response:
    """All that somebody at the door may read: what the facilitator greets everyone with."""
    knock = place.live.board.get(Knock, knock_id(place.person.id))
    return show(
        place.request,
        "waiting.html",
        place.lang,
        person=place.person,
        greeting=meeting_of(place.live.board).greeting,
        phrase=knock.phrase if knock else "",
        page=page_data(place),
    )


async def _board(place: Place) -> Response:
    place.note("board.opened")
    async with place.live.settled():
        view = place.view()
        view.loud = place.live.loud if view.facilitates else []
        await add_joining(place, view)
        if view.facilitates:
            family = await place.house.families.family(place.live.family_id)
            view.family_name = family.name if family else ""
        template = "projector.html" if view.projector else "board.html"
        if view.is_outside:
            template = "quiet.html"
        return show(
            place.request,
            template,
            place.lang,
            v=view,
            me=place.person,
            page=page_data(place),
            here_url=f"/m/{place.live.board.id}/{place.person.id}",
            board_id=place.live.board.id,
            family_id=place.live.family_id,
            demo=place.house.settings.demo,
        )


def page_data(place: Place) -> Markup:
    """What the page's scripts have to know; inside a script element, so "<" is written \\u003c."""
    board = place.live.board
    told: dict[str, Any] = {
        "board": board.id,
        "person": place.person.id,
        "lang": place.lang,
        "live": f"/live/{board.id}",
        "here": f"/m/{board.id}/{place.person.id}",
    }
    if place.person.is_in:
        view = place.view()
        mine = {one.id: view.mine(one) for one in (view.scale, *view.scales)}
        told |= {
            "role": place.person.role,
            "seq": board.seq,
            "state": meeting_of(board).state,
            "alone": alone_of(place),
            "now": now(),
            "mine": {
                scale: {"number": answer.number, "reason": answer.reason}
                for scale, answer in mine.items()
                if answer
            },
        }
    text = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # nosec B704  # nothing in it ends the script element


def alone_of(place: Place) -> bool | None:
    """What somebody far away has said of who is beside them; None for nothing yet."""
    told = place.live.board.get(Afar, afar_id(place.person.id))
    return told.alone if told else None


async def add_joining(place: Place, view: View) -> None:
    """The code, link and QR code: for the facilitator and the projector alone."""
    if not (view.facilitates or view.projector):
        return
    door = await place.house.invitations.door(id=place.live.board.id)
    if door is None or not inviting.code_works(place.house, door):
        return
    view.code = show_code(door.board.code)
    view.join_url = f"{place.base}/j/{door.board.code}"
    drawn = segno.make(view.join_url, error="m").svg_inline(border=2, omitsize=True)
    view.join_qr = Markup(drawn)  # nosec B704  # squares alone


@router.get("/m/{board_id}/{person_id}/history")
async def history_panel(place: In, before: int | None = None) -> Response:
    place.note("history.viewed")
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
            "what": sentence(view.board, entry, view.viewer, gettext, view.name, view.lang),
        }
        for entry in reversed(timeline(events))
        if is_shown(board, entry, view.viewer)
    ]
    older = events[0].seq if events and events[0].seq > 1 else None
    return show(place.request, "history.html", place.lang, v=view, entries=entries, older=older)


@router.get("/m/{board_id}/{person_id}/balance")
async def balance_panel(place: In) -> Response:
    """Whose voices are heard, and what could be clearer: for the facilitator's eyes alone."""
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    view = place.view()
    board = view.board
    log = await place.house.store.events(board.id)
    return show(
        place.request,
        "balance.html",
        place.lang,
        v=view,
        balance=balance(board, log),
        checks=checks(board, best(meeting_of(board).lang)),
        subject=subject,
    )


@router.get("/m/{board_id}/{person_id}/alike")
async def alike_panel(place: In) -> Response:
    """Cards that could be grouped: for the facilitator's eyes alone."""
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    view = place.view()
    found = alike(view.board, best(meeting_of(view.board).lang))
    return show(place.request, "alike.html", place.lang, v=view, found=found)


@router.get("/m/{board_id}/{person_id}/replay")
async def replay_page(place: In) -> Response:
    return go(f"/m/{place.live.board.id}/{place.person.id}/at/{place.live.board.seq}")


@router.get("/m/{board_id}/{person_id}/at/{seq}")
async def board_then(place: In, seq: int) -> Response:
    """The board as it was right after an event."""
    board = place.live.board
    seq = max(1, min(seq, board.seq))
    place.note("replay.viewed", seq=seq)
    events = await place.house.store.events(board.id, before=seq + 1)
    then = await asyncio.to_thread(replay, board.id, events)
    view = place.view(seen_then(then, board, Viewer.of(place.person)))
    gettext = translations(place.lang).gettext
    what = gettext("Something changed")
    if is_shown(board, events[-1], view.viewer):
        what = sentence(view.board, events[-1], view.viewer, gettext, view.name, view.lang)
    return show(
        place.request,
        "replay.html",
        place.lang,
        v=view,
        seq=seq,
        last=board.seq,
        at=events[-1].at,
        what=what,
        here_url=f"/m/{board.id}/{place.person.id}",
        page=page_data(place),
        me=place.person,
    )


@router.get("/m/{board_id}/{person_id}/as/{other_id}")
async def board_as(place: In, other_id: str) -> Response:
    """The board as somebody else in the meeting sees it, as far as the facilitator may see it."""
    other = looked_at(place, other_id)
    view = view_as(place, other)
    return show(
        place.request,
        "as.html",
        place.lang,
        v=view,
        other=other,
        me=place.person,
        here_url=f"/m/{place.live.board.id}/{place.person.id}",
        page="{}",
    )


@router.get("/m/{board_id}/{person_id}/as/{other_id}/export.pdf")
async def export_pdf_as(place: In, other_id: str) -> Response:
    """The plan as somebody else may have it, to print it for them."""
    other = looked_at(place, other_id)
    async with place.live.settled() as board:
        plan = plan_of(board, on_paper(board, other), other.lang)
    made = await asyncio.to_thread(typeset, plan, datetime.datetime.now(datetime.UTC))
    return download(made, "application/pdf", "meeting.pdf")


def looked_at(place: Place, other_id: str) -> Person:
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    other = place.live.board.find(Person, other_id)
    if not other.is_in:
        raise Refused("not_found", "person")
    return other


def view_as(place: Place, other: Person) -> View:
    viewer = Viewer.of(other)
    board = seen_as(place.live.board, viewer, Viewer.of(place.person))
    return View(board, Audience(viewer, place.lang), place.live.here, whole=True)


@router.get("/m/{board_id}/{person_id}/export.pdf")
async def export_pdf(place: TakesAway) -> Response:
    # Read at one moment; set in type afterwards, since nobody can write while the board is held.
    place.note("pdf.exported")
    async with place.live.settled() as board:
        plan = plan_of(board, on_paper(board, place.person), place.lang)
    made = await asyncio.to_thread(typeset, plan, datetime.datetime.now(datetime.UTC))
    return download(made, "application/pdf", "meeting.pdf")


@router.get("/m/{board_id}/{person_id}/export.json")
async def export_record(place: TakesAway) -> Response:
    """The whole log with the board; it holds everything, so only the facilitator gets it."""
    if place.person.role != "facilitator":
        raise Outside("not_allowed")
    place.note("record.exported")
    family = await place.house.families.family(place.live.family_id)
    async with place.live.settled() as board:
        events = await place.house.store.events(board.id)
        viewer = Viewer.of(place.person)
        told = record(board, events, family.name if family else "", viewer, with_notes=True)
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
