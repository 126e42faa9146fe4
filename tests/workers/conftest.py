from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pages.conftest import browser as browser
from tests.server import Meeting, Server, new_meeting
from tests.services import Postgres, Redis


class Workers:
    """Several workers on one database, each with an address of its own."""

    def __init__(
        self, folder: Path, database: str, redis: Redis, count: int, **environment: str
    ) -> None:
        self.all = []
        shared = {
            "KINBOARD_DATABASE_URL": database,
            "KINBOARD_KEY_FILE": str(folder / "kinboard.keys"),
            "KINBOARD_REDIS_URL": redis.url,
            **environment,
        }
        for number in range(count):
            own = folder / f"worker-{number}"
            own.mkdir()
            self.all.append(Server(own, **shared).start())

    def meeting(self) -> Meeting:
        return new_meeting(self.all[0])

    def at(self, meeting: Meeting, number: int) -> Meeting:
        """The same meeting at another worker."""
        return replace(meeting, server=self.all[number])

    def stop(self) -> None:
        for server in self.all:
            server.stop()


@pytest.fixture
def workers(tmp_path: Path, postgres: Postgres, redis: Redis) -> Iterator[Workers]:
    running = Workers(tmp_path, postgres.new_database(), redis, 2)
    yield running
    running.stop()
