"""The door for sockets; what is said over them is in app/live/session.py."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket

from app.live.session import Session

router = APIRouter()


@router.websocket("/live/{board_id}")
async def live(websocket: WebSocket, board_id: str) -> None:
    house = websocket.app.state.house
    board = await house.open(board_id) if same_origin(websocket) else None
    if board is None:
        await websocket.close(4401)
        return
    await Session(house, board, websocket).run()


def same_origin(websocket: WebSocket) -> bool:
    """Browsers name the page that opens a socket; only our own may. Programs name none."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")
