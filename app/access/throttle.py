"""How long somebody waits after wrong passwords and codes. Kept by app/desk/tries.py.

For one account the first five tries in a row are free, then each wrong one doubles the wait, from
15 seconds to an hour. After 100 in a row only a passkey or a reset helps (NIST SP 800-63B-4,
section 3.2.2). One address has more to spend, since a whole office may share it.
"""

from __future__ import annotations

FREE = {"account": 5, "address": 30}
LONGEST = 3600
_FIRST = 15
_CLOSED_AT = 100
_FOR_GOOD = 100 * 365 * 86_400


def wait(kind: str, wrong: int) -> int:
    """Seconds until the next try, after so many wrong ones in a row."""
    if kind == "account" and wrong >= _CLOSED_AT:
        return _FOR_GOOD
    beyond = wrong - FREE[kind]
    return 0 if beyond < 0 else min(_FIRST * 2 ** min(beyond, 20), LONGEST)
