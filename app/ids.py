"""Ids that sort by the time at which they were made."""

from ulid import ULID


def new_id() -> str:
    return str(ULID()).lower()
