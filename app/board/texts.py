"""Texts that several people write in at once, merged so that no one's words are lost.

Each is a Yjs text (pycrdt). A text becomes one when it is first written in: everybody then
starts from the same document, which `first_state` derives from the plain text alone, so that
the log replays to the same words on every machine.
"""

from __future__ import annotations

import base64
import difflib
import threading
from collections.abc import Iterator
from functools import lru_cache

from pycrdt import Doc, Text

from app.board.refusal import Refused

# The client id under which a plain text becomes a document; pages do the same (text.js).
_FIRST_CLIENT = 1
_KEY = "t"
_KEPT = 128


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


# Asked twice for each update: when it is decided on, and when the board takes it in.
@lru_cache(maxsize=64)
def apply(state: bytes, update: str) -> tuple[bytes, str]:
    """State and plain text after a base64 update that holds one writer's changes.

    Raises Refused "not_an_update"; or "out_of_order" where an earlier update of the same writer
    is missing, which Yjs would put aside without a word.
    """
    doc, text = _take(state)
    try:
        raw = base64.b64decode(update, validate=True)
        writer, start = _first_change(raw)
        is_next = writer is None or start <= _clocks(doc.get_state()).get(writer, 0)
        doc.apply_update(raw)
        plain = str(text)
    except Exception as broken:  # pycrdt raises plain ValueError or its Rust panic's type
        raise Refused("not_an_update", "update") from broken
    after = doc.get_update()
    if not is_next or (writer is not None and after == state):
        raise Refused("out_of_order", "update")
    _keep(after, doc, text)
    return after, plain


# Documents as they were left by their last update: a text that is being written in is not read
# anew from its whole state for each letter. They belong to the thread that made them.
_left = threading.local()


def _take(state: bytes) -> tuple[Doc, Text]:
    return getattr(_left, "docs", {}).pop(state, None) or _doc(state)


def _keep(state: bytes, doc: Doc, text: Text) -> None:
    if not hasattr(_left, "docs"):
        _left.docs = {}
    if len(_left.docs) >= _KEPT:
        _left.docs.pop(next(iter(_left.docs)))
    _left.docs[state] = (doc, text)


def _first_change(update: bytes) -> tuple[int | None, int]:
    """Writer and clock of the first insertion; no writer where there are only deletions."""
    numbers = _numbers(update)
    writers = next(numbers)
    if writers > 1:
        raise ValueError("more than one writer")
    if not writers:
        return None, 0
    next(numbers)  # how many insertions
    return next(numbers), next(numbers)


def _clocks(state_vector: bytes) -> dict[int, int]:
    numbers = _numbers(state_vector)
    return {next(numbers): next(numbers) for _ in range(next(numbers))}


def _numbers(data: bytes) -> Iterator[int]:
    """The variable-length numbers in which Yjs writes."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


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
    # Most changes are one stretch; what stands before and after it need not be compared closely.
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle, made = old[start : len(old) - end], new[start : len(new) - end]
    matcher = difflib.SequenceMatcher(None, middle, made, autojunk=False)
    before = len(old[:start].encode())
    for tag, i1, i2, j1, j2 in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        # pycrdt counts in UTF-8 bytes of the whole text, difflib in characters.
        first = before + len(middle[:i1].encode())
        last = before + len(middle[:i2].encode())
        if last > first:
            del text[first:last]
        if j2 > j1:
            text.insert(first, made[j1:j2])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
