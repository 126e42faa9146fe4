"""The keys that seal what people wrote, kept outside the database (docs/data.md).

A key file has one key a line: its id, the day it was made, and 256 bits in base64. The last one
seals; the earlier ones still open what they sealed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime
import os
import re
import secrets
from pathlib import Path

from app.settings import Settings

_ID = re.compile(r"[0-9a-f]{8}")


class KeyTrouble(Exception):
    """The keys cannot be used. The message is one line for an administrator, without a secret."""


class Keyring:
    """Keys by id, the newest last. `path` is None where they come from the environment."""

    def __init__(self, path: Path | None, text: str = "") -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self.keys: dict[str, bytes] = {}
        if path is None:
            self.keys = _read(text.replace(";", "\n"), "KINBOARD_KEYS")

    def refresh(self) -> None:
        """Reads the file again where it was changed: `keys` is another dictionary then."""
        if self.path is None:
            return
        try:
            found = self.path.stat()
        except OSError:
            return
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp == self._stamp:
            return
        try:
            text = self.path.read_text(encoding="ascii")
        except (OSError, ValueError):
            raise KeyTrouble(f"The key file {self.path} cannot be read.") from None
        self.keys = _read(text, str(self.path))
        self._stamp = stamp

    @property
    def newest(self) -> str:
        if not self.keys:
            raise KeyTrouble(
                f"There is no key: {self.path or 'KINBOARD_KEYS'} is missing or empty."
            )
        return next(reversed(self.keys))

    def add(self) -> str:
        """Makes a key; returns its id. Only its owner can read the file."""
        if self.path is None:
            raise KeyTrouble("The keys come from KINBOARD_KEYS: add a new one there.")
        self.refresh()
        line = new_line()
        old = self.path.read_text(encoding="ascii") if self.path.exists() else ""
        # Written beside it and put in its place at once: nobody ever reads half a file.
        beside = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
            ) as out:
                out.write(old + line + "\n")
                out.flush()
                os.fsync(out.fileno())
            if old:
                beside.replace(self.path)
            else:
                os.link(beside, self.path)  # two that start at once: only one makes the first key
        except FileExistsError:
            pass
        except OSError as fault:
            raise KeyTrouble(
                f"The key file {self.path} cannot be written ({fault.strerror}):"
                " set KINBOARD_KEY_FILE to a place outside the database's folder."
            ) from None
        finally:
            with contextlib.suppress(OSError):
                beside.unlink()
        self.refresh()
        return line.split()[0]


def keyring_of(settings: Settings) -> Keyring:
    """The keys that the settings name, not read yet where they are in a file."""
    return Keyring(None, settings.keys) if settings.keys else Keyring(settings.key_path)


def new_line() -> str:
    """A new key as it stands in the file or in KINBOARD_KEYS."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    return f"{secrets.token_hex(4)} {datetime.date.today().isoformat()} {secret}"


def _read(text: str, where: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.partition("#")[0].split()
        if not parts:
            continue
        try:
            key = base64.b64decode(parts[-1], validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(parts) != 3 or not _ID.fullmatch(parts[0]) or len(key) != 32:
            raise KeyTrouble(f"{where}, line {number}: this is not a key (id, day, 256 bits).")
        keys[parts[0]] = key
    return keys
