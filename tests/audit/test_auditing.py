"""The audit log at the desk: for auditors and admins, of their own organisation."""

from __future__ import annotations

import time

from tests.access.test_families import family_with_meeting
from tests.colleagues import Colleague, new_colleague
from tests.server import Server


def log_of(colleague: Colleague, wanted: str) -> str:
    """What the page shows, once something is noted; notes are written a moment later."""
    deadline = time.monotonic() + 5
    while True:
        page = colleague.get("/desk/audit")
        assert page.status_code == 200
        if wanted in page.text or time.monotonic() > deadline:
            return page.text
        time.sleep(0.1)


def test_auditors_read_their_own_organisations_log(server: Server) -> None:
    ruiz, auditor = new_colleague(server), new_colleague(server, "auditor")
    supervisor = new_colleague(server, "supervisor")
    ids = family_with_meeting(ruiz)
    shown = log_of(auditor, ids["meeting"])
    assert ids["meeting"] in shown and "meeting.created" in shown
    assert "access.signed_in" in shown and "Okafor" not in shown
    assert 'href="/desk/audit"' in auditor.get("/desk").text
    for other in (ruiz, supervisor):
        assert other.get("/desk/audit").status_code == 404
        assert "/desk/audit" not in other.get("/desk").text
    assert "audit.viewed" in log_of(auditor, "audit.viewed")
    assert auditor.get("/desk/audit?before=2").text.count("<tr>") <= 2
