"""The audit log: everything is in it, nobody can edit it, and who did is found out."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from app.desk import hosting
from app.keeping import audit
from app.keeping.chain import entries
from app.live.house import House
from app.store.seal import Seal
from tests.commands import kinboard
from tests.houses import meeting_in, new_house


@pytest.fixture
async def kept(tmp_path):
    """A database with a meeting that was closed: (URL, meeting's id)."""
    url = f"sqlite:///{tmp_path}/board.db"
    house = await new_house(url)
    live, sam = await meeting_in(house)
    rosa = (await hosting.ask_to_join(house, live, called="Rosa")).person_id
    await house.tell(live, sam, "person.admit", id=rosa, role="family")
    for number in range(3):
        await house.tell(live, rosa, "card.add", column="worries", text=f"worry {number}")
    await house.tell(live, sam, "meeting.close")
    await house.stop()
    return url, live.board.id


def change(url: str, sql: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(sql)
    engine.dispose()


def as_somebody_with_the_disk(url: str, sql: str) -> None:
    """Past the triggers, as who holds the file can do it."""
    for what in ("update", "delete"):
        change(url, f"DROP TRIGGER IF EXISTS audit_no_{what}")
    change(url, sql)


async def test_a_whole_log_is_called_whole(kept) -> None:
    url, board = kept
    run = kinboard(url, "audit", "verify")
    assert run.returncode == 0 and "whole" in run.stdout, run.stderr
    shown = kinboard(url, "audit", "show", "--meeting", board).stdout.splitlines()
    kinds = [line.split("  ")[2] for line in shown]
    assert kinds == [
        "meeting.created",
        "meeting.opened",
        "person.asked",
        "seat.given",
        "person.admitted",
        "meeting.closed",
        "log.anchored",
    ]
    assert "Rosa" not in "".join(shown) and "worry" not in "".join(shown)
    assert kinboard(url, "audit", "show", "--since", "2999-01-01").stdout == ""


async def test_entries_taken_off_the_end_are_missed_by_a_hash_that_was_written_down(kept) -> None:
    url, _ = kept
    last = kinboard(url, "audit", "verify").stdout.split()[-1].rstrip(".")
    assert kinboard(url, "audit", "verify", "--holds", last).returncode == 0
    as_somebody_with_the_disk(url, "DELETE FROM audit WHERE seq > 5")
    assert kinboard(url, "audit", "verify").returncode == 0
    run = kinboard(url, "audit", "verify", "--holds", last)
    assert run.returncode == 1 and "taken off its end" in run.stderr


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"])
async def test_the_database_refuses_to_edit_it(kept, sql: str) -> None:
    with pytest.raises((IntegrityError, OperationalError), match="only written to"):
        change(kept[0], sql)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("UPDATE audit SET actor = 'me' WHERE seq = 3", "entry 3 was changed"),
        ("UPDATE audit SET more = 'x' WHERE seq = 4", "entry 4 was changed"),
        ("UPDATE audit SET at = '2020' WHERE seq = 1", "entry 1 was changed"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2 is missing"),
        ("UPDATE event SET at = '2020' WHERE seq = 4", "entry 9 does not fit: events 1 to 8"),
        ("UPDATE event SET type = 'x' WHERE seq = 4", "entry 9 does not fit"),
        ("DELETE FROM event WHERE seq = 5", "entry 9 does not fit"),
        ("UPDATE event SET body = x'00' WHERE seq = 6", "entry 9 does not fit"),
        (
            "UPDATE event SET body = (SELECT body FROM event WHERE seq = 5) WHERE seq = 6",
            "entry 9 does not fit",
        ),
    ],
)
async def test_whoever_edits_it_past_the_database_is_found_out(kept, sql: str, names: str) -> None:
    url, _ = kept
    as_somebody_with_the_disk(url, sql)
    run = kinboard(url, "audit", "verify")
    assert run.returncode == 1
    assert names in run.stderr and run.stderr.count("\n") == 1, run.stderr


async def test_two_workers_write_one_chain_and_a_stop_loses_nothing(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/board.db"
    one, two = await new_house(url), await new_house(url)
    for number in range(50):
        (one if number % 2 else two).audit.note("p", "board.opened", "b", number=number)
        if number % 5 == 0:
            await asyncio.sleep(0.001)
    await one.stop()
    await two.stop()
    count, wrong, numbers = await read(url)
    assert (count, wrong) == (50, "") and sorted(numbers) == list(range(50))


async def read(url: str) -> tuple[int, str, list[int]]:
    house = await new_house(url)
    seal: Seal = house.store.seal
    count, _, wrong = await house.store.read(lambda c: audit.verify(c, seal))
    notes = await house.store.read(lambda c: [entry.note.more["number"] for entry in entries(c)])
    await house.stop()
    return count, wrong, notes


async def test_a_log_is_anchored_as_it_grows(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(audit, "ANCHOR_EVERY", 10)
    url = f"sqlite:///{tmp_path}/board.db"
    house: House = await new_house(url)
    live, sam = await meeting_in(house)
    for number in range(30):
        await house.tell(live, sam, "card.add", column="worries", text=f"worry {number}")
    await house.stop()
    house = await new_house(url)
    kinds = await house.store.read(
        lambda c: [e.note.more for e in entries(c) if e.note.kind == "log.anchored"]
    )
    assert kinds[0]["after"] == 0 and len(kinds) >= 2
    assert [one["after"] for one in kinds[1:]] == [one["to"] for one in kinds[:-1]]
    await house.stop()
    as_somebody_with_the_disk(url, "UPDATE event SET at = '2020' WHERE seq = 3")
    assert "does not fit" in kinboard(url, "audit", "verify").stderr
