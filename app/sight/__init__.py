"""Who sees what. The one place that decides it, for pages, sockets, history and exports alike.

What somebody may not see is not on the board as they see it (`seen_by`), and what points to it
points nowhere there. Pages are drawn from that board, and commands are decided on it
(`decide_for`): so a hidden thing is the same as a missing one, whatever asks for it.
"""

from app.sight.commands import decide_for
from app.sight.events import (
    HIDDEN,
    as_seen,
    loses,
    may_know,
    may_read,
    turns_apart,
    turns_sight,
    without_drafts,
)
from app.sight.rules import (
    EVERYONE,
    FACILITATOR,
    Viewer,
    all_see_all_people,
    crowd_of,
    hidden_from,
    kept_from,
)
from app.sight.views import may_see, on_paper, seen, seen_as, seen_by, seen_then, unshown_ratings

__all__ = [
    "EVERYONE",
    "FACILITATOR",
    "HIDDEN",
    "Viewer",
    "all_see_all_people",
    "as_seen",
    "crowd_of",
    "decide_for",
    "hidden_from",
    "kept_from",
    "loses",
    "may_know",
    "may_read",
    "may_see",
    "on_paper",
    "seen",
    "seen_as",
    "seen_by",
    "seen_then",
    "turns_apart",
    "turns_sight",
    "unshown_ratings",
    "without_drafts",
]
