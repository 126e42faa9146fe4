"""What is worth noticing about who came in: the one place through which it is told.

Only ids are told: never a name, an e-mail address, a code, a password or a token. Who wants to
keep what is noticed listens to the logger "kinboard.access": a record has `kind` and `ids`.
"""

from __future__ import annotations

import logging

log = logging.getLogger("kinboard.access")


def notice(kind: str, **ids: str) -> None:
    """`kind` says what happened, such as "signed_in"; `ids` to whom and by whom."""
    told = " ".join([kind, *(f"{name}={value}" for name, value in ids.items())])
    log.info(told, extra={"kind": kind, "ids": ids})
