"""The kinds of meetings that can be chosen: the shipped templates, and an agency's own."""

from __future__ import annotations

from pathlib import Path

from app.practice.reading import Broken as Broken
from app.practice.reading import SheetShelf, read_sheet
from app.practice.template import Template

SHIPPED = Path(__file__).parent / "shipped"


def read_template(path: Path) -> Template | Broken:
    return read_sheet(path, Template)


class Shelf(SheetShelf[Template]):
    """All templates that can be used."""

    cls = Template
    misfit = "its stages are not those of the same template in “{language}”"


SHELF = Shelf()
SHELF.load(SHIPPED)
