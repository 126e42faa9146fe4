"""Cards that say nearly the same are found, and several go under one at once."""

from __future__ import annotations

import httpx
import pytest

from app.board.refusal import Refused
from app.export.record import read_record, record
from app.rigour.alike import alike
from tests.boards import SAM, Meeting, usual_meeting
from tests.program import sit_down
from tests.server import Seat, Server, new_meeting

ENGLISH = [
    "The children were alone at night.",
    "The bus from work stops running at midnight.",
    "At night the kids, the children, are alone",
    "Rent went up",
    "Luis sleeps badly",
    "Luis slept badly; he sleeps very badly",
    "The rent went up again.",
]
SPANISH = [
    "Los niños se quedaban solos por la noche.",
    "La abuela cocina los domingos.",
    "Por las noches, niños solos",
    "El abuelo ayuda con la tarea.",
]


def written(texts: list[str], lang: str) -> Meeting:
    meeting = Meeting(lang=lang)
    for number, text in enumerate(texts):
        meeting.do(SAM, "card.add", id=f"card-{number}00", column="worries", text=text)
    return meeting


@pytest.mark.parametrize(
    ("texts", "lang", "groups"),
    [
        (ENGLISH, "en", [(0, [2]), (3, [6]), (4, [5])]),
        (SPANISH, "es", [(0, [2])]),
        (["Gracias", "Hola", "?", "!", "Sí"], "es", []),
    ],
)
def test_what_says_the_same_is_found(texts, lang, groups) -> None:
    found = alike(written(texts, lang).board, lang)
    told = [(int(one.head.id[5]), [int(card.id[5]) for card in one.cards]) for one in found]
    assert told == groups


def test_of_a_usual_map_nothing_is_taken_for_the_same_that_is_not() -> None:
    assert alike(usual_meeting().board, "en") == []


def test_several_cards_go_under_one_with_their_own() -> None:
    meeting = usual_meeting()
    meeting.do(SAM, "card.group", id="card-001", cards=["card-002", "card-004", "card-004"])
    under = [card.id for card in meeting.board.shelf("under-card-001")]
    assert under == ["card-002", "card-024", "card-025", "card-004"]
    assert len(read_record(record(meeting.board, meeting.log))) == meeting.board.seq
    meeting.do(SAM, "undo")
    assert meeting.board.shelf("under-card-001") == []
    assert [card.id for card in meeting.board.shelf("under-card-002")] == ["card-024", "card-025"]


def test_groups_hold_cards_of_one_column_that_one_may_move() -> None:
    meeting = usual_meeting()
    for cards, who, code in (
        (["card-001"], SAM, "not_a_group"),
        (["card-011"], SAM, "not_a_group"),
        (["card-none"], SAM, "not_found"),
        ([], SAM, "empty"),
        (["card-001", "card-002"], "person-elena", "not_yours"),
        (["card-002"], "person-wall", "not_allowed"),
    ):
        with pytest.raises(Refused) as refused:
            meeting.do(who, "card.group", id="card-001", cards=cards)
        assert refused.value.code in (code, "not_valid"), (cards, who)


def status_of(address: str, seat: Seat) -> tuple[int, str]:
    page = httpx.get(address, cookies={f"kb_{seat.person}": seat.token})
    return page.status_code, page.text


async def test_only_the_facilitator_is_told_what_looks_alike(server: Server) -> None:
    meeting = new_meeting(server)
    rosa = meeting.join("Rosa", role="worker")
    sam = await sit_down(meeting, meeting.facilitator)
    for number, text in enumerate(ENGLISH):
        await sam.ask("card.add", id=f"card-{number}00", column="working", text=text)
    for seat, status in ((meeting.facilitator, 200), (rosa, 403), (meeting.projector, 403)):
        address = f"{server.url}/m/{meeting.id}/{seat.person}/alike"
        answered, text = status_of(address, seat)
        assert answered == status
        assert ("card.group" in text) == (status == 200)
