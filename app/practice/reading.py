"""Reads an agency's data from YAML files, and keeps what was good of them.

A file that is broken is told of with its name, line and reason, and left out; where a good version
of it was read before, that one stays.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

log = logging.getLogger("kinboard.practice")

_SIZE_LIMIT = 200_000
Path_ = Iterable[str | int]


class Sheet(BaseModel):
    """What one file holds: something in one language."""

    language: str

    @property
    def about_what(self) -> str:
        """The id that all languages of the same thing share."""
        raise NotImplementedError

    @property
    def shape(self) -> Hashable:
        """What has to be equal in all languages of the same thing."""
        raise NotImplementedError

    def flaws(self) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """(place, reason) of what does not fit together, though each part is right by itself."""
        return ()


S = TypeVar("S", bound=Sheet)


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong with a file; `line` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


def read_sheet(path: Path, cls: type[S]) -> S | Broken:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            return Broken(path.name, 1, "the file is too large")
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except UnicodeDecodeError:
        return Broken(path.name, 1, "the file is not UTF-8 text")
    except OSError as failure:
        return Broken(path.name, 1, failure.strerror or "the file cannot be read")
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        return Broken(path.name, line, getattr(wrong, "problem", None) or "this is not YAML")
    except RecursionError:
        return Broken(path.name, 1, "too many things inside of each other")
    try:
        sheet = cls.model_validate(data)
    except ValidationError as wrong:
        problems = [
            (one["loc"], one["msg"]) for one in wrong.errors(include_url=False, include_input=False)
        ]
    else:
        problems = list(sheet.flaws())
        if not problems:
            return sheet
    reason = "; ".join(_reason(place, message) for place, message in problems[:3])
    return Broken(path.name, _line_of(node, problems[0][0]), reason)


def _reason(path: Path_, message: str) -> str:
    where = ".".join(str(part) for part in path)
    return f"{where}: {message}" if where else message


def _line_of(node: yaml.Node | None, path: Path_) -> int:
    """The line of the deepest part of a path that is there."""
    line = 1
    for part in path:
        if node is None:
            break
        line = node.start_mark.line + 1
        node = _child(node, part)
    return node.start_mark.line + 1 if node else line


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


class SheetShelf(Generic[S]):
    """All good sheets of a kind: id -> language -> sheet."""

    cls: ClassVar[type[Sheet]]
    # What is said of a language that does not fit the others.
    misfit: ClassVar[str]

    def __init__(self) -> None:
        self._sheets: dict[str, dict[str, S]] = {}

    def load(self, folder: Path) -> list[Broken]:
        """Takes in a folder's *.yaml files, in place of those read before with the same ids."""
        read: dict[str, dict[str, S]] = {}
        broken = []
        for path in sorted(folder.glob("*.yaml")):
            sheet: S | Broken = read_sheet(path, self.cls)  # type: ignore[assignment]
            if not isinstance(sheet, Broken):
                sheet = self._beside(path.name, sheet, read.get(sheet.about_what, {}))
            if isinstance(sheet, Broken):
                log.error("a file was left out: %s", sheet)
                broken.append(sheet)
            else:
                read.setdefault(sheet.about_what, {})[sheet.language] = sheet
        for sheet_id, versions in read.items():
            known = self._sheets.get(sheet_id, {})
            still_fit = {lang: one for lang, one in known.items() if _fit(one, versions)}
            self._sheets[sheet_id] = still_fit | versions
        return broken

    def _beside(self, file: str, sheet: S, versions: dict[str, S]) -> S | Broken:
        """People of several languages go through the same."""
        if _fit(sheet, versions):
            return sheet
        return Broken(file, 1, self.misfit.format(language=next(iter(versions))))

    @property
    def ids(self) -> list[str]:
        return list(self._sheets)

    def versions(self, sheet_id: str) -> dict[str, S]:
        """Language -> sheet; empty where there is none of this id."""
        return self._sheets.get(sheet_id, {})

    def find(self, sheet_id: str, lang: str) -> S | None:
        """The sheet in a language; in English or any other where it is not there in that."""
        versions = self.versions(sheet_id)
        return versions[nearest(versions, lang)] if versions else None


def nearest(versions: Iterable[str], lang: str) -> str:
    """The language to read of those that there are: the reader's, else English, else any."""
    known = list(versions)
    return next((code for code in (lang, lang.split("-")[0], "en") if code in known), known[0])


def _fit(sheet: Sheet, versions: dict[str, S]) -> bool:
    return all(sheet.shape == other.shape for other in versions.values())
