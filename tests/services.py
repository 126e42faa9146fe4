"""A real PostgreSQL and a real Redis of the tests' own, to stop, kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.server import free_port

_number = count(1)
_WITHIN = 30.0


class Service:
    """A server process on a port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self) -> None:
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        wait_until(self.answers)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGKILL: as when the machine loses its power."""
        if self.process:
            self._signal(how)
            self.process.wait(_WITHIN)
            self.process = None

    def _signal(self, how: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(how)


class Postgres(Service):
    """PostgreSQL refuses to run as root: there it is started as the user that Debian made."""

    def __init__(self) -> None:
        # Not in the folder of pytest, which each run of it closes to all others.
        super().__init__(Path(tempfile.mkdtemp(prefix="kinboard-postgres-")))
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._programs = _programs()
        self.data = self.folder / "data"
        self.folder.chmod(0o755)
        self.data.mkdir()
        if self._as:
            shutil.chown(self.data, "postgres")
        run = [*self._as, str(self._programs / "initdb"), "-D", str(self.data), "-U", "kinboard"]
        subprocess.run([*run, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], check=True,
                       stdout=subprocess.DEVNULL, cwd="/")  # fmt: skip

    def command(self) -> list[str]:
        options = ["-h", "127.0.0.1", "-k", str(self.data), "-p", str(self.port)]
        return [*self._as, str(self._programs / "postgres"), "-D", str(self.data), *options]

    def remove(self) -> None:
        """Stops it for good."""
        self.stop()
        shutil.rmtree(self.folder)

    def answers(self) -> bool:
        run = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(run, check=False).returncode == 0

    def _signal(self, how: signal.Signals) -> None:
        # The process that was started may be the one that changed the user.
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, how)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://kinboard@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """The URL of an empty database, or of a copy of another one."""
        name = f"kinboard_{next(_number)}"
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return self.url(name)


class Redis(Service):
    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        return ["redis-server", *options, "--save", "", "--appendonly", "no"]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


class SafeRedis(Redis):
    """Speaks TLS only, and shows a certificate of its own making."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.certificate, self._key = folder / "redis.crt", folder / "redis.key"
        run = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        run += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        run += ["-keyout", str(self._key), "-out", str(self.certificate)]
        subprocess.run(run, check=True, stderr=subprocess.DEVNULL)

    def command(self) -> list[str]:
        tls = ["--tls-port", str(self.port), "--tls-auth-clients", "no"]
        tls += ["--tls-cert-file", str(self.certificate), "--tls-key-file", str(self._key)]
        return [*super().command(), *tls, "--port", "0"]

    @property
    def url(self) -> str:
        return f"rediss://127.0.0.1:{self.port}/0?ssl_ca_certs={self.certificate}"


class RedisCluster(Service):
    """Three nodes, each with a third of the slots."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.nodes = []
        for number in range(3):
            (folder / str(number)).mkdir()
            self.nodes.append(_Node(folder / str(number)))

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        addresses = [f"127.0.0.1:{node.port}" for node in self.nodes]
        run = ["redis-cli", "--cluster", "create", *addresses, "--cluster-yes"]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
        wait_until(lambda: all(node.is_ready for node in self.nodes))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        for node in self.nodes:
            node.stop(how)

    @property
    def url(self) -> str:
        return f"redis+cluster://127.0.0.1:{self.nodes[0].port}"


class _Node(Redis):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._bus = free_port()

    def command(self) -> list[str]:
        bus = ["--cluster-port", str(self._bus)]
        return [*super().command(), "--cluster-enabled", "yes", *bus]

    @property
    def is_ready(self) -> bool:
        run = ["redis-cli", "-p", str(self.port), "cluster", "info"]
        told = subprocess.run(run, capture_output=True, text=True, check=False).stdout
        return "cluster_state:ok" in told


def wait_until(is_so: Callable[[], bool], within: float = _WITHIN) -> None:
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come")
        time.sleep(0.05)


def _programs() -> Path:
    """Where PostgreSQL's programs are; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return (found[-1] if found else Path(shutil.which("postgres") or "postgres")).parent
