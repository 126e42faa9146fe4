"""A running server takes in an agency's tools at the signal HUP, and keeps what was good."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.assessing.test_tools import GOOD, write
from tests.program import sit_down
from tests.server import Server, new_meeting


async def told(server: Server, words: str) -> str:
    """What the server has logged, once it holds some words."""
    for _ in range(200):
        log = server.errors.read_text()
        if words in log:
            return log
        await asyncio.sleep(0.05)
    raise AssertionError(f"not logged: {words}")


async def test_a_broken_tool_is_logged_and_the_running_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    write(folder, GOOD)
    server = Server(tmp_path, KINBOARD_TOOLS=str(folder)).start()
    try:
        meeting = new_meeting(server)
        sam = await sit_down(meeting, meeting.facilitator)
        assert (await sam.ask("tool.open", id="tool-1", tool="home-check"))["type"] == "ack"
        write(folder, GOOD.replace("level: low", "level: lower").replace('"2"', '"3"'))
        write(folder, GOOD.replace("home-check", "second-one"), "second.yaml")
        assert server.process
        server.process.send_signal(signal.SIGHUP)
        log = await told(server, "check.yaml")
        assert "check.yaml, line 23: scoring.overrides.0.level: there is no level “lower”" in log
        for number, tool in ((2, "home-check"), (3, "second-one")):
            opened = await sam.ask("tool.open", id=f"tool-{number}", tool=tool)
            assert opened["type"] == "ack", opened
        versions = [
            change["set"]["version"]
            for event in sam.events
            for change in event["changes"]
            if change["kind"] == "assessment"
        ]
        assert versions == ["2", "2", "2"]
        await sam.socket.close()
    finally:
        server.stop()
