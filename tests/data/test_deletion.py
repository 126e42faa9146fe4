"""What a court orders to be deleted is gone: from open pages, from the tables, from the disk."""

from __future__ import annotations

import asyncio
import datetime
import json
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from app.board.board import replay
from app.desk import hosting
from app.export.record import board_as_dict, read_record
from app.keeping import daily, retention
from app.live.house import House
from app.people.person import Person
from app.store.tables import metadata
from tests.commands import kinboard
from tests.houses import meeting_in, new_house
from tests.program import sit_down
from tests.server import Server, new_meeting

SECRET = "Xylophone"


@pytest.fixture
def url(tmp_path) -> str:
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path}/data/kinboard.db"


async def full_meeting(house: House):
    """A meeting in which Rosa and Sam wrote: (live, Sam's and Rosa's ids, Rosa's seat)."""
    live, sam = await meeting_in(house)
    seat = await hosting.ask_to_join(house, live, called="Rosa")
    rosa = seat.person_id
    await house.tell(live, sam, "person.admit", id=rosa, role="family")
    await house.tell(live, rosa, "card.add", id="card-0001", column="worries", text=SECRET)
    await house.tell(live, sam, "card.add", id="card-0002", column="worries", text="Sam's words")
    await house.tell(
        live, rosa, "words.write", id="card-0001", field="text", text=f"{SECRET} again"
    )
    await house.tell(
        live, sam, "words.write", id="card-0001", field="text", text=f"{SECRET} again, he says"
    )
    return live, sam, seat


def sealed_values(url: str, board_id: str) -> list[bytes]:
    engine = sa.create_engine(url)
    found: list[bytes] = []
    with engine.connect() as connection:
        for table, column in (("event", "body"), ("item", "body"), ("text", "state")):
            query = f"SELECT {column} FROM {table} WHERE board_id = '{board_id}'"
            found += connection.exec_driver_sql(query).scalars()
    engine.dispose()
    return found


def on_disk(folder: Path, values: list[bytes]) -> int:
    """How many of the values lie anywhere in the files of a folder, used or not."""
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    # An end of each: what is long is kept in several pages.
    return sum(value[:40] in content for value in values)


def rows_about(url: str, board_id: str) -> int:
    engine = sa.create_engine(url)
    count = 0
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if "board_id" in table.c:
                where = table.c.board_id == board_id
                query = sa.select(sa.func.count()).select_from(table).where(where)
                count += connection.scalar(query) or 0
    engine.dispose()
    return count


async def test_a_deleted_meeting_is_gone_from_memory_tables_and_disk(url, tmp_path) -> None:
    house, other = await new_house(url), await new_house(url)
    live, sam, seat = await full_meeting(house)
    same = await other.open(live.board.id)
    assert same
    kept, *_ = await full_meeting(house)
    old = sealed_values(url, live.board.id)
    assert on_disk(tmp_path / "data", old) == len(old) > 10
    run = await asyncio.to_thread(kinboard, url, "delete", "meeting", live.board.id)
    assert run.returncode == 0, run.stderr
    assert rows_about(url, live.board.id) == 0
    assert on_disk(tmp_path / "data", old) == 0
    for one in (house, other):
        assert await one.open(live.board.id) is None
        assert await one.families.seat(seat.token) is None
    # Who still holds on to it gets nothing and changes nothing.
    assert live.is_gone and same.is_gone
    assert rows_about(url, kept.board.id) > 0
    await house.tell(kept, kept.board.all(Person)[0].id, "meeting.close")
    await house.stop()
    await other.stop()
    assert kinboard(url, "audit", "verify").returncode == 0
    again = await asyncio.to_thread(kinboard, url, "delete", "meeting", live.board.id)
    assert again.returncode == 1 and "There is no meeting" in again.stderr


async def test_a_deleted_person_is_gone_and_the_others_words_stay(url, tmp_path) -> None:
    house, other = await new_house(url), await new_house(url)
    live, sam, seat = await full_meeting(house)
    same = await other.open(live.board.id)
    assert same
    old = sealed_values(url, live.board.id)
    run = await asyncio.to_thread(kinboard, url, "delete", "person", live.board.id, seat.person_id)
    assert run.returncode == 0, run.stderr
    for one, board in ((house, live.board), (other, same.board)):
        told = json.dumps(board_as_dict(board), ensure_ascii=False)
        assert SECRET not in told and "Rosa" not in told and "Sam's words" in told
        assert board.items["card-0001"].text == "[…], he says"
        events = await one.store.events(board.id)
        log = json.dumps([event.as_dict() for event in events], ensure_ascii=False)
        assert SECRET not in log and "Rosa" not in log
        assert board_as_dict(replay(board.id, events)) == board_as_dict(board)
    # It goes on as if nothing had been: in each worker, and in the order of one log.
    await house.tell(live, sam, "words.write", id="card-0001", field="text", text="new")
    await other.tell(same, sam, "card.add", column="worries", text="more")
    assert await other.families.seat(seat.token) is None
    await house.stop()
    await other.stop()
    new = sealed_values(url, live.board.id)
    gone = [value for value in old if value not in new]
    assert len(gone) > 5 and on_disk(tmp_path / "data", gone) == 0
    assert kinboard(url, "audit", "verify").returncode == 0


async def test_people_write_on_while_it_is_deleted(url) -> None:
    house, other = await new_house(url), await new_house(url)
    live, sam, seat = await full_meeting(house)
    same = await other.open(live.board.id)
    assert same
    done = asyncio.Event()

    async def write(one: House, board, name: str) -> int:
        number = 0
        while not done.is_set():
            number += 1
            await one.tell(board, sam, "card.add", column="worries", text=f"{name} {number}")
            await asyncio.sleep(0.01)  # a board takes 2,000 cards
        return number

    writing = [
        asyncio.create_task(write(house, live, "one")),
        asyncio.create_task(write(other, same, "two")),
    ]
    await asyncio.sleep(0.2)
    run = await asyncio.to_thread(kinboard, url, "delete", "person", live.board.id, seat.person_id)
    assert run.returncode == 0, run.stderr
    done.set()
    written = sum(await asyncio.gather(*writing))
    await house.tell(live, sam, "card.add", column="worries", text="last")
    board = await house.store.load(live.board.id)
    assert board
    events = await house.store.events(board.id)
    assert board_as_dict(replay(board.id, events)) == board_as_dict(board)
    assert len(board_as_dict(board)["items"]["card"]) == written + 3  # nothing is lost
    assert board_as_dict(live.board) == board_as_dict(board)
    told = json.dumps([event.as_dict() for event in events])
    assert SECRET not in told
    await house.stop()
    await other.stop()
    assert kinboard(url, "audit", "verify").returncode == 0


async def test_open_pages_and_programs_show_none_of_it_within_a_moment(
    own_server: Server,
) -> None:
    meeting = new_meeting(own_server)
    rosa, dana, tom = (meeting.join(name) for name in ("Rosa", "Dana", "Tom"))
    writer = await sit_down(meeting, rosa)
    await writer.ask("card.add", id="card-0001", column="worries", text=SECRET)
    program = await sit_down(meeting, dana)
    await program.catch_up(writer.seq)
    run = asyncio.to_thread(own_server.kinboard, "delete", "person", meeting.id, rosa.person)
    deleted = asyncio.create_task(run)
    fresh = await program.until("welcome", within=30)
    assert SECRET not in json.dumps(fresh) and "Rosa" not in json.dumps(fresh)
    assert fresh["board"]["items"]["card"][0]["text"] == "[…]"
    assert await writer.closed(within=10) == 4403
    await deleted
    # Who was away and comes back is told which words are gone.
    away = await sit_down(meeting, dana, after=fresh["seq"] - 1)
    changed = away.welcome["events"][-1]
    assert changed["type"] == "words.deleted"
    told = {change["id"]: change["set"] for change in changed["changes"]}
    assert told["card-0001"] == {"text": "[…]"} and told[rosa.person]["standing"] == "removed"
    address = f"{own_server.url}/m/{meeting.id}/{tom.person}"
    cookies = {f"kb_{tom.person}": tom.token}
    async with httpx.AsyncClient(cookies=cookies) as browser:
        for path in ("", "/history", "/at/8"):
            page = await browser.get(address + path)
            assert page.status_code == 200 and SECRET not in page.text, path
        headers = {"authorization": f"Bearer {own_server.token}"}
        api = f"{own_server.url}/api/meetings/{meeting.id}/record"
        saved = (await browser.get(api, headers=headers)).json()
    assert SECRET not in json.dumps(saved) and read_record(saved)

    await asyncio.to_thread(own_server.kinboard, "delete", "meeting", meeting.id)
    assert await away.closed(within=10) == 4401


async def test_a_hold_keeps_a_family_from_every_deletion(url) -> None:
    house = await new_house(url)
    live, _, seat = await full_meeting(house)
    family, board = live.family_id, live.board.id
    await house.stop()
    assert kinboard(url, "hold", family, "on").returncode == 0
    assert kinboard(url, "hold", "nobody", "on").returncode == 1
    for arguments in (("meeting", board), ("family", family), ("person", board, seat.person_id)):
        run = kinboard(url, "delete", *arguments)
        assert run.returncode == 1 and "on hold" in run.stderr
    assert rows_about(url, board) > 0
    assert kinboard(url, "hold", family, "off").returncode == 0
    assert kinboard(url, "delete", "family", family).returncode == 0
    assert rows_about(url, board) == 0
    shown = kinboard(url, "audit", "show").stdout
    assert "family.deleted" in shown and "hold.set" in shown


async def test_meetings_are_deleted_when_their_time_is_over(url) -> None:
    house = await new_house(url)
    closed, sam, _ = await full_meeting(house)
    await house.tell(closed, sam, "meeting.close")
    held, *_ = await full_meeting(house)
    engine, seal = house.store.engine, house.store.seal
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=100)
    with engine.begin() as connection:
        assert retention.due(connection, seal, later) == []  # nothing is set: all is kept
    assert kinboard(url, "hold", held.family_id, "on").returncode == 0
    assert kinboard(url, "retention", "set", "--months", "3").returncode == 0
    assert kinboard(url, "retention", "run", "--dry-run").stdout == ""
    with engine.begin() as connection:
        due = retention.due(connection, seal, later)
    assert {(one.board, one.held) for one in due} == {
        (closed.board.id, False),
        (held.board.id, True),
    }
    with engine.begin() as connection:
        (organisation,) = retention.organisations(connection)
    own = ("retention", "set", "--organisation", organisation, "--months")
    assert kinboard(url, *own[:3], "nobody", "--months", "1").returncode == 1
    for months, count in (("0", 0), ("6", 0), ("2", 2)):  # its own period comes first
        assert kinboard(url, *own, months).returncode == 0
        with engine.begin() as connection:
            assert len(retention.due(connection, seal, later)) == count
    gone = retention.run(engine, seal, later)
    assert [one.board for one in gone] == [closed.board.id]
    assert rows_about(url, closed.board.id) == 0 and rows_about(url, held.board.id) > 0
    assert await house.families.family(closed.family_id) is None
    await house.stop()


def test_months_are_counted_by_the_calendar() -> None:
    at = datetime.datetime(2027, 3, 31, tzinfo=datetime.UTC)
    assert retention._earlier(at, 1).date() == datetime.date(2027, 2, 28)
    assert retention._earlier(at, 12).date() == datetime.date(2026, 3, 31)
    assert retention._earlier(at, 15).date() == datetime.date(2025, 12, 31)


async def test_once_a_day_logs_are_anchored_and_what_is_over_goes(url) -> None:
    house = await new_house(url)
    live, *_ = await full_meeting(house)
    assert await house.store.read(daily._is_time)
    assert await house.store.read(daily._unanchored) == [live.board.id]
    await daily.once(house.store, house.audit)
    await house.audit.stop()
    assert not await house.store.read(daily._is_time)
    assert await house.store.read(daily._unanchored) == []
    await house.stop()
    assert "log.anchored" in kinboard(url, "audit", "show", "--meeting", live.board.id).stdout
