"""Server processes to measure, on one core, with what they use of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.server import UNHURRIED

ROOT = Path(__file__).resolve().parent.parent
# The server has the first core for itself; the load is made on the others.
_CORES = sorted(os.sched_getaffinity(0))
if len(_CORES) > 1:
    os.sched_setaffinity(0, _CORES[1:])
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One server, on a core of its own."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = arguments
        self._program = environment.pop("PROGRAM", sys.executable)
        # All of a thousand people come from one address, and quicker than people do.
        self._environment = os.environ | UNHURRIED | environment | {"PORT": str(self.port)}
        self.start()

    def start(self) -> None:
        arguments = [part.replace("PORT", str(self.port)) for part in self._arguments]
        self.process = subprocess.Popen(
            [self._program, *arguments], env=self._environment, cwd=ROOT
        )
        os.sched_setaffinity(self.process.pid, _CORES[:1])
        for _ in range(300):
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).status_code < 500:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def at(self, number: int) -> str:
        """The address for somebody's socket."""
        return self.url

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    @property
    def cpu(self) -> float:
        """Seconds of CPU used until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """Resident memory, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class Workers:
    """Several workers on one database, on one core together; people sit at each in turn."""

    def __init__(self, count: int, folder: Path, **environment: str) -> None:
        keys = str(folder / "bench.keys")
        self.all = [
            Process(["-m", "app.cli", "serve"], HOST="127.0.0.1", KINBOARD_KEY_FILE=keys,
                    **environment)
            for _ in range(count)
        ]  # fmt: skip
        self.url = self.all[0].url
        self._environment = self.all[0]._environment

    def at(self, number: int) -> str:
        return self.all[number % len(self.all)].url

    def stop(self) -> None:
        for one in self.all:
            one.stop()

    @property
    def cpu(self) -> float:
        return sum(one.cpu for one in self.all)

    @property
    def memory(self) -> float:
        return sum(one.memory for one in self.all)


def bare() -> Process:
    return Process(
        [
            "-m", "uvicorn", "benchmarks.bare:app", "--port", "PORT", "--loop", "uvloop",
            "--ws", "websockets-sansio", "--ws-per-message-deflate", "false",
            "--log-level", "warning",
        ]
    )  # fmt: skip


def kinboard(folder: Path, database: str = "") -> Process:
    return Process(
        ["-m", "app.cli", "serve"],
        KINBOARD_DATABASE_URL=database or f"sqlite:///{folder}/bench.db",
        KINBOARD_KEY_FILE=str(folder / "bench.keys"),
        HOST="127.0.0.1",
    )


def token(server: Process | Workers) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "app.cli", "token", "Benchmark"],
        env=server._environment, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.split()[-1]
