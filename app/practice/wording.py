"""Words that only offices use, and how hard a text is to read, by language."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pyphen
import snowballstemmer
import yaml
from pydantic import BaseModel, ConfigDict

_FOLDER = Path(__file__).parent / "words"
_SENTENCE_END = re.compile(r"[.!?…]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A formula made for pages tells little of a handful of words.
_FEWEST_WORDS = 12


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    jargon: dict[str, str]
    services: tuple[str, ...]
    small: str


@cache
def _words(lang: str) -> _Words | None:
    path = _FOLDER / f"{lang}.yaml"
    if not path.is_file():
        return None
    return _Words.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def _pattern(lang: str) -> re.Pattern[str] | None:
    known = _words(lang)
    if known is None:
        return None
    longest_first = sorted(known.jargon, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def jargon(text: str, lang: str) -> tuple[str, str] | None:
    """The first word of an office in a text, and what one could say instead."""
    pattern, known = _pattern(lang), _words(lang)
    found = pattern.search(text) if pattern else None
    return (found[1], known.jargon[found[1].lower()]) if found and known else None


def names_services(text: str, lang: str) -> bool:
    known = _words(lang)
    return known is not None and any(word.lower() in known.services for word in _WORD.findall(text))


def grade(text: str, lang: str) -> float | None:
    """The school grade that a text asks for; None where it is too short or in another language.

    English: Flesch-Kincaid (Kincaid et al. 1975). Spanish: Crawford (1989). Syllables are counted
    by the hyphenation of the language.
    """
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS or lang not in ("en", "es"):
        return None
    sentences = max(1, len([part for part in _SENTENCE_END.split(text) if part.strip()]))
    syllables = sum(_syllables(word, lang) for word in words)
    if lang == "es":
        by_hundred = 100 / len(words)
        return 0.049 * syllables * by_hundred - 0.205 * sentences * by_hundred - 3.407
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@cache
def _hyphens(lang: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"en": "en_US", "es": "es"}[lang], left=1, right=1)


def _syllables(word: str, lang: str) -> int:
    return len(_hyphens(lang).positions(word)) + 1


@cache
def _small(lang: str) -> frozenset[str]:
    known = _words(lang)
    return frozenset(known.small.split()) if known else frozenset()


_STEMMERS = {"en": "english", "es": "spanish"}


def stems(text: str, lang: str) -> frozenset[str]:
    """The words of weight in a text, without endings, accents and capitals."""
    lang = lang.split("-")[0]
    words = [word for word in _WORD.findall(text.casefold()) if word not in _small(lang)]
    if lang in _STEMMERS:
        words = snowballstemmer.stemmer(_STEMMERS[lang]).stemWords(words)
    return frozenset(map(_plain, words))


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
