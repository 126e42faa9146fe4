"""`make screenshots`: the pictures in docs/images, of the demo meeting after it was played, and of
the story that docs/facilitator-guide.md tells."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Browser, async_playwright

from app.settings import ROOT
from tests.pages.people import LAPTOP, PHONE, WALL, Someone, newcomer
from tests.server import Server
from tests.story import first_meeting, second_meeting
from tests.story.cast import Story

IMAGES = ROOT / "docs" / "images"


async def sit_down(browser: Browser, server: Server, demo: dict, key: str, size: dict) -> Someone:
    seat = demo["seats"][key]
    someone = await newcomer(browser, size, device_scale_factor=1 if size is WALL else 1.5)
    cookie = {"name": f"kb_{seat['person']}", "value": seat["token"], "url": server.url}
    await someone.context.add_cookies([cookie])  # type: ignore[list-item]
    await someone.page.goto(f"{server.url}/m/{demo['meeting']}/{seat['person']}")
    await someone.is_live()
    return someone


async def take(server: Server, demo: dict) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        wall = await sit_down(browser, server, demo, "wall", WALL)
        sam = await sit_down(browser, server, demo, "sam", LAPTOP)
        rosa = await sit_down(browser, server, demo, "rosa", PHONE)
        text = rosa.composer("worries").locator("textarea")
        await rosa.tab("map")
        await text.press_sequentially("I am tired after every", delay=5)
        await sam.page.wait_for_timeout(600)
        await wall.page.screenshot(path=IMAGES / "projector.png")
        await rosa.page.screenshot(path=IMAGES / "phone.png")
        await sam.page.screenshot(path=IMAGES / "facilitator.png")
        await sam.tab("circles")
        await sam.page.wait_for_timeout(300)
        await sam.page.screenshot(path=IMAGES / "circles.png")
        await text.fill("")
        await rosa.tab("steps")
        await rosa.page.screenshot(path=IMAGES / "steps.png")
        await browser.close()


def print_pdf(server: Server, demo: dict, folder: Path) -> None:
    seat = demo["seats"]["sam"]
    cookies = {f"kb_{seat['person']}": seat["token"]}
    address = f"{server.url}/m/{demo['meeting']}/{seat['person']}/export.pdf"
    (folder / "plan.pdf").write_bytes(httpx.get(address, cookies=cookies).content)
    pages = ["pdftoppm", "-r", "60", "-png", "-singlefile", folder / "plan.pdf", IMAGES / "pdf"]
    subprocess.run(pages, check=True)


async def tell_story(server: Server, folder: Path) -> None:
    async def picture(name: str, someone: Someone) -> None:
        await someone.page.wait_for_timeout(500)  # what glides has arrived
        await someone.page.screenshot(path=IMAGES / f"{name}.png")

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        story = Story(browser, server, folder, picture)
        await first_meeting.play(story)
        await story.go_home()
        await second_meeting.play(story)
        await browser.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder, "-m", "app.cli", "demo").start()
        try:
            server.kinboard("play", "--speed", "50")
            demo = json.loads((folder / "demo.json").read_text())
            asyncio.run(take(server, demo))
            print_pdf(server, demo, folder)
        finally:
            server.stop()
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name)).start()
        try:
            asyncio.run(tell_story(server, Path(name)))
        finally:
            server.stop()
    print(f"docs/images: {', '.join(sorted(path.name for path in IMAGES.iterdir()))}")


if __name__ == "__main__":
    main()
