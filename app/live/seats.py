"""Whose seat a token is, and how seats change hands.

A seat given at the door is exchanged once its person is let in, and again when their role
changes. The new token travels in the answer to a page; should that answer be lost on a bad line,
the old one must still open the page. So the old one goes only when the new one is first used.
"""

from __future__ import annotations

from typing import NamedTuple

from app.access.tokens import digest, new_token
from app.live.board import LiveBoard
from app.live.house import House
from app.people.person import Person
from app.store.tables import SeatRow


class Seated(NamedTuple):
    live: LiveBoard
    person: Person
    row: SeatRow


async def seated(house: House, board_id: str, person_id: str, token: str) -> Seated | None:
    """The seat that a token stands for, if it is this person's on this board."""
    row = await house.families.seat(digest(token)) if token else None
    if row is None or (row.board_id, row.person_id) != (board_id, person_id):
        return None
    live = await house.open(board_id)
    person = live.board.get(Person, person_id) if live else None
    if live and (person is None or person.standing == "waiting"):
        # They came to the door, or were let in, at another worker a moment ago.
        await house.commits.catch_up(live)
        person = live.board.get(Person, person_id)
    if live is None or person is None:
        return None
    if row.replaces:
        await house.invitations.settle_seat(row)
    return Seated(live, person, row)


async def give_seat(
    house: House,
    board_id: str,
    person_id: str,
    role: str = "",
    replaces: str = "",
    session_id: str = "",
) -> str:
    """A token for one browser or program of a person; only its digest is kept."""
    token = new_token()
    row = SeatRow(
        token=digest(token),
        board_id=board_id,
        person_id=person_id,
        session_id=session_id,
        role=role,
        replaces=replaces,
    )
    await house.families.add(row)
    return token


async def exchanged(house: House, seat: Seated) -> str | None:
    """A fresh token where the person has become something else since theirs was given."""
    now = seat.person.role if seat.person.is_in else seat.person.standing
    if seat.row.role in ("", now):
        return None
    row = seat.row
    return await give_seat(
        house, row.board_id, row.person_id, now, replaces=row.token, session_id=row.session_id
    )


async def give_up(house: House, seat: Seated) -> None:
    """The seat opens nothing any more, and sockets that came in by it are closed."""
    await house.invitations.forget_seat(seat.row.token)
    seat.live.seat_ended(seat.row.token)
