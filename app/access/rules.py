"""Who may do what around a meeting: the one place that decides it, for pages and programs alike.

| role        | families of one's own teams   | people and teams |
|-------------|-------------------------------|------------------|
| facilitator | prepare and lead meetings     |                  |
| admin       | prepare and lead meetings     | look after them, read the log |
| supervisor  | look on, as the wall does     |                  |
| auditor     |                               | reads the log    |

Families of other teams are open to nobody, but to admins where the organisation says so.
Who may do what at the board itself is in app/people/rules.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

Role = Literal["facilitator", "supervisor", "admin", "auditor"]
ROLES: tuple[str, ...] = get_args(Role)


class Worker(NamedTuple):
    """Somebody with an account, as the rules need to know them.

    `teams`: those that they are a member of; `all_teams`: those of their organisation.
    """

    id: str
    role: str
    teams: frozenset[str]
    all_teams: frozenset[str]
    admins_open: bool = False


# One of the rules below about a team's families.
May = Callable[[Worker, str], bool]


def open_teams(worker: Worker) -> frozenset[str]:
    """The teams whose families somebody may see."""
    if worker.role == "auditor":
        return frozenset()
    if worker.role == "admin" and worker.admins_open:
        return worker.all_teams
    return worker.teams & worker.all_teams


def may_see(worker: Worker, team_id: str) -> bool:
    """Whether somebody may know of a team's families and look on at their meetings."""
    return team_id in open_teams(worker)


def may_lead(worker: Worker, team_id: str) -> bool:
    """Whether somebody may make a team's families and meetings, and sit down as facilitator."""
    return worker.role in ("facilitator", "admin") and may_see(worker, team_id)


def may_audit(worker: Worker) -> bool:
    """Whether somebody may read their organisation's audit log."""
    return worker.role in ("auditor", "admin")


def may_look_after_people(worker: Worker) -> bool:
    """Whether somebody may add and remove people and teams of their organisation."""
    return worker.role == "admin"
