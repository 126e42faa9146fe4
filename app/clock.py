"""The time, as the log writes it."""

from __future__ import annotations

import datetime


def now() -> str:
    """UTC, ISO 8601 with milliseconds: 2026-11-24T10:15:30.123+00:00."""
    return _written(datetime.datetime.now(datetime.UTC))


def from_now(seconds: float) -> str:
    """The time so many seconds from now, or ago where they are negative; texts sort as times."""
    return _written(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds))


def _written(at: datetime.datetime) -> str:
    return at.isoformat(timespec="milliseconds")
