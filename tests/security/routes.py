"""Every address that the application answers, with ids put in: a new route is walked at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.routing import Route

from app.main import create_app


def walked() -> list[tuple[str, str]]:
    """(method, path with its {parameters}) of each route."""
    return sorted(
        (method, route.path)
        for route in _routes(create_app().routes)
        for method in route.methods or ()
        if method != "HEAD"
    )


def _routes(routes: list[Any]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:  # FastAPI keeps the routers that were included as they are
            inner = getattr(route, "original_router", None)
            yield from _routes(inner.routes if inner else [])


def parameters(path: str) -> list[str]:
    return [part.split("}")[0].split(":")[0] for part in path.split("{")[1:]]


def filled(path: str, known: dict[str, str], default: str = "none") -> str:
    """The path with each {parameter} replaced by what is known of it."""
    for part in path.split("{")[1:]:
        whole = part.split("}")[0]
        path = path.replace("{" + whole + "}", known.get(whole.split(":")[0], default))
    return path
