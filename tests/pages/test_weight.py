"""The page is light enough for an old phone on a slow line."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Browser, expect

from tests.pages.people import newcomer
from tests.server import Meeting

# Slow 3G as Chromium's own tools define it: 400 kbit/s, and 400 ms for each way there and back.
_SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


@pytest.mark.alone
async def test_under_150_kb_and_usable_within_five_seconds(
    browser: Browser, meeting: Meeting
) -> None:
    seat = meeting.join("Rosa")
    rosa = await newcomer(browser)
    cookie = {"name": f"kb_{seat.person}", "value": seat.token, "url": meeting.server.url}
    await rosa.context.add_cookies([cookie])  # type: ignore[list-item]
    tools = await rosa.context.new_cdp_session(rosa.page)
    await tools.send("Network.enable")
    received: list[float] = []
    tools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    await tools.send("Network.emulateNetworkConditions", _SLOW)
    await tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    started = time.perf_counter()
    await rosa.page.goto(f"{meeting.server.url}/m/{meeting.id}/{seat.person}", wait_until="commit")
    await expect(rosa("#status")).to_have_attribute("data-state", "live", timeout=20_000)
    live = time.perf_counter() - started
    await rosa.page.wait_for_load_state("networkidle")
    print(f"live after {live:.1f} s, {sum(received) / 1000:.0f} kB")
    assert sum(received) < 150_000
    assert live < 5
    await rosa.add_card("worries", "from a slow phone")
    await expect(rosa("#column-worries > .card")).to_have_count(1)
