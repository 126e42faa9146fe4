"""How the network has grown: on the board, and on the family's page."""

from __future__ import annotations

import json

from app.circles.growth import growth
from app.desk.path import path
from app.export.record import read_record, record
from app.fragments.engine import environment
from app.fragments.language import day, short_day
from app.fragments.targets import render
from app.fragments.view import Audience, View
from app.meetings.bringing import BringOver
from app.sight import Viewer
from tests.boards import SAM, Meeting
from tests.houses import meeting_in, new_house


def next_after(first: Meeting, **wishes: str) -> Meeting:
    made = Meeting(**wishes)
    made.board.id = f"board-{int(first.board.id[6:]) + 1}"
    made.take(SAM, BringOver.of(first.board))
    return made


def place(meeting: Meeting, called: str, ring: int) -> None:
    meeting.do(SAM, "circle.add", id=f"place-{called.lower()}", called=called, ring=ring)


def three_meetings() -> Meeting:
    first = Meeting(date="2026-09-01")
    for called, ring in (("Mia", 0), ("Elena", 3), ("Jo", 2)):
        place(first, called, ring)
    assert growth(first.board) is None
    second = next_after(first, date="2026-10-01")
    second.do(SAM, "circle.place", id="place-elena", ring=2)
    place(second, "Ana", 3)
    third = next_after(second)
    third.do(SAM, "circle.place", id="place-elena", ring=1)
    third.do(SAM, "circle.place", id="place-jo", ring=3)
    place(third, "Ben", 1)
    return third


def test_the_board_knows_where_people_stood() -> None:
    third = three_meetings()
    told = growth(third.board)
    assert told is not None
    assert told.meetings == [("2026-09-01", [1, 0, 1, 1]), ("2026-10-01", [1, 0, 2, 1])]
    assert told.now == [1, 2, 0, 2]
    assert (told.moves.nearer, told.moves.further) == (["Elena"], ["Jo"])
    assert told.moves.new == ["Ben"]
    saved = json.loads(json.dumps(record(third.board, third.log)))
    assert len(read_record(saved)) == len(third.log)


def test_who_is_hidden_is_not_counted() -> None:
    third = three_meetings()
    rosa = third.join("Rosa")
    third.do(SAM, "person.shelter", id="place-elena", people=[rosa])
    view = View(third.board, Audience(Viewer.of(third.board.items[rosa]), "en"))
    assert view.growth.meetings[0][1] == [1, 0, 1, 0] and view.growth.moves.nearer == []
    assert "Elena" not in render(view, "growth")
    view = View(third.board, Audience(Viewer.of(third.board.items[SAM]), "es"))
    html = render(view, "growth")
    assert "Elena" in html and "1 sept" in html and html.count("<rect") == 6


async def test_the_familys_page_tells_it_too(tmp_path) -> None:
    house = await new_house(f"sqlite:///{tmp_path}/kinboard.db")
    first, sam = await meeting_in(house)
    await house.tell(first, sam, "circle.add", called="Elena", ring=3)
    await house.tell(first, sam, "circle.add", called="Jo", ring=1)
    second, sam = await meeting_in(house)
    # Named anew, in other letters: still the same Elena.
    await house.tell(second, sam, "circle.add", called="elena", ring=1)
    await house.tell(second, sam, "circle.add", id="place-ben", called="Ben", ring=2)
    await house.tell(second, sam, "circle.add", called="Team only", ring=2, shown="team")
    meetings = [{"id": one.board.id, "state": "open"} for one in (second, first)]
    before, after = await path(house, meetings)
    assert (before.moves.new, before.rings) == ([], [0, 1, 0, 1])
    assert (after.moves.nearer, after.moves.new) == (["elena"], ["Ben", "Team only"])
    _, seen = await path(house, meetings, Viewer("projector"))
    assert (seen.moves.new, seen.rings) == (["Ben"], [0, 1, 1, 0])
    parts = environment("en").get_template("parts/path.html")
    made = parts.make_module({"day": day, "short_day": short_day})
    told = str(made.picture([before, after])) + str(made.network([before, after]))
    assert "Ben, Team only" in told and told.count("<rect") == 4
    await house.stop()
