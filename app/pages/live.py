"""The door for sockets; what is said over them is in app/live/session.py."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket
from fastapi.responses import PlainTextResponse

from app.live.session import TRY_LATER, Session
from app.store.faults import Away

router = APIRouter()


@router.websocket("/live/{board_id}")
async def live(websocket: WebSocket, board_id: str) -> None:
    house = websocket.app.state.house
    if house.is_draining:  # a proxy asks another worker, and a page comes back
        await websocket.send_denial_response(PlainTextResponse("draining", 503))
        return
    is_ours = same_origin(websocket, house.settings.public_url)
    try:
        board = await house.open(board_id) if is_ours else None
    except Away:
        await websocket.accept()  # or a page could not read why
        await websocket.close(TRY_LATER, "try again later")
        return
    if board is None:
        await websocket.close(4401)
        return
    await Session(house, board, websocket).run()


def same_origin(websocket: WebSocket, public_url: str) -> bool:
    """Browsers name the page that opens a socket; only our own may, at the address that was asked
    or at the public one. Programs name none, and then have to show a token in their hello."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return True
    here, ours = urlsplit(origin), urlsplit(public_url)
    if here.scheme not in ("http", "https"):
        return False  # "null": a page in a sandbox, or a file
    is_public = bool(public_url) and (here.scheme, here.netloc) == (ours.scheme, ours.netloc)
    return is_public or here.netloc == websocket.headers.get("host")
