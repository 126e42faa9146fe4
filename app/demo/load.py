"""Makes the demo meeting, once, half-way through; what opens it is kept beside the database."""

from __future__ import annotations

import datetime
import json
import os
import secrets
from pathlib import Path
from typing import Any

from app.access.tokens import new_token
from app.demo.script import FAMILY, MEETING, PEOPLE, SO_FAR
from app.desk import hosting, members, signing_in
from app.ids import new_id
from app.live.house import House
from app.settings import ROOT, Settings
from app.store.account_tables import AccountRow

Demo = dict[str, Any]


def path(settings: Settings) -> Path:
    """Where the demo's links are kept: only its owner can read the file."""
    database = settings.database_url.removeprefix("sqlite:///")
    folder = (ROOT / database).parent if settings.is_sqlite else ROOT / "data"
    return folder / "demo.json"


def known(settings: Settings) -> Demo | None:
    try:
        return json.loads(path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


async def load(house: House) -> Demo:
    """{"token", "enter", "account", "email", "password", "meeting", "code",
    "seats": {key: {person, token}}, "items": {name: id}}

    `token` is a program's; `enter` is in the link that signs in at one click (app/pages/desk.py).
    """
    demo = known(house.settings)
    if demo and "enter" in demo and await house.families.board(demo["meeting"]):
        return demo
    demo = await _make(house)
    file = path(house.settings)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(demo, out, indent=1)
    return demo


async def _make(house: House) -> Demo:
    facilitator, login = await _add_account(house)
    family = await hosting.add_family(house, facilitator, FAMILY)
    today = datetime.date.today().isoformat()
    live = await hosting.create_meeting(house, facilitator, family, date=today, **MEETING)
    await hosting.open_meeting(house, live)
    row = await house.families.board(live.board.id)
    assert row
    seats = {
        "sam": await hosting.take_seat(house, row.id, row.facilitator_person),
        "wall": await hosting.take_seat(house, row.id, row.projector_person),
    }
    for key, (called, relation, role, lang) in PEOPLE.items():
        seat = await hosting.ask_to_join(house, live, called=called, relation=relation, lang=lang)
        await house.tell(live, row.facilitator_person, "person.admit", id=seat.person_id, role=role)
        seats[key] = seat
    persons = {key: seat.person_id for key, seat in seats.items()}
    items: dict[str, str] = {}
    for who, command, data in SO_FAR:
        await house.tell(live, persons[who], command, **filled(data, persons, items))
    return login | {
        "meeting": row.id,
        "code": row.code,
        "seats": {
            key: {"person": seat.person_id, "token": seat.token} for key, seat in seats.items()
        },
        "items": items,
    }


async def _add_account(house: House) -> tuple[AccountRow, dict[str, str]]:
    """The demo's facilitator, who is an admin too, and what signs them in on this machine."""
    organisation = await house.accounts.first_organisation()
    organisation = organisation or await members.add_organisation(house, "Kinboard demo")
    team = await members.add_team(house, organisation.id, "Team North")
    email = f"sam-{secrets.token_hex(3)}@demo.example"
    sam = await members.add_person(house, organisation.id, email, "Sam", "admin", [team.id])
    password = secrets.token_urlsafe(12)
    await signing_in.set_password(house, sam, password)
    return sam, {
        "token": await members.add_token(house, sam, "Demo"),
        "enter": new_token(),
        "account": sam.id,
        "email": email,
        "password": password,
    }


def filled(data: Any, persons: dict[str, str], items: dict[str, str]) -> Any:
    """A line of the script with ids in it; "+7" becomes the day a week from now."""
    if isinstance(data, dict):
        return {name: filled(value, persons, items) for name, value in data.items()}
    if isinstance(data, list):
        return [filled(value, persons, items) for value in data]
    if not isinstance(data, str):
        return data
    if data.startswith("@"):
        return persons[data[1:]]
    if data.startswith("#"):
        return items.setdefault(data[1:], new_id())
    if data.startswith("+"):
        return (datetime.date.today() + datetime.timedelta(days=int(data))).isoformat()
    return data
