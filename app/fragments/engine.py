"""Templates, and the fragments of the board that are made from them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from markupsafe import Markup

from app.circles import strokes
from app.family.drawing import sample_svg
from app.fragments.language import best, day, languages, short_day, translations
from app.fragments.view import View
from app.settings import ROOT

FRONTEND = ROOT / "frontend"
STATIC = FRONTEND / "static"


class _Environment(Environment):
    """Looks words up when a template is compiled, not each time it is rendered."""

    gettext: Callable[[str], str]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self._translate(tree)
        return tree

    def _translate(self, node: nodes.Node) -> None:
        for field, value in node.iter_fields():
            if isinstance(value, nodes.Node):
                setattr(node, field, self._translated(value))
            elif isinstance(value, list):
                value[:] = [self._translated(one) for one in value]

    def _translated(self, node: Any) -> Any:
        if not isinstance(node, nodes.Node):
            return node
        words = _words(node)
        if words is not None:
            told = Markup(self.gettext(words) % {})  # nosec B704  # the catalogue's own words
            return nodes.Const(told, lineno=node.lineno)
        self._translate(node)
        return node


def _words(node: nodes.Node) -> str | None:
    """The words of a `_("some words")`; None for anything else, or with something to put in."""
    if not isinstance(node, nodes.Call) or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return None
    match node.node, node.args:
        case nodes.Name(name="_"), [nodes.Const(value=str(words))]:
            return words
    return None


@cache
def environment(lang: str) -> Environment:
    """The templates in one language."""
    env = _Environment(
        loader=FileSystemLoader(FRONTEND / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.gettext = translations(lang).gettext
    env.install_gettext_translations(translations(lang), newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {"asset": asset, "styles": styles, "module": module, "lang": lang}
    env.globals |= {"day": day, "short_day": short_day}
    env.globals["tie_sample"] = lambda how: strokes.path(how, (2, 0), (58, 0))
    env.globals["kin_sample"] = lambda mark: Markup(sample_svg(mark))  # nosec B704  # ours alone
    env.globals["language_name"] = lambda code: languages().get(best(code), code)
    return env


def warm(lang: str) -> None:
    """Compiles all templates of a language: who opens the first board does not wait for it."""
    env = environment(lang)
    for name in env.list_templates(extensions=["html"]):
        env.get_template(name)


def warm_the_others(but: str) -> None:
    """The other languages, beside what people ask for meanwhile: with a pause after each
    template, in which they have the processor."""
    for lang in languages():
        env = environment(lang)
        for name in env.list_templates(extensions=["html"]) if lang != but else ():
            env.get_template(name)
            time.sleep(0.01)


def page(template: str, lang: str, **context: Any) -> str:
    return environment(lang).get_template(template).render(**context)


@cache
def _macro(kind: str, lang: str) -> Any:
    return environment(lang).get_template(f"fragments/{kind}.html").module.fragment  # type: ignore[attr-defined]


def fragment(kind: str, view: View, item: Any = None) -> str:
    """One fragment, as its template in frontend/templates/fragments makes it."""
    return _macro(kind, view.lang)(view, item).strip()


@cache
def asset(path: str) -> str:
    """The address of a file in frontend/static; it changes with the content, so it can be kept."""
    content = (STATIC / path).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Markup(f"/static/{path}?v={digest}")  # nosec B704  # a file of ours


def joined_styles(names: tuple[str, ...]) -> str:
    """Style sheets of frontend/static/css, one after another. Raises FileNotFoundError."""
    return "\n".join((STATIC / "css" / f"{name}.css").read_text("utf-8") for name in names)


@cache
def styles(*names: str) -> str:
    """The address of several style sheets as one file (app/pages/styles.py)."""
    digest = hashlib.sha256(joined_styles(names).encode()).hexdigest()[:10]
    address = f"/static/css/{'+'.join(names)}.css?v={digest}"
    return Markup(address)  # nosec B704  # files of ours


@cache
def module(name: str) -> str:
    """The address of a script in frontend/static/js. Scripts import each other by relative
    addresses, so what changes with their content stands in the path (see `Static` in app/main.py).
    """
    digest = hashlib.sha256()
    for path in sorted((STATIC / "js").glob("*.js")):
        digest.update(path.read_bytes())
    folder = f"v-{digest.hexdigest()[:10]}"
    return Markup(f"/static/{folder}/js/{name}.js")  # nosec B704  # a file of ours
