"""The second factor that is typed: six digits from an authenticator app (TOTP, RFC 6238), or one
of ten recovery codes for the day the phone is lost."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time

import pyotp
from argon2.low_level import Type, hash_secret_raw

from app.access.tokens import read_code

RECOVERY_CODES = 10
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RECOVERY_LENGTH = 12  # 59 bits


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Kinboard")


def step_of(secret: str, typed: str) -> int | None:
    """The time step whose code was typed: this one, or one before or after; None for a wrong code.

    The caller refuses a step that is not after the last one used, so that no code works twice.
    """
    typed = "".join(typed.split())
    if not secret or not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    now = int(time.time()) // totp.interval
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """As they are shown, once: ABCDEF-GHJKMN."""
    codes = []
    for _ in range(RECOVERY_CODES):
        code = "".join(secrets.choice(_LETTERS) for _ in range(_RECOVERY_LENGTH))
        codes.append(f"{code[:6]}-{code[6:]}")
    return codes


async def kept_recovery_code(typed: str, account_id: str) -> str:
    """A recovery code as it is stored: slow to work out, and different for each account."""
    salt = hashlib.sha256(f"recovery {account_id}".encode()).digest()[:16]
    code = read_code(typed).encode()
    made = await asyncio.to_thread(hash_secret_raw, code, salt, 2, 19_456, 1, 32, Type.ID)
    return made.hex()


def looks_like_recovery(typed: str) -> bool:
    return len(read_code(typed)) == _RECOVERY_LENGTH
