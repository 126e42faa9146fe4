"""SQLite is full, locked for long, or only to be read: nothing is acknowledged, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.ids import new_id
from app.store.engine import make_engine
from app.store.faults import Away, away
from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB; only root can make one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system cannot be made here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def say(program: Program, text: str, command_id: str) -> dict:
    return await program.ask("card.add", command_id, column="worries", text=text)


async def say_until_saved(program: Program, text: str, command_id: str) -> int:
    async with asyncio.timeout(20):
        while (answer := await say(program, text, command_id))["type"] == "error":
            assert answer["code"] == "not_saved"
            await asyncio.sleep(0.1)
    return answer["seq"]


def log_of(meeting: Meeting, database: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        query = "SELECT command_id FROM event WHERE board_id = ? ORDER BY seq"
        return [row[0] for row in connection.execute(query, (meeting.id,))]


async def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    settings = {
        "KINBOARD_DATABASE_URL": f"sqlite:///{small_disk}/kinboard.db",
        "KINBOARD_KEY_FILE": str(tmp_path / "kinboard.keys"),
    }
    server = await asyncio.to_thread(Server(tmp_path, **settings).start)
    try:
        meeting = await asyncio.to_thread(new_meeting, server)
        rosa = await sit_down(meeting, await asyncio.to_thread(meeting.join, "Rosa"))
        with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
            while True:
                filler.write(b"x" * 4096)
                filler.flush()
        acked, answer = [], {"type": "ack"}
        while answer["type"] == "ack":
            command = new_id()
            answer = await say(rosa, "x" * 1500, command)
            acked += [command] if answer["type"] == "ack" else []
        assert answer["code"] == "not_saved" and "Your words are kept" in answer["message"]
        # What is there can still be read.
        elena = await sit_down(meeting, rosa.seat)
        assert elena.welcome["seq"] == rosa.seq
        (small_disk / "filler").unlink()
        await say_until_saved(rosa, "x" * 1500, command)
        log = log_of(meeting, small_disk / "kinboard.db")
        assert log[-1 - len(acked) :] == [*acked, command]
        await elena.catch_up(len(log))
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_database_that_another_process_has_locked(tmp_path: Path) -> None:
    server = Server(tmp_path, KINBOARD_DATABASE_LOCK_SECONDS="0.5")
    await asyncio.to_thread(server.start)
    try:
        meeting = await asyncio.to_thread(new_meeting, server)
        rosa = await sit_down(meeting, await asyncio.to_thread(meeting.join, "Rosa"))
        await say(rosa, "before", new_id())
        database = tmp_path / "kinboard.db"
        other = sqlite3.connect(database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        command = new_id()
        answer = await say(rosa, "meanwhile", command)
        assert answer["code"] == "not_saved" and command not in log_of(meeting, database)
        other.execute("ROLLBACK")
        other.close()
        seq = await say_until_saved(rosa, "meanwhile", command)
        log = log_of(meeting, database)
        assert log.index(command) + 1 == seq == len(log)
    finally:
        await asyncio.to_thread(server.stop)


def test_what_a_database_says_is_understood(tmp_path: Path) -> None:
    """Real errors of SQLite: those that pass, and those that are somebody's mistake."""
    path = tmp_path / "a.db"
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b UNIQUE)")

    def said(sql: str, url: str = f"file:{path}?mode=ro") -> type[Away] | None:
        only_reads = sa.create_engine(f"sqlite:///{url}&uri=true")
        with pytest.raises(sa.exc.SQLAlchemyError) as failure, only_reads.begin() as connection:
            connection.exec_driver_sql(sql)
        return away(failure.value)

    assert said("INSERT INTO a VALUES (1)") is Away  # it can only be read
    assert said("SELECT 1", f"file:{tmp_path}/none/a.db?mode=rw") is Away  # there is none
    assert said("SELECT c FROM a") is None
    assert said("INSERT INTO a VALUES (1), (1)", f"file:{path}?mode=rw") is None
    engine.dispose()
