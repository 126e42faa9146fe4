"""Makes the fonts of the PDF (app/export/fonts) from the web fonts; run by `make vendor`.

Typst takes no web fonts and no variable ones, and a font in several files is to it several fonts:
so the two subsets of each style are merged into one static TrueType file.
"""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "node_modules" / "@fontsource" / "atkinson-hyperlegible-next"
TARGET = HERE.parent.parent / "app" / "export" / "fonts"
STYLES = {"Regular": "400-normal", "Bold": "700-normal", "Italic": "400-italic"}
SUBSETS = ("latin", "latin-ext")


def make(style: str, source: str) -> None:
    parts = []
    for subset in SUBSETS:
        file = SOURCE / "files" / f"atkinson-hyperlegible-next-{subset}-{source}.woff2"
        font = TTFont(file, recalcTimestamp=False)
        font.flavor = None
        part = BytesIO()
        font.save(part)
        parts.append(part)
    # STAT describes the axes of a variable font; hints are of no use on paper.
    merged = Merger(options=Options(drop_tables=["STAT", "prep", "gasp"])).merge(parts)
    # The merger stamps the time; the same sources should make the same file.
    merged["head"].created = merged["head"].modified = font["head"].modified
    merged.recalcTimestamp = False
    target = TARGET / f"AtkinsonHyperlegibleNext-{style}.ttf"
    merged.save(target)
    print(f"{target.name}: {target.stat().st_size} bytes, {len(merged.getBestCmap())} characters")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for style, source in STYLES.items():
        make(style, source)
    shutil.copyfile(SOURCE / "LICENSE", TARGET / "OFL.txt")


if __name__ == "__main__":
    main()
