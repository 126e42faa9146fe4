"""What is noticed about who came in (app/access/notice.py) stands in the audit log too."""

from __future__ import annotations

import logging

from app.keeping.audit import Audit

_ACCESS = logging.getLogger("kinboard.access")


class Notices(logging.Handler):
    def __init__(self, audit: Audit) -> None:
        super().__init__(logging.INFO)
        self._audit = audit

    def emit(self, record: logging.LogRecord) -> None:
        ids = dict(getattr(record, "ids", {}))
        kind = f"access.{getattr(record, 'kind', 'noticed')}"
        self._audit.note(ids.pop("account", ""), kind, **ids)

    def start(self) -> None:
        # Sign-ins are told whatever else is logged: by ids alone.
        _ACCESS.setLevel(logging.INFO)
        _ACCESS.addHandler(self)

    def stop(self) -> None:
        _ACCESS.removeHandler(self)
