from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.server import Meeting, Server, new_meeting

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=_OPTIONS
        )
        yield chromium
        await chromium.close()


@pytest.fixture
def meeting(server: Server) -> Meeting:
    return new_meeting(server)
