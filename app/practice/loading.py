"""Reads templates from YAML files: the shipped ones, and an agency's own.

A file that is broken is told of with its name, line and reason, and left out; where a good version
of it was read before, that one stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from app.practice.template import Template

log = logging.getLogger("kinboard.practice")

SHIPPED = Path(__file__).parent / "shipped"
_SIZE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong with a file; `line` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


def read_template(path: Path) -> Template | Broken:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            return Broken(path.name, 1, "the file is too large for a template")
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
    try:
        return Template.model_validate(data)
    except ValidationError as wrong:
        problems = wrong.errors(include_url=False, include_input=False)[:3]
        reason = "; ".join(_reason(one["loc"], one["msg"]) for one in problems)
        return Broken(path.name, _line_of(node, problems[0]["loc"]), reason)


def _reason(path: Iterable[str | int], message: str) -> str:
    where = ".".join(str(part) for part in path)
    return f"{where}: {message}" if where else message


def _line_of(node: yaml.Node | None, path: Iterable[str | int]) -> int:
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


def _stages(template: Template) -> list[str]:
    return [stage.id for stage in template.stages]


def _fit(template: Template, versions: dict[str, Template]) -> bool:
    return all(_stages(template) == _stages(other) for other in versions.values())


def _beside(file: str, template: Template, versions: dict[str, Template]) -> Template | Broken:
    """People of several languages go through the same stages."""
    if _fit(template, versions):
        return template
    language = next(iter(versions))
    return Broken(file, 1, f"its stages are not those of the same template in “{language}”")


class Shelf:
    """All templates that can be used: id -> language -> template."""

    def __init__(self) -> None:
        self._templates: dict[str, dict[str, Template]] = {}

    def load(self, folder: Path) -> list[Broken]:
        """Takes in a folder's *.yaml files, in place of those read before with the same ids."""
        read: dict[str, dict[str, Template]] = {}
        broken = []
        for path in sorted(folder.glob("*.yaml")):
            template = read_template(path)
            if isinstance(template, Template):
                template = _beside(path.name, template, read.get(template.template, {}))
            if isinstance(template, Broken):
                log.error("a template was left out: %s", template)
                broken.append(template)
            else:
                read.setdefault(template.template, {})[template.language] = template
        for template_id, versions in read.items():
            known = self._templates.get(template_id, {})
            still_fit = {lang: one for lang, one in known.items() if _fit(one, versions)}
            self._templates[template_id] = still_fit | versions
        return broken

    @property
    def ids(self) -> list[str]:
        return list(self._templates)

    def find(self, template_id: str, lang: str) -> Template | None:
        """The template in a language; in English or any other where it is not there in that."""
        versions = self._templates.get(template_id)
        if not versions:
            return None
        for code in (lang, lang.split("-")[0], "en"):
            if code in versions:
                return versions[code]
        return next(iter(versions.values()))


SHELF = Shelf()
SHELF.load(SHIPPED)
