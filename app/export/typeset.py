"""Prints one plan: {"plan": …, "timestamp": seconds} comes in, a PDF goes out.

Run as a program (see app/export/pdf.py), since typst keeps what it has worked out for many more
documents: fast where one document is written, tens of megabytes in a server.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typst

_HERE = Path(__file__).parent


def typeset(plan: str, timestamp: int) -> bytes:
    try:
        return _typeset(plan, timestamp, pdf_standards=["ua-1"])
    except typst.TypstError:
        # A letter that no font here has: PDF/UA forbids it, the other words are worth a page.
        return _typeset(plan, timestamp)


def _typeset(plan: str, timestamp: int, **options: Any) -> bytes:
    compiler = typst.Compiler(
        (_HERE / "plan.typ").read_bytes(),
        root=_HERE,
        # Our own, and for letters that they lack those of the system.
        font_paths=typst.Fonts(font_paths=[_HERE / "fonts"]),
        sys_inputs={"plan": plan},
    )
    made = compiler.compile(format="pdf", timestamp=timestamp, **options)
    assert isinstance(made, bytes)
    return made


if __name__ == "__main__":
    asked = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(json.dumps(asked["plan"]), asked["timestamp"]))
