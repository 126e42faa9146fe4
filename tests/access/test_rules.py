"""Who may do what around a meeting: the rules alone, for every role."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.rules import ROLES, Worker, may_lead, may_look_after_people, may_see, open_teams

TEAMS = ["north", "south", "abroad"]
HERE = frozenset(["north", "south"])


@pytest.mark.parametrize(
    ("role", "sees", "leads", "looks_after_people"),
    [
        ("facilitator", True, True, False),
        ("admin", True, True, True),
        ("supervisor", True, False, False),
        ("auditor", False, False, False),
        ("", True, False, False),
    ],
)
def test_what_each_role_may(role: str, sees: bool, leads: bool, looks_after_people: bool) -> None:
    worker = Worker("w", role, frozenset(["north"]), HERE)
    assert may_see(worker, "north") is sees
    assert may_lead(worker, "north") is leads
    assert may_look_after_people(worker) is looks_after_people
    assert not may_see(worker, "south") and not may_lead(worker, "south")


workers = st.builds(
    Worker,
    id=st.just("w"),
    role=st.sampled_from(ROLES),
    teams=st.frozensets(st.sampled_from(TEAMS)),
    all_teams=st.just(HERE),
    admins_open=st.booleans(),
)


@given(workers, st.sampled_from([*TEAMS, ""]))
def test_nobody_opens_another_teams_families_but_admins_where_it_says_so(
    worker: Worker, team: str
) -> None:
    own = team in worker.teams and team in HERE
    opens_all = worker.role == "admin" and worker.admins_open and team in HERE
    assert may_see(worker, team) == ((own or opens_all) and worker.role != "auditor")
    assert not may_lead(worker, team) or may_see(worker, team)
    assert open_teams(worker) <= HERE
