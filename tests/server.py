"""A real Kinboard in a process of its own, for tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.settings import ROOT, Settings

UNHURRIED = {
    f"KINBOARD_{name.upper()}": "1000000"
    for name in Settings.model_fields
    if name.startswith("limit_")
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.errors = folder / "stderr.txt"
        self.environment = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "KINBOARD_DATABASE_URL": f"sqlite:///{folder}/kinboard.db",
            # Programs are quicker than people, and all of them come from one address.
            **UNHURRIED,
            **environment,
        }
        # Another release runs from another folder.
        self.checkout = ROOT
        self._arguments = arguments or ("-m", "app.cli", "serve")
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""

    def start(self) -> Server:
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=self.checkout,
                env=self.environment,
                stdout=errors,
                stderr=errors,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).is_success:
                    self.token = self.token or self.kinboard("token", "Sam")
                    return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self.errors.read_text()[-3000:]}")

    def kinboard(self, *arguments: str) -> str:
        """What a `kinboard` command prints."""
        run = subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=self.checkout,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout.strip()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(15)

    def kill(self) -> None:
        """As when the power goes: nothing is tidied up."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(15)


def as_text(page: httpx.Response) -> str:
    """A page without its nonce, which is another one for each answer."""
    return re.sub(r' nonce="[^"]*"', "", page.text)


@dataclass
class Seat:
    person: str
    token: str


@dataclass
class Meeting:
    """A meeting on a server, as programs make it over REST."""

    server: Server
    id: str
    code: str
    facilitator: Seat
    projector: Seat

    def post(self, path: str, data: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.server.token}"}
        url = f"{self.server.url}/api/meetings/{self.id}/{path}"
        return httpx.post(url, json=data or {}, headers=headers)

    def knock(self, called: str, **wishes: str) -> Seat:
        wish = {"code": self.code, "called": called, **wishes}
        seat = httpx.post(f"{self.server.url}/api/join", json=wish).raise_for_status().json()
        return Seat(seat["person"], seat["token"])

    def admit(self, seat: Seat, role: str = "family") -> None:
        self.post(f"people/{seat.person}/admit", {"role": role}).raise_for_status()

    def join(self, called: str, role: str = "family", **wishes: str) -> Seat:
        seat = self.knock(called, **wishes)
        self.admit(seat, role)
        return seat


def new_meeting(server: Server, is_open: bool = True, **wishes: str) -> Meeting:
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        family = client.post("/api/families", json={"name": "Rivera"}).raise_for_status().json()
        wish = {"title": "First meeting"} | wishes
        address = f"/api/families/{family['id']}/meetings"
        made = client.post(address, json=wish).raise_for_status().json()
    seats = [
        Seat(made[role]["person"], made[role]["token"]) for role in ("facilitator", "projector")
    ]
    meeting = Meeting(server, made["meeting"], made["code"], *seats)
    if is_open:
        meeting.post("open").raise_for_status()
    return meeting
