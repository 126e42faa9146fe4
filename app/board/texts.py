"""Texts that several people write in at once, merged so that no one's words are lost.

Each is a Yjs text (pycrdt). A text becomes one when it is first written in: everybody then
starts from the same document, which `first_state` derives from the plain text alone, so that
the log replays to the same words on every machine.
"""

from __future__ import annotations

import base64
import difflib

from pycrdt import Doc, Text

from app.board.refusal import Refused

# The client id under which a plain text becomes a document; pages do the same (text.js).
_FIRST_CLIENT = 1
_KEY = "t"


def _doc(state: bytes | None = None, client: int | None = None) -> tuple[Doc, Text]:
    doc: Doc = Doc(client_id=client) if client is not None else Doc()
    text = doc.get(_KEY, type=Text)
    if state:
        doc.apply_update(state)
    return doc, text


def first_state(plain: str) -> bytes:
    doc, text = _doc(client=_FIRST_CLIENT)
    if plain:
        text.insert(0, plain)
    return doc.get_update()


def read(state: bytes) -> str:
    return str(_doc(state)[1])


def apply(state: bytes, update: str) -> tuple[bytes, str]:
    """State and plain text after a base64 update. Raises Refused "not_an_update"."""
    doc, text = _doc(state)
    try:
        doc.apply_update(base64.b64decode(update, validate=True))
        plain = str(text)
    except Exception as broken:  # pycrdt raises plain ValueError or its Rust panic's type
        raise Refused("not_an_update", "update") from broken
    return doc.get_update(), plain


def rewrite(state: bytes, new: str) -> str:
    """The update (base64) that turns the text in `state` into `new` by its smallest splices."""
    doc, text = _doc(state)
    before = doc.get_state()
    _splice(text, str(text), new)
    return base64.b64encode(doc.get_update(before)).decode()


def merge(base: str, mine: str, theirs: str) -> str:
    """Both people's words: what `mine` and `theirs` each made of `base`."""
    start = first_state(base)
    one, one_text = _doc(start)
    _splice(one_text, base, mine)
    two, two_text = _doc(start)
    _splice(two_text, base, theirs)
    one.apply_update(two.get_update())
    return str(one_text)


def _splice(text: Text, old: str, new: str) -> None:
    # pycrdt counts in UTF-8 bytes of the whole text, difflib in characters.
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        start = len(old[:i1].encode())
        end = len(old[:i2].encode())
        if end > start:
            del text[start:end]
        if j2 > j1:
            text.insert(start, new[j1:j2])
