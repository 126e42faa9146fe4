"""Names of cookies. Over HTTPS they get the prefix that ties them to this host alone.

"__Host-" makes the browser refuse the cookie from another subdomain, from plain HTTP, or for a
part of the site only. On a local network without HTTPS there is no such thing; the plain name
stays.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

SEAT = "kb_"
_STRICT = "__Host-"


def is_https(connection: HTTPConnection) -> bool:
    """Whether this came over HTTPS, or the public address says that the board is reached so."""
    settings = connection.scope["app"].state.house.settings
    return settings.is_https or connection.scope["scheme"] in ("https", "wss")


def cookie_name(connection: HTTPConnection, name: str) -> str:
    return f"{_STRICT}{name}" if is_https(connection) else name


def cookie(connection: HTTPConnection, name: str) -> str:
    """A cookie of ours; over HTTPS none that was set in another way."""
    return connection.cookies.get(cookie_name(connection, name), "")


def own_cookies(connection: HTTPConnection) -> dict[str, str]:
    """All cookies of ours, by their plain names."""
    prefix = cookie_name(connection, SEAT)
    skip = len(prefix) - len(SEAT)
    return {
        name[skip:]: value for name, value in connection.cookies.items() if name.startswith(prefix)
    }


def seat_cookie(connection: HTTPConnection, person_id: str) -> str:
    """The token of a person's seat. A socket that names no origin is no browser's: its cookies
    are not looked at."""
    if connection.scope["type"] == "websocket" and "origin" not in connection.headers:
        return ""
    return cookie(connection, SEAT + person_id)
