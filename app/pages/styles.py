"""Several style sheets in one file: on a slow line each file costs a way there and back."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.board.refusal import Refused
from app.fragments.engine import joined_styles

router = APIRouter(include_in_schema=False)


@cache
def _styles(names: str) -> bytes | None:
    try:
        return joined_styles(tuple(names.split("+"))).encode()
    except FileNotFoundError:
        return None


@router.get("/static/css/{names}.css")
async def styles(request: Request, names: str) -> Response:
    content = _styles(names) if names.replace("+", "").isalpha() and len(names) < 200 else None
    if content is None:
        raise Refused("not_found")
    return Response(content, media_type="text/css")
