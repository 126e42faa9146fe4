"""`kinboard` commands on a database of their own."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from unittest import mock

from app import cli


@dataclass(frozen=True, slots=True)
class Run:
    returncode: int
    stdout: str
    stderr: str


def kinboard(url: str, *arguments: str, **environment: str) -> Run:
    """What a command prints and ends with. Call it in a thread where others go on working."""
    told, wrong = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"KINBOARD_DATABASE_URL": url} | environment),
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(wrong),
    ):
        code = cli.main(list(arguments))
    return Run(code, told.getvalue(), wrong.getvalue())
