"""Networks that break: a line to a port of this machine, to be cut, held and delayed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

_CHUNK = 65536


class Line:
    """Passes on what goes to `port`, from a port of its own, in a thread of its own."""

    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self.port = 0
        self._delay = 0.0
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def cut(self) -> None:
        """Every connection ends at once, and no new one comes about."""
        self._is_cut = True
        self._do(self._end_all)

    def hold(self) -> None:
        """Nothing comes through, and nobody is told: as where a cable is pulled."""
        self._do(self._flows.clear)

    def delay(self, seconds: float) -> None:
        """Each piece comes through so much later."""
        self._delay = seconds

    def mend(self) -> None:
        self._is_cut, self._delay = False, 0.0
        self._do(self._flows.set)

    def close(self) -> None:
        self.mend()
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._do(self._loop.stop)
        self._thread.join()

    def _do(self, what: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(what)

    async def _stop(self) -> None:
        self._server.close()
        self._end_all()
        await asyncio.gather(*self._joined, return_exceptions=True)

    def _end_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def _came(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        joined = asyncio.ensure_future(self._join(near, back))
        self._joined.add(joined)
        joined.add_done_callback(self._joined.discard)

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self._is_cut:
            back.transport.abort()
            return
        try:
            far, out = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            back.transport.abort()
            return
        self._open |= {back, out}
        await asyncio.gather(self._pass(near, out), self._pass(far, back))
        self._open -= {back, out}

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_CHUNK):
                await asyncio.sleep(self._delay)
                await self._flows.wait()
                to.write(piece)
                await to.drain()
        to.close()
