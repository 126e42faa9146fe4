"""A connection to PostgreSQL that does not wait for ever.

The server ends statements that take too long, waiting for locks, and transactions that were left
alone. A server that answers nothing at all (stopped, behind a dead line) ends nothing: then the
connection is closed from here.
"""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

R = TypeVar("R")

# So many seconds more than the server has to end a statement by itself.
_LONGER = 3.0


class Patient(psycopg.Connection[Any]):
    _longest: float | None = None

    @classmethod
    def open(cls, statement: float, lock: float, *arguments: Any, **named: Any) -> Patient:
        """`statement`, `lock`: in seconds. For the rest, see psycopg."""
        connection = cls.connect(*arguments, **named)
        connection._longest = statement + _LONGER
        limits = {
            "statement_timeout": statement,
            "lock_timeout": lock,
            "idle_in_transaction_session_timeout": statement + _LONGER,
        }
        was = connection.autocommit
        connection.autocommit = True  # what is set in a transaction ends with it
        for name, seconds in limits.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds * 1000:.0f}"))
        connection.autocommit = was
        return connection

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        longest = self._longest if timeout is None else timeout
        started = time.monotonic()
        try:
            return super().wait(gen, interval, longest)
        except psycopg.OperationalError as failure:
            if longest is None or time.monotonic() - started < longest:
                raise
            self.close()  # it is still busy, and can be asked nothing else
            raise psycopg.errors.QueryCanceled("PostgreSQL does not answer") from failure
