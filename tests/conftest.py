from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server import Server


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
