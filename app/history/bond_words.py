"""What stands between two people in the family's picture, in plain words."""

from __future__ import annotations

from collections.abc import Callable

from app.family.bonds import BondKind


def bond_words(how: BondKind, one: str, other: str, gettext: Callable[[str], str]) -> str:
    """One sentence without a full stop."""
    _ = gettext
    patterns: dict[BondKind, str] = {
        "birth": _("%(one)s is a parent of %(other)s"),
        "adoptive": _("%(one)s has adopted %(other)s"),
        "foster": _("%(one)s is a foster parent of %(other)s"),
        "step": _("%(one)s is a stepparent of %(other)s"),
        "married": _("%(one)s and %(other)s are married"),
        "partners": _("%(one)s and %(other)s are partners"),
        "separated": _("%(one)s and %(other)s have separated"),
        "divorced": _("%(one)s and %(other)s are divorced"),
    }
    return patterns[how] % {"one": one, "other": other}
