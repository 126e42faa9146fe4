"""One worker after the other is restarted behind nginx while everybody writes: nothing is lost,
nothing comes twice, and nobody is without live updates for long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.nginx import Nginx
from tests.pages.people import LAPTOP, PHONE, Someone, newcomer
from tests.server import Meeting, Seat, Server
from tests.services import Postgres, Redis
from tests.workers.conftest import Workers
from tests.workers.writer import Writer

# Seconds without live updates, at the most.
_GAP = 2.0

# When a page is told of something, it changes: how long did nothing come at the longest?
_WATCH = """() => {
  let last = performance.now();
  window.longest = 0;
  new MutationObserver(() => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
  }).observe(document.querySelector("#column-worries"), {
    childList: true, characterData: true, subtree: true,
  });
}"""


class Front(Server):
    """All workers as one server, at the proxy's address."""

    def __init__(self, proxy: Nginx, behind: Server) -> None:
        self.url, self.token = proxy.url, behind.token


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nginx]:
    (tmp_path / "nginx").mkdir()
    running = Nginx(tmp_path / "nginx")
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    yield running
    running.stop()


@pytest.fixture
def behind(tmp_path: Path, postgres: Postgres, redis: Redis, proxy: Nginx) -> Iterator[Workers]:
    settings = {"KINBOARD_PUBLIC_URL": proxy.url, "KINBOARD_TRUSTED_PROXIES": "1"}
    running = Workers(tmp_path, postgres.new_database(), redis, 2, **settings)
    proxy.lead_to([server.port for server in running.all])
    proxy.start()
    yield running
    running.stop()


async def sit_down(browser: Browser, meeting: Meeting, seat: Seat, size: dict[str, int]) -> Someone:
    someone = await newcomer(browser, size, ignore_https_errors=True)
    cookie = {"name": f"__Host-kb_{seat.person}", "value": seat.token, "url": meeting.server.url}
    await someone.context.add_cookies([cookie | {"secure": True}])  # type: ignore[list-item]
    await someone.page.goto(f"{meeting.server.url}/m/{meeting.id}/{seat.person}")
    await someone.is_live()
    return someone


async def write_cards(page: Someone, until: asyncio.Event) -> list[str]:
    """Writes cards on a page until told to stop; what was written."""
    written: list[str] = []
    while not until.is_set():
        written.append(f"from a page, {len(written)}")
        await page.add_card("working", written[-1])
        await asyncio.sleep(0.3)
    return written


@pytest.mark.long
async def test_nobody_loses_anything_while_workers_are_restarted(
    behind: Workers,
    proxy: Nginx,
    browser: Browser,
) -> None:
    meeting = behind.meeting()
    front = replace(meeting, server=Front(proxy, meeting.server))
    writers = [Writer(front, meeting.join(f"Writer {n}"), 0.2) for n in range(4)]
    rosa = await sit_down(browser, front, meeting.join("Rosa"), PHONE)
    wall = await sit_down(browser, front, meeting.projector, LAPTOP)
    done = asyncio.Event()
    writing = [asyncio.create_task(one.write(done)) for one in writers]
    for page in (rosa, wall):
        await expect(page("#column-worries > .card").first).to_be_attached()
        await page.page.evaluate(_WATCH)
    on_a_page = asyncio.create_task(write_cards(rosa, done))
    for server in behind.all:
        await asyncio.sleep(1)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
    await asyncio.sleep(1.5)
    gaps = [await page.page.evaluate("window.longest / 1000") for page in (rosa, wall)]
    done.set()
    await asyncio.gather(*writing)
    written = await on_a_page
    await rosa.is_live()

    breaks = sorted(one for writer in writers for one in writer.breaks)
    print(f"pages were without updates for {gaps} s at the most; programs: {breaks}")
    assert breaks and max(lasted for lasted, _ in breaks) < _GAP
    assert {code for _, code in breaks} == {1012}  # asked to come back: none was cut off
    assert max(gaps) < _GAP

    headers = {"authorization": f"Bearer {meeting.server.token}"}
    address = f"{meeting.server.url}/api/meetings/{meeting.id}/record"
    answer = await asyncio.to_thread(httpx.get, address, headers=headers)
    log = answer.raise_for_status().json()["events"]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    by_command = {event["command"]: event["seq"] for event in log}
    assert len(by_command) == len(log)
    for writer in writers:
        assert len(writer.confirmed) > 10
        assert writer.confirmed.items() <= by_command.items()
        assert writer.heard == list(range(writer.heard[0], writer.heard[-1] + 1))
    count = sum(len(writer.cards) for writer in writers)
    texts = await wall("#column-worries > .card .text").all_inner_texts()
    assert await rosa("#column-worries > .card .text").all_inner_texts() == texts
    for page in (rosa, wall):
        await expect(page("#column-worries > .card")).to_have_count(count)
        await expect(page("#column-working > .card .text")).to_have_text(written)
    assert rosa.errors == wall.errors == []
