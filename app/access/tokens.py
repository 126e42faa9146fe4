"""Secrets that people and programs show, and how they are kept.

A token is 256 random bits; only its SHA-256 digest is stored, so that a copy of the database
opens no door. A short code is for typing; it opens nothing by itself but the waiting room.
"""

from __future__ import annotations

import hashlib
import secrets

# No letters or digits that are taken for one another on paper.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """A code as it was typed: small letters, spaces and hyphens are forgiven."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def show_code(code: str) -> str:
    """ABCD-EFGH, which is easier to read out."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
