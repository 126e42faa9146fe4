"""What the server does once a day: it anchors the boards' logs and deletes what is over."""

from __future__ import annotations

import asyncio
import datetime
import logging

from sqlalchemy import Connection, Table, func, select

from app.keeping import retention
from app.keeping.anchors import ANCHORED, RESTORED, REWRITTEN, standing
from app.keeping.audit import Audit
from app.keeping.chain import audit_table, entries
from app.keeping.tidying import tidy
from app.store.store import Store
from app.store.tables import BoardRow

log = logging.getLogger("kinboard.daily")

_board: Table = BoardRow.__table__  # type: ignore[attr-defined]
_DAY = datetime.timedelta(days=1)
# Seconds: not in the first moments of a server, when everyone comes back at once.
_AFTER_START = 60.0
_LOOK_AGAIN = 600.0


async def every_day(store: Store, audit: Audit) -> None:
    await asyncio.sleep(_AFTER_START)
    while True:
        try:
            if await store.read(_is_time):
                await once(store, audit)
        except Exception:
            log.exception("what is done once a day could not be done")
        await asyncio.sleep(_LOOK_AGAIN)


async def once(store: Store, audit: Audit) -> None:
    for board_id in await store.read(_unanchored):
        audit.anchor(board_id)
    at = datetime.datetime.now(datetime.UTC)
    gone = await asyncio.to_thread(retention.run, store.engine, store.seal, at)
    if gone:
        await asyncio.to_thread(tidy, store.engine)


def _is_time(connection: Connection) -> bool:
    """Whether no worker has done it for a day; the audit log tells."""
    query = select(func.max(audit_table.c.at)).where(audit_table.c.kind == retention.RUN)
    last = connection.scalar(query)
    at = datetime.datetime.now(datetime.UTC)
    return last is None or at - datetime.datetime.fromisoformat(last) >= _DAY


def _unanchored(connection: Connection) -> list[str]:
    """Boards with events that no anchor covers."""
    kinds = audit_table.c.kind.in_((ANCHORED, RESTORED, *REWRITTEN))
    held = standing(entries(connection, kinds))
    rows = connection.execute(select(_board.c.id, _board.c.seq))
    anchored = {board: anchors[-1].to for board, anchors in held.items() if anchors}
    return [row.id for row in rows if row.seq > anchored.get(row.id, 0)]
