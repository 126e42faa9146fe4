"""Logs without names, words, codes or tokens.

An error's own text may hold what somebody wrote (a validator quotes its input), so errors are
logged by their type and place alone. Libraries that log addresses, headers or frames when they
are talkative are not let to.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

# Below this they tell what people send: frames, headers with cookies, addresses with codes.
_FLOORS = {
    "asyncio": logging.WARNING,
    "httptools": logging.WARNING,
    "multipart": logging.WARNING,
    "python_multipart": logging.WARNING,
    "uvicorn": logging.INFO,
    "uvicorn.access": logging.CRITICAL,
    "uvicorn.asgi": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "websockets": logging.WARNING,
}


def set_up(level: str) -> None:
    """For this process: one line for each record on stderr; `level` is for what Kinboard says."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=max(_number(level), logging.INFO), handlers=[handler], force=True)
    logging.getLogger("kinboard").setLevel(_number(level))
    hush()


def hush() -> None:
    """Whoever set logging up, and however talkative: nothing that people wrote is logged."""
    for name, floor in _FLOORS.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, floor))
    for name in ("", "kinboard", *_FLOORS):
        for handler in logging.getLogger(name).handlers:
            formatter = handler.formatter or logging.Formatter()
            formatter.formatException = places  # type: ignore[assignment, method-assign]
            handler.setFormatter(formatter)


def places(failure: Any) -> str:
    """Where an error came from and of which type it is; its text is left out."""
    lines: list[str] = []
    error: BaseException | None = failure[1]
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        lines += [f"  {place}" for place in _frames(error.__traceback__)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)


def _frames(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace, limit=-12)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
