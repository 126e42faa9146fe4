"""A backup that is taken while people write comes back as one moment of the meeting."""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from app.board.board import replay
from app.export.record import board_as_dict
from app.live.house import House
from app.map.cards import AddCard
from app.settings import Settings
from app.writing.write import Write
from tests.commands import kinboard
from tests.data.test_deletion import SECRET, full_meeting
from tests.houses import new_house
from tests.server import free_port


@pytest.fixture
def url(tmp_path) -> str:
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path}/data/kinboard.db"


@pytest.fixture
def elsewhere(tmp_path) -> str:
    """Another machine, to which the keys were brought."""
    (tmp_path / "other").mkdir()
    return f"sqlite:///{tmp_path}/other/kinboard.db"


def bring_keys(tmp_path: Path) -> None:
    shutil.copy(tmp_path / "data.keys", tmp_path / "other.keys")


def restore(url: str, *arguments: str):
    return kinboard(url, "restore", *arguments, PORT=str(free_port()))


async def board_at(url: str, board_id: str) -> dict | None:
    """The board, checked against its log."""
    house = House(Settings(database_url=url))
    await house.start()
    live = await house.open(board_id)
    told = board_as_dict(live.board) if live else None
    if live:
        events = await house.store.events(board_id)
        assert board_as_dict(replay(board_id, events)) == told
    await house.stop()
    return told


async def test_a_backup_while_people_write_is_one_moment(url, elsewhere, tmp_path) -> None:
    house = await new_house(url)
    live, sam, _ = await full_meeting(house)
    boards = {live.board.seq: board_as_dict(live.board)}
    done = asyncio.Event()

    async def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            card = f"card-1{number:05}"
            await house.ask(live, sam, AddCard(id=card, column="worries", text=f"w {number}"))
            boards[live.board.seq] = board_as_dict(live.board)
            await house.ask(live, sam, Write(id=card, field="text", text=f"word {number}"))
            boards[live.board.seq] = board_as_dict(live.board)
            await asyncio.sleep(0.001)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    copy = tmp_path / "backups" / "one.kinboard"
    run = await asyncio.to_thread(kinboard, url, "backup", str(copy))
    after = live.board.seq
    await house.ask(live, sam, AddCard(column="worries", text="after it"))
    done.set()
    await writing
    assert run.returncode == 0, run.stderr
    await house.stop()

    assert copy.stat().st_mode & 0o777 == 0o600 and list(copy.parent.iterdir()) == [copy]
    content = copy.read_bytes()
    key = (tmp_path / "data.keys").read_text().split()[-1]
    for word in (SECRET, "Rivera", key):
        assert word.encode() not in content
    bring_keys(tmp_path)
    run = restore(elsewhere, str(copy))
    assert run.returncode == 0, run.stderr
    restored = await board_at(elsewhere, live.board.id)
    assert restored and restored == boards[restored["seq"]]
    assert min(boards) < restored["seq"] <= after < live.board.seq
    assert kinboard(elsewhere, "audit", "verify").returncode == 0


async def test_a_restore_goes_back_and_deletes_again_what_was_deleted_since(
    url, elsewhere, tmp_path
) -> None:
    house = await new_house(url)
    one, _, rosa = await full_meeting(house)
    two, *_ = await full_meeting(house)
    three, sam, _ = await full_meeting(house)
    await house.stop()
    copy = str(tmp_path / "one.kinboard")
    assert kinboard(url, "backup", copy).returncode == 0
    house = House(Settings(database_url=url))
    await house.start()
    live = await house.open(three.board.id)
    assert live
    await house.tell(live, sam, "card.add", id="card-9999", column="worries", text="after it")
    await house.tell(live, sam, "meeting.close")
    await house.stop()
    assert kinboard(url, "delete", "person", one.board.id, rosa.person_id).returncode == 0
    assert kinboard(url, "delete", "meeting", two.board.id).returncode == 0
    deletions = tmp_path / "deletions"
    deletions.write_text(kinboard(url, "delete", "list").stdout)
    entries = len(kinboard(url, "audit", "show").stdout.splitlines())

    refused = restore(url, copy)
    assert refused.returncode == 1 and "--force" in refused.stderr
    assert await board_at(url, two.board.id) is None
    run = restore(url, copy, "--force")
    assert run.returncode == 0, run.stderr
    await check(url, one, two, three)
    # Nothing of the audit log is lost by going back.
    assert len(kinboard(url, "audit", "show").stdout.splitlines()) > entries

    bring_keys(tmp_path)
    run = restore(elsewhere, copy, "--deletions", str(deletions))
    assert run.returncode == 0, run.stderr
    await check(elsewhere, one, two, three)


async def check(url: str, one, two, three) -> None:
    told = json.dumps(await board_at(url, one.board.id), ensure_ascii=False)
    assert SECRET not in told and "Rosa" not in told and "Sam's words" in told
    assert await board_at(url, two.board.id) is None
    told = json.dumps(await board_at(url, three.board.id), ensure_ascii=False)
    assert SECRET in told and "after it" not in told
    verified = kinboard(url, "audit", "verify")
    assert verified.returncode == 0, verified.stderr


async def test_what_is_no_backup_is_refused_in_one_line(url, elsewhere, tmp_path) -> None:
    house = await new_house(url)
    await full_meeting(house)
    await house.stop()
    copy = tmp_path / "one.kinboard"
    assert kinboard(url, "backup", str(copy)).returncode == 0
    content = copy.read_bytes()
    middle = len(content) // 2
    damaged = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as archive:
        archive.add(__file__, "manifest.json")
    bring_keys(tmp_path)
    for wrong, says in (
        (damaged, "damaged"),
        (content[:1000], "cannot be read"),
        (b"", "cannot be read"),
        (other.read_bytes(), "cannot be read"),
    ):
        broken = tmp_path / "broken"
        broken.write_bytes(wrong)
        run = restore(elsewhere, str(broken))
        assert run.returncode == 1 and says in run.stderr and run.stderr.count("\n") == 1
    run = restore(elsewhere, str(tmp_path / "nothing"))
    assert run.returncode == 1 and "cannot be read" in run.stderr
    (tmp_path / "other.keys").unlink()
    run = restore(elsewhere, str(copy))
    assert run.returncode == 1 and "bring the key file back" in run.stderr


def test_a_restore_waits_for_the_server_to_be_off(server, tmp_path) -> None:
    run = kinboard(
        f"sqlite:///{tmp_path}/x.db", "restore", str(tmp_path / "x"), PORT=str(server.port)
    )
    assert run.returncode == 1 and "stop it first" in run.stderr
