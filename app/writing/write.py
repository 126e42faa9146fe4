"""Writing in a text, alone or together with others."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from app.board import texts
from app.board.board import Board, changed
from app.board.commands import Command, ItemId, Outcome
from app.board.events import Merge
from app.board.items import Item
from app.board.refusal import Refused
from app.board.words import WORDS_LIMIT, OptionalWords, check_characters
from app.people import rules
from app.people.person import Person

# A text of WORDS_LIMIT written letter by letter and deleted again stays well under this.
UPDATE_LIMIT = 64_000
STATE_LIMIT = 256_000


class Write(Command):
    """Changes one text of one item.

    Either `update`, a Yjs update, as pages send while somebody types; or `text`, the new words
    in full, with `was`, the words that the writer started from, so that what others wrote in
    between is kept. Without `was` the new words replace what stands there.
    """

    name = "words.write"
    event = "words.written"

    id: ItemId
    field: Annotated[str, StringConstraints(max_length=40)]
    update: Annotated[str, StringConstraints(max_length=UPDATE_LIMIT)] = ""
    text: OptionalWords | None = None
    was: Annotated[str, StringConstraints(max_length=WORDS_LIMIT)] | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.writes(board.find(Item, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        item = board.standing(Item, self.id)
        if self.field not in item.words:
            raise Refused("unknown_field", "field")
        if (self.text is None) == (not self.update):
            raise Refused("missing", "text")
        if self.update:
            return written(board, item, self.field, self.update)
        return self._rewritten(board, item)

    def _rewritten(self, board: Board, item: Item) -> Outcome:
        assert self.text is not None
        now = getattr(item, self.field)
        # Not asked of updates: somebody who clears a text to write it anew is still typing.
        if not self.text and self.field in item.needed:
            raise Refused("empty", "text")
        new = self.text
        if self.was is not None and self.was != now:
            new = texts.merge(self.was, new, now)
        return rewritten(board, item, self.field, new)


def rewritten(board: Board, item: Item, field: str, new: str) -> Outcome:
    """What new words in full come to."""
    if new == getattr(item, field):
        return Outcome()
    return written(board, item, field, texts.rewrite(board.text_state(item.id, field), new))


def written(board: Board, item: Item, field: str, update: str) -> Outcome:
    """What an update comes to. Raises Refused for words that may not stand here."""
    state, text = texts.apply(board.text_state(item.id, field), update)
    if len(text) > WORDS_LIMIT or len(state) > STATE_LIMIT:
        raise Refused("too_long", field, limit=WORDS_LIMIT)
    try:
        check_characters(text)
    except ValueError:
        raise Refused("hidden_character", field) from None
    return Outcome([changed(item, **{field: text})], Merge(item.id, field, update))
