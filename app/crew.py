"""Several workers on one machine: processes that take connections from one shared address.

A worker that dies is started again. TERM or INT ends all of them; HUP has all of them read their
templates again; USR2 replaces them one after the other, each by a new process with the code that
is on the disk by then, and each old one goes only when its successor takes connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from types import FrameType

from app import logs
from app.serving import Worker, bind
from app.settings import Settings, read_settings

log = logging.getLogger("kinboard.crew")

_spawn = multiprocessing.get_context("spawn")
# Seconds until a worker has to take connections.
_START_WITHIN = 60.0
# A worker that ends by itself is started again after so many seconds, so that one that cannot
# start does not keep the machine busy.
_PAUSE = 1.0


class _Hand:
    """One worker process of the crew."""

    def __init__(self, shared: socket.socket) -> None:
        # Not an event of multiprocessing: whoever is killed while asking one locks the others.
        self._heard, said = _spawn.Pipe(duplex=False)
        self.process = _spawn.Process(target=work, args=(shared, said))
        self.process.start()
        said.close()

    def starts(self, is_urgent: Callable[[], bool]) -> bool:
        """Waits until it takes connections; False where it ended instead, took too long, or
        something else `is_urgent`."""
        until = time.monotonic() + _START_WITHIN
        while time.monotonic() < until and self.process.is_alive() and not is_urgent():
            if self._heard.poll(0.1):
                with contextlib.suppress(EOFError):
                    return bool(self._heard.recv())
        return False

    def tell(self, sent: int) -> None:
        if self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, sent)


class Crew:
    def __init__(self, settings: Settings) -> None:
        self._count = settings.workers
        self._shared = bind(settings)
        self._hands: list[_Hand] = []
        self._told: list[int] = []

    def run(self) -> int:
        """Until TERM or INT. 1 where a worker could not even start the first time."""
        # Signals also wake the wait below.
        woken, wakes = socket.socketpair()
        wakes.setblocking(False)
        woken.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno())
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2):
            signal.signal(one, self._hear)
        self._hands = [_Hand(self._shared) for _ in range(self._count)]
        has_started = all(hand.starts(self._is_ending) for hand in self._hands)
        while has_started and not self._is_ending():
            wait([woken, *(hand.process.sentinel for hand in self._hands)])
            self._drop(woken)
            self._obey()
            self._start_again()
        self._end()
        return 0 if has_started or self._is_ending() else 1

    def _is_ending(self) -> bool:
        return signal.SIGTERM in self._told or signal.SIGINT in self._told

    def _hear(self, sent: int, _: FrameType | None) -> None:
        self._told.append(sent)

    @staticmethod
    def _drop(woken: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            woken.recv(4096)

    def _obey(self) -> None:
        while self._told and not self._is_ending():
            sent = self._told.pop(0)
            if sent == signal.SIGUSR2:
                self._replace_all()
            else:
                self._tell(self._hands, sent)

    def _replace_all(self) -> None:
        """One after the other; all stay as they are where a new one does not start."""
        for number, old in enumerate(self._hands):
            if self._is_ending():
                return
            new = _Hand(self._shared)
            if not new.starts(self._is_ending):
                new.process.kill()
                log.error("a new worker did not start: the others stay as they are")
                return
            self._hands[number] = new
            old.tell(signal.SIGTERM)
            old.process.join()

    def _start_again(self) -> None:
        dead = [n for n, hand in enumerate(self._hands) if not hand.process.is_alive()]
        if not dead or self._is_ending():
            return
        log.error("%d of %d workers ended by themselves: starting again", len(dead), self._count)
        time.sleep(_PAUSE)
        for number in dead:
            self._hands[number] = _Hand(self._shared)

    def _end(self) -> None:
        # Nobody may knock at a door behind which nobody is.
        self._shared.close()
        self._tell(self._hands, signal.SIGTERM)
        for hand in self._hands:
            hand.process.join()

    @staticmethod
    def _tell(hands: Iterable[_Hand], sent: int) -> None:
        for hand in hands:
            hand.tell(sent)


def work(shared: socket.socket, ready: Connection) -> None:
    """What one worker process does. It ends when the crew's own process is gone."""
    for one in (signal.SIGHUP, signal.SIGUSR2):  # deadly until somebody listens to them
        signal.signal(one, signal.SIG_IGN)
    settings = read_settings()
    logs.set_up(settings.log_level)

    def started() -> None:
        with contextlib.suppress(OSError):  # whom to tell may be gone
            ready.send(True)
        crew = multiprocessing.parent_process()
        assert crew
        asyncio.get_running_loop().add_reader(crew.sentinel, orphaned, crew.sentinel)

    def orphaned(sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        worker.should_exit = True

    worker = Worker(settings, started)
    with contextlib.suppress(KeyboardInterrupt):
        worker.run([shared])
