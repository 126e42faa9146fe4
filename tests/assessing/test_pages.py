"""One's own answers are on one's own page alone, and the agency's paper is for the team."""

from __future__ import annotations

import io

import httpx
from pypdf import PdfReader

from tests.program import sit_down
from tests.server import Meeting, Seat, Server, new_meeting


def get(meeting: Meeting, seat: Seat, path: str, who: str = "") -> httpx.Response:
    """A page at the meeting, with somebody's cookie; `who`: of another person's address."""
    address = f"{meeting.server.url}/m/{meeting.id}/{who or seat.person}/{path}"
    return httpx.get(address, cookies={f"kb_{seat.person}": seat.token})


def words(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_own_answers_and_papers(server: Server) -> None:
    meeting = new_meeting(server)
    seats = [meeting.join(*who) for who in (("Dana", "worker"), ("Kim", "worker"), ("Rosa",))]
    sam, dana, kim, rosa = [await sit_down(meeting, one) for one in (meeting.facilitator, *seats)]
    await sam.ask("tool.open", id="tool-one", tool="network-readiness")
    await dana.ask("tool.rate", id="tool-one", item="know", answer="some", note="Only her aunt")
    await kim.ask("tool.rate", id="tool-one", item="know", answer="fully", note="Everyone here")

    at = "tools/tool-one"
    own = get(meeting, seats[0], at)
    assert own.status_code == 200 and "Only her aunt" in own.text and "Everyone" not in own.text
    assert "Everyone here" in get(meeting, seats[1], at).text
    for seat in (seats[2], meeting.facilitator, meeting.projector):
        assert get(meeting, seat, at).status_code == 404
    assert get(meeting, seats[1], at, who=seats[0].person).status_code == 403
    assert get(meeting, seats[0], "tools/tool-none").status_code == 404
    for seat in (*seats, meeting.facilitator):
        for path in ("history", "export.json"):
            page = get(meeting, seat, path).text
            assert "her aunt" not in page and "Everyone here" not in page
    assert "Readiness" not in words(get(meeting, meeting.facilitator, "tools.pdf"))

    await sam.ask("tool.reveal", id="tool-one")
    assert "Only her aunt" in words(get(meeting, seats[1], "tools.pdf"))
    assert get(meeting, seats[2], "tools.pdf").status_code == 403
    # The plan to take home is passed on: it has what everyone was shown.
    for seat in (seats[2], meeting.facilitator):
        assert "Readiness" not in words(get(meeting, seat, "export.pdf"))
    await sam.ask("item.show", id="tool-one", shown="all")
    told = words(get(meeting, seats[2], "export.pdf"))
    assert "Only her aunt" in told
    for program in (sam, dana, kim, rosa):
        await program.socket.close()
