"""The languages that Kinboard speaks, from the catalogues in frontend/locale."""

from __future__ import annotations

import datetime
from functools import cache
from gettext import NullTranslations
from io import BytesIO

from babel import Locale, dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from app.settings import ROOT

LOCALES = ROOT / "frontend" / "locale"
DEFAULT = "en"


@cache
def languages() -> dict[str, str]:
    """Code and own name of each shipped language, English first."""
    codes = sorted(folder.name for folder in LOCALES.iterdir() if folder.is_dir())
    codes.sort(key=lambda code: code != DEFAULT)
    names = {code: Locale.parse(code, sep="-").get_display_name(code) or code for code in codes}
    return {code: name.capitalize() for code, name in names.items()}


def best(wanted: str) -> str:
    """The shipped language nearest to a wish such as "es-MX" or an Accept-Language header."""
    for part in wanted.split(","):
        code = part.split(";")[0].strip()
        for candidate in (code, code.split("-")[0]):
            if candidate in languages():
                return candidate
    return DEFAULT


def day(iso: str, lang: str) -> str:
    """A date as people of a language write it; "" for none."""
    if not iso:
        return ""
    return dates.format_date(datetime.date.fromisoformat(iso[:10]), "long", best(lang))


def short_day(iso: str, lang: str) -> str:
    """Month and day, where there is no room for more: "Nov 24"; "" for none."""
    if not iso:
        return ""
    date = datetime.date.fromisoformat(iso[:10])
    return dates.format_skeleton("MMMd", date, locale=best(lang).replace("-", "_"))


@cache
def translations(lang: str) -> NullTranslations:
    """The catalogue of a language; read from its .po, so that no compiled file can be stale."""
    path = LOCALES / best(lang) / "LC_MESSAGES" / "kinboard.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
