"""PostgreSQL dies, is cut off, hangs, is held: nothing is acknowledged that is not stored, nothing
is stored twice, and all goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.ids import new_id
from tests.program import Program, sit_down
from tests.proxy import Proxy
from tests.server import Meeting, Server, new_meeting
from tests.services import Postgres


class Line:
    """A worker, and its PostgreSQL behind a proxy."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self.postgres = postgres
        self.direct = self.postgres.new_database()
        self.proxy = Proxy(self.postgres.port)
        url = sa.make_url(self.direct).set(port=self.proxy.port).render_as_string(False)
        self.server = Server(
            folder,
            KINBOARD_DATABASE_URL=url,
            KINBOARD_KEY_FILE=str(folder / "kinboard.keys"),
            KINBOARD_DATABASE_CONNECT_SECONDS="2",
            KINBOARD_DATABASE_LOCK_SECONDS="0.5",
            KINBOARD_DATABASE_STATEMENT_SECONDS="1",
        )

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.server.url + path, timeout=20)

    def logged(self, meeting: Meeting) -> dict[str, int]:
        """The commands in a meeting's log: id -> number. Fails where one is there twice."""
        engine = sa.create_engine(self.direct)
        with engine.connect() as connection:
            query = "SELECT command_id, seq FROM event WHERE board_id = :board ORDER BY seq"
            rows = connection.execute(sa.text(query), {"board": meeting.id}).all()
        engine.dispose()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.command_id for row in rows}) == len(rows)
        return {row.command_id: row.seq for row in rows}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    postgres = Postgres()  # of its own, to be killed
    postgres.start()
    try:
        running = Line(tmp_path_factory.mktemp("line"), postgres)
        running.server.start()
        yield running
        running.server.stop()
        running.proxy.close()
    finally:
        postgres.remove()


@pytest.fixture
def meeting(line: Line) -> Iterator[Meeting]:
    yield new_meeting(line.server)
    line.proxy.mend()


async def say(program: Program, text: str, command_id: str = "") -> dict:
    """The answer to a card."""
    await program.send(
        {
            "type": "command",
            "id": command_id or new_id(),
            "name": "card.add",
            "data": {"column": "worries", "text": text},
        }
    )
    while True:
        frame = await program.receive(within=30)
        if frame["type"] in ("ack", "error"):
            return frame


async def say_until_saved(program: Program, text: str, command_id: str) -> int:
    """As the page does: what could not be saved is said again, with the same id."""
    async with asyncio.timeout(30):
        while (answer := await say(program, text, command_id))["type"] == "error":
            assert answer["code"] == "not_saved" and "Your words are kept" in answer["message"]
            await asyncio.sleep(0.1)
    return answer["seq"]


async def test_killed_and_started_again(line: Line, meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    acked: dict[str, int] = {}

    async def write(count: int) -> None:
        for number in range(count):
            command = new_id()
            acked[command] = await say_until_saved(rosa, f"number {number}", command)

    await write(3)
    for _ in range(3):
        writing = asyncio.create_task(write(12))
        await asyncio.sleep(0.03)
        await asyncio.to_thread(line.postgres.stop, signal.SIGKILL)
        ready, alive = [await asyncio.to_thread(line.get, path) for path in ("/readyz", "/healthz")]
        assert (ready.status_code, alive.status_code) == (503, 200)
        assert "database: away" in ready.text
        await asyncio.to_thread(line.postgres.start)
        await writing
    logged = line.logged(meeting)
    assert acked.items() <= logged.items() and len(acked) == 39
    await rosa.catch_up(max(acked.values()))
    heard = [event["seq"] for event in rosa.events]
    assert heard == list(range(heard[0], max(logged.values()) + 1))
    assert (await asyncio.to_thread(line.get, "/readyz")).status_code == 200


async def test_while_it_is_away_pages_and_programs_are_told_so(
    line: Line, meeting: Meeting
) -> None:
    seat = meeting.join("Elena", lang="es")
    address = f"/m/{meeting.id}/{seat.person}"
    elena = await sit_down(meeting, seat)
    line.proxy.cut()
    headers = {"accept-language": "es", "cookie": f"kb_{seat.person}={seat.token}"}
    page = await asyncio.to_thread(
        httpx.get, line.server.url + address, headers=headers, timeout=20
    )
    assert page.status_code == 503 and page.headers["retry-after"] == "2"
    assert "No se ha perdido nada" in page.text
    told = await asyncio.to_thread(meeting.post, "close")
    assert told.status_code == 503 and told.json()["error"]["code"] == "not_saved"
    answer = await say(elena, "no hay base de datos")
    assert answer["code"] == "not_saved" and "Sus palabras quedan aquí" in answer["message"]
    # Who comes now is asked to come again.
    url = f"ws{line.server.url[4:]}/live/{meeting.id}"
    async with connect(url, subprotocols=["kinboard.v1.json"]) as socket:  # type: ignore[list-item]
        hello = f'{{"type": "hello", "person": "{seat.person}", "token": "{seat.token}"}}'
        with contextlib.suppress(ConnectionClosed):  # it may have been told so already
            await socket.send(hello)
        await asyncio.wait_for(socket.wait_closed(), 10)
        assert socket.close_code == 4503
    line.proxy.mend()
    assert (await say(elena, "otra vez"))["type"] == "ack"


def at_commit(proxy: Proxy, command: str, then: Callable[[], None]) -> None:
    """Has something done in the moment in which a command's commit is sent."""
    seen = []

    def look(sent: bytes) -> None:
        if command.encode() in sent:
            seen.append(command)
        elif seen and b"COMMIT" in sent:
            proxy.sent = lambda _: None
            then()

    proxy.sent = look


@pytest.mark.parametrize("arrives", [True, False])
async def test_cut_in_the_moment_of_a_commit(line: Line, meeting: Meeting, arrives: bool) -> None:
    """Its answer is lost: made or not, the command is stored once, and its maker is told so."""
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await say(rosa, "first")
    cuts = []

    def cut() -> None:
        cuts.append(arrives)
        if arrives:
            line.proxy.hush()
            threading.Timer(0.2, break_line).start()  # the commit is made by then
        else:
            break_line()

    def break_line() -> None:
        line.proxy.drop()
        line.proxy.mend()

    command = new_id()
    at_commit(line.proxy, command, cut)
    answer = await say(rosa, "just then", command)
    assert cuts == [arrives] and answer["type"] == "ack"
    assert line.logged(meeting)[command] == answer["seq"]
    await rosa.catch_up(answer["seq"])
    assert str(rosa.events).count("just then") == 1


async def test_a_commit_whose_answer_is_lost_for_long_is_neither_lost_nor_made_twice(
    line: Line, meeting: Meeting
) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await say(rosa, "first")

    def cut() -> None:
        line.proxy.hush()
        threading.Timer(0.2, line.proxy.cut).start()

    command = new_id()
    at_commit(line.proxy, command, cut)
    answer = await say(rosa, "just then", command)
    assert answer["code"] == "not_saved"  # as far as anybody knows
    seq = line.logged(meeting)[command]
    line.proxy.mend()
    await rosa.catch_up(seq)  # the worker finds it in the log by itself
    assert await say_until_saved(rosa, "just then", command) == seq
    assert line.logged(meeting)[command] == seq
    assert str(rosa.events).count("just then") == 1


async def test_a_line_that_hangs_does_not_hang_the_worker(line: Line, meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    await say(rosa, "first")
    line.proxy.freeze()
    started = time.monotonic()
    command = new_id()
    answer = await say(rosa, "into the void", command)
    assert answer["code"] == "not_saved" and time.monotonic() - started < 30
    line.proxy.mend()
    seq = await say_until_saved(rosa, "into the void", command)
    assert line.logged(meeting)[command] == seq


async def test_a_slow_commit_is_acknowledged_after_it(line: Line, meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    line.proxy.delay = 0.2
    started = time.monotonic()
    answer = await say(rosa, "slowly")
    line.proxy.delay = 0
    assert answer["type"] == "ack" and time.monotonic() - started > 0.4


async def test_who_holds_one_board_does_not_hold_the_others(line: Line, meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    ana = await sit_down(meeting, meeting.join("Ana"))
    other = await asyncio.to_thread(new_meeting, line.server)
    elena = await sit_down(other, other.join("Elena"))
    engine = sa.create_engine(line.direct)
    with engine.begin() as holder:
        query = sa.text("SELECT seq FROM board WHERE id = :board FOR UPDATE")
        holder.execute(query, {"board": meeting.id})
        first = asyncio.create_task(say(ana, "held"))
        await asyncio.sleep(0.2)  # while that one waits for the lock, both of these come
        held, free = await asyncio.gather(say(rosa, "held too"), say(elena, "free"))
        assert held["code"] == "not_saved" and free["type"] == "ack"
        assert (await first)["code"] == "not_saved"
        waiting = asyncio.create_task(say_until_saved(rosa, "held too", held["id"]))
        await asyncio.sleep(0.3)
    engine.dispose()
    seq = await waiting
    assert line.logged(meeting)[held["id"]] == seq


async def test_a_database_that_only_reads_as_a_standby_does(line: Line, meeting: Meeting) -> None:
    rosa = await sit_down(meeting, meeting.join("Rosa"))
    name = sa.make_url(line.direct).database
    engine = sa.create_engine(line.postgres.url(), isolation_level="AUTOCOMMIT")

    def only_reads(how: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(
                f"ALTER DATABASE {name} SET default_transaction_read_only = {how}"
            )
        line.proxy.drop()  # what is connected anew finds it so

    only_reads("on")
    command = new_id()
    assert (await say(rosa, "to a standby", command))["code"] == "not_saved"
    only_reads("off")
    engine.dispose()
    await say_until_saved(rosa, "to a standby", command)


async def test_another_server_takes_over_that_lacks_the_last_edits(
    line: Line, meeting: Meeting
) -> None:
    """What its copy of the log does not hold is gone; everybody then sees what it holds."""
    seat = meeting.join("Rosa")
    rosa = await sit_down(meeting, seat)
    kept = await say(rosa, "in the copy")
    postgres = line.postgres
    await asyncio.to_thread(postgres.stop)
    copy = postgres.folder / "copy"
    shutil.copytree(postgres.data, copy)
    shutil.chown(copy, "postgres")
    for path in copy.rglob("*"):
        shutil.chown(path, "postgres")
    await asyncio.to_thread(postgres.start)
    await say_until_saved(rosa, "after the copy was made", new_id())
    await asyncio.to_thread(postgres.stop, signal.SIGKILL)
    postgres.data = copy
    await asyncio.to_thread(postgres.start)
    await rosa.until("welcome", within=10)  # it begins anew
    assert rosa.frames[-1]["seq"] == kept["seq"]
    assert "after the copy" not in str(rosa.frames[-1])
    seq = await say_until_saved(rosa, "with the new server", new_id())
    assert seq == kept["seq"] + 1 and max(line.logged(meeting).values()) == seq
