from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Server
from tests.services import Postgres, Redis


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it as it is; each makes meetings of its own."""
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path) -> Iterator[Server]:
    """A server for one test, which may stop or kill it."""
    running = Server(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests; each makes a database of its own."""
    running = Postgres()
    running.start()
    yield running
    running.remove()


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    """A Redis for one test, which may stop or kill it."""
    (tmp_path / "redis").mkdir()
    running = Redis(tmp_path / "redis")
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path) -> str:
    """The URL of an empty database, of each kind that Kinboard works with."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/board.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()
