"""No log and no error's text holds a name, a word, a code or a token."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.map.cards import AddCard
from app.store.engine import make_engine
from app.store.tables import ItemRow
from tests.program import Program, sit_down
from tests.server import Meeting, Server, new_meeting

# Each stands in what somebody writes or shows; none may be logged.
NAME, RELATION, TITLE = "Quetzalname", "Quetzalaunt", "Quetzaltitle"
WORD, TYPED, WRONG = "Quetzalword", "Quetzaltyped", "Quetzalwrong"
MARKER = "quetzal"


def post_everything(server: Server, meeting: Meeting) -> None:
    """Requests with words in them, good and bad."""
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        client.post("/api/families", json={"name": NAME})
        client.post("/api/families", json={"name": NAME * 50, "other": WRONG})
        client.post("/api/families", content=b"{" + WRONG.encode())
        client.post("/api/join", json={"code": WRONG, "called": NAME})
        client.post("/api/join", json={"code": meeting.code, "called": NAME * 90})
        client.post("/api/records", json={"format": "kinboard.record", "events": WRONG})
        saved = client.get(f"/api/meetings/{meeting.id}/record").json()
        saved["events"][0]["changes"][0]["set"]["title"] = WRONG * 500
        client.post("/api/records", json=saved)
        client.get(f"/enter/{WRONG}")
        client.get(f"/j/{WRONG}")
        client.get(f"/{WRONG}?{WRONG}={WRONG}")
        client.get("/api/families", headers={"authorization": f"Bearer {WRONG}"})
        client.get("/desk", headers={"cookie": f"kb_desk={WRONG}"})


async def send_everything(program: Program) -> None:
    """Frames with words in them, good and bad."""
    await program.ask("card.add", id="card-0001", column="worries", text=WORD)
    await program.ask("words.write", id="card-0001", field="text", text=f"{WORD} {WORD}")
    await program.ask("words.write", id="card-0001", field=WRONG, text=WORD)
    await program.ask("words.write", id="card-0001", field="text", update=WRONG)
    await program.ask("card.add", column=WRONG, text=WORD, other=WRONG)
    await program.ask("card.add", column="worries", text=WORD * 900)
    await program.ask("card.add", column="worries", text=f"{WORD}\x00")
    await program.ask(WRONG, text=WRONG)
    await program.send({"type": "typing", "where": "column-worries", "text": TYPED})
    await program.send({"type": WRONG, WRONG: WRONG})
    for frame in (f"{WRONG}", f'["{WRONG}"]', WRONG.encode()):
        await program.send(frame)


def spoil(server: Server, sql: str) -> None:
    engine = sa.create_engine(server.environment["KINBOARD_DATABASE_URL"])
    with engine.begin() as connection:
        connection.exec_driver_sql(sql)
    engine.dispose()


async def test_a_whole_meeting_with_errors_leaves_no_word_in_the_logs(tmp_path) -> None:
    server = Server(tmp_path, KINBOARD_LOG_LEVEL="debug")
    await asyncio.to_thread(server.start)
    try:
        meeting = await asyncio.to_thread(new_meeting, server, title=TITLE)
        seat = await asyncio.to_thread(meeting.join, NAME, relation=RELATION)
        program = await sit_down(meeting, seat)
        await send_everything(program)
        await asyncio.to_thread(post_everything, server, meeting)
        # Real faults while words are on their way: the database loses a table for a moment.
        await asyncio.to_thread(spoil, server, "ALTER TABLE event RENAME TO lost")
        failed = await program.ask("card.add", column="worries", text=WORD)
        assert failed["code"] == "not_saved"
        await asyncio.to_thread(spoil, server, "ALTER TABLE lost RENAME TO event")
        await asyncio.to_thread(spoil, server, "ALTER TABLE family RENAME TO lost")
        broken = await asyncio.to_thread(post_families, server)
        assert broken == 500
        await program.close()
    finally:
        await asyncio.to_thread(server.stop)
    logged = server.errors.read_text()
    assert "joined" in logged  # it is talkative
    assert "could not be written" in logged and "a request failed" in logged
    assert "OperationalError" in logged and "store.py" in logged  # and one can work with it
    assert MARKER not in logged.lower()
    secrets = (seat.token, meeting.facilitator.token, server.token, meeting.code)
    for secret in secrets:
        assert secret not in logged


def post_families(server: Server) -> int:
    headers = {"authorization": f"Bearer {server.token}"}
    url = f"{server.url}/api/families"
    return httpx.post(url, json={"name": NAME}, headers=headers).status_code


def test_an_errors_own_text_holds_no_word() -> None:
    with pytest.raises(ValidationError) as wrong:
        AddCard(column=WRONG, text=WORD * 900)  # type: ignore[arg-type]
    assert MARKER not in str(wrong.value).lower()
    engine = make_engine("sqlite://")
    with pytest.raises(SQLAlchemyError) as fault, engine.connect() as connection:
        table = ItemRow.__table__  # type: ignore[attr-defined]
        connection.execute(sa.insert(table), {"board_id": WORD, "id": NAME, "kind": WORD})
    assert MARKER not in str(fault.value).lower()


def test_an_error_is_logged_by_its_type_and_place() -> None:
    def fail() -> None:
        try:
            raise ValueError(WORD)
        except ValueError as error:
            raise RuntimeError(WORD) from error

    try:
        fail()
    except RuntimeError as error:
        told = logs.places((type(error), error, error.__traceback__))
    assert "builtins.RuntimeError" in told and "builtins.ValueError" in told
    assert "test_logs.py" in told and MARKER not in told.lower()
