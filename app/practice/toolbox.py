"""The tools that can be opened in a meeting: the shipped example, and an agency's own."""

from __future__ import annotations

from pathlib import Path

from app.practice.reading import SheetShelf
from app.practice.tool import Tool

SHIPPED = Path(__file__).parent / "tools"


class Toolbox(SheetShelf[Tool]):
    cls = Tool
    misfit = "its version, items, answers or scoring are not those of the same tool in “{language}”"


TOOLBOX = Toolbox()
TOOLBOX.load(SHIPPED)
