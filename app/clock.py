"""The time, as the log writes it."""

from __future__ import annotations

import datetime


def now() -> str:
    """UTC, ISO 8601 with milliseconds: 2026-11-24T10:15:30.123+00:00."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
