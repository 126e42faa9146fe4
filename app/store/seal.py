"""Sealing: AES-256-GCM, bound to the place where a value stands.

A sealed value is the key's id (4 bytes), a nonce (12 random bytes) and the ciphertext with its
tag. The place (table, board, row) is associated data: a value that is carried to another row, or
to another database's row of another name, does not open.
"""

from __future__ import annotations

import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.store.keys import Keyring

_ID, _NONCE = 4, 12
# Seconds after which a server has noticed a new key at the latest, if it writes at all.
LOOK_EVERY = 0.5


class NotSealed(Exception):
    """A value does not open: wrong key, wrong place, or somebody changed it. Names the place."""


class Seal:
    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._look_at = 0.0
        self._keys: dict[str, bytes] = {}
        self._ciphers: dict[bytes, AESGCM] = {}
        self._newest: tuple[bytes, AESGCM] | None = None

    def refresh_now_and_then(self) -> None:
        """`refresh` on the way of each commit, where even a look at the file's date counts."""
        if time.monotonic() > self._look_at:
            self.refresh()

    def refresh(self) -> None:
        """Takes in a key that was added meanwhile: from now on that one seals."""
        self._look_at = time.monotonic() + LOOK_EVERY
        self.keyring.refresh()
        if self._keys is not self.keyring.keys:
            self._keys = self.keyring.keys
            self._ciphers = {
                bytes.fromhex(key_id): AESGCM(key) for key_id, key in self._keys.items()
            }
            newest = bytes.fromhex(self.keyring.newest)
            self._newest = (newest, self._ciphers[newest])

    def close(self, plain: bytes, *place: object) -> bytes:
        if self._newest is None:
            self.refresh()
        assert self._newest
        key_id, cipher = self._newest
        nonce = os.urandom(_NONCE)
        return key_id + nonce + cipher.encrypt(nonce, plain, _place(place))

    def open(self, sealed: bytes, *place: object) -> bytes:
        key_id = bytes(sealed[:_ID])
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            self.refresh()
            cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise NotSealed(f"no key {key_id.hex()} for {_place(place).decode()}")
        nonce = sealed[_ID : _ID + _NONCE]
        try:
            return cipher.decrypt(nonce, sealed[_ID + _NONCE :], _place(place))
        except (InvalidTag, ValueError):
            raise NotSealed(f"{_place(place).decode()} does not open") from None

    def close_text(self, text: str, *place: object) -> bytes:
        return self.close(text.encode(), *place)

    def open_text(self, sealed: bytes, *place: object) -> str:
        return self.open(sealed, *place).decode()

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the key that seals now sealed this value too."""
        return self._newest is not None and sealed[:_ID] == self._newest[0]


def _place(place: tuple[object, ...]) -> bytes:
    # Ids hold no "/", and each table has a fixed number of parts: no two places look the same.
    return "/".join([str(part) for part in place]).encode()
