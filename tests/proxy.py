"""A small TCP proxy, to cut, hold up and slow down a line between two real programs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

# Looks at what a client sends, before it is passed on.
Look = Callable[[bytes], None]


class Proxy:
    """Takes connections on a port of its own and passes them on to another one.

    `sent` is called with whatever a client sends. `delay`: seconds by which it comes later.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.delay = 0.0
        self.sent: Look = lambda _: None
        self._flows = threading.Event()
        self._flows.set()
        self._is_shut = False
        self._answers = True
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks all lines, and takes no new ones until `mend`."""
        self._is_shut = True
        self.drop()

    def drop(self) -> None:
        """Breaks all lines; new ones are taken."""
        lines, self._lines = self._lines, []
        for line in lines:
            _end(line)

    def hush(self) -> None:
        """From now on the client hears nothing any more, though the target hears the client."""
        self._answers = False

    def freeze(self) -> None:
        """Passes nothing on, and tells nobody so, as where a cable is pulled."""
        self._flows.clear()

    def mend(self) -> None:
        self._is_shut, self._answers = False, True
        self._flows.set()

    def close(self) -> None:
        self.cut()
        self._flows.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    if self._is_shut:
                        raise ConnectionRefusedError
                    target = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    _end(client)
                    continue
                self._lines += [client, target]
                for there, here, is_sent in ((client, target, True), (target, client, False)):
                    threading.Thread(
                        target=self._pass_on, args=(there, here, is_sent), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_sent: bool) -> None:
        with contextlib.suppress(OSError):
            while some := source.recv(65536):
                if is_sent:
                    self.sent(some)
                    time.sleep(self.delay)
                self._flows.wait()
                if is_sent or self._answers:
                    sink.sendall(some)
        _end(source)
        _end(sink)


def _end(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
