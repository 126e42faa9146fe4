"""Taking one person's words out of a meeting's log, so that it reads as if they never stood there.

Every event stays, with its number; the words in it are replaced by a mark, letter by letter, as
far as this person wrote them. The events are made anew one after another on a second board, so the
new log replays without a gap, and the second board is what it comes to. Merged texts get new
documents: the old ones hold every letter that was ever typed.
"""

from __future__ import annotations

import difflib
import os.path
from dataclasses import dataclass, field
from typing import Any

from app.assessing.assessment import Rating
from app.board import texts
from app.board.board import Board
from app.board.commands import Command
from app.board.events import Change, Event, Merge
from app.board.items import KINDS, Item
from app.board.words import NAME_LIMIT
from app.circles.circle import CirclePerson
from app.family.kin import Kin
from app.houses.things import ChildsOwn, Stroke
from app.ids import new_id
from app.map.cards import Card
from app.people.person import Person
from app.scale.earlier import Earlier
from app.scale.scale import Answer
from app.steps.steps import Agreement, Step, terms

MARK, SHORT_MARK = "[…]", "…"
DELETED = "words.deleted"


class DeleteWords(Command):
    """What the log calls a deletion. Nobody can ask for it at the board (app/keeping)."""

    name = "words.delete"
    event = DELETED
    internal = True


@dataclass(slots=True)
class _Text:
    """A text with the author of each of its letters."""

    text: str = ""
    authors: list[str] = field(default_factory=list)

    def without(self, person_id: str) -> str:
        told = self._marked(person_id, MARK)
        # A mark must not make a text longer than it could be when it was written.
        return (
            told
            if len(told) <= max(len(self.text), NAME_LIMIT)
            else self._marked(person_id, SHORT_MARK)
        )

    def _marked(self, person_id: str, mark: str) -> str:
        pieces: list[str] = []
        in_mark = False
        for letter, author in zip(self.text, self.authors, strict=True):
            if author != person_id:
                pieces.append(letter)
            elif not in_mark:
                pieces.append(mark)
            in_mark = author == person_id
        return "".join(pieces)


def redact(board_id: str, events: list[Event], person_id: str, at: str) -> Redaction:
    """The log without one person's words, and one event more that says so."""
    redaction = Redaction(board_id, person_id, _speakers(events))
    for event in events:
        redaction.take(event)
    redaction.finish(at, new_id())
    return redaction


def _speakers(events: list[Event]) -> dict[str, str]:
    """Whose words each card holds in the end: a worker may note only later who spoke them."""
    spoken: dict[str, str] = {}
    for event in events:
        for change in event.changes:
            if change.kind == Card.kind and "said_by" in change.set:
                spoken[change.id] = change.set["said_by"]
    return spoken


class Redaction:
    """`events` is the new log, `board` what it comes to, `changed` the numbers of the events that
    are other ones now."""

    def __init__(self, board_id: str, person_id: str, speakers: dict[str, str]) -> None:
        self.person_id = person_id
        self.board = Board(board_id)
        self.events: list[Event] = []
        self.changed: set[int] = set()
        self._old = Board(board_id)
        self._speakers = speakers
        # Item id -> its fields that held words of this person, or do.
        self._touched: dict[str, set[str]] = {}
        # Each version of each text, with the number of the event that made it.
        self._versions: dict[tuple[str, str], list[tuple[int, _Text]]] = {}
        # Texts whose documents hold letters of this person.
        self._spoiled: set[tuple[str, str]] = set()
        # What was agreed to: (step, its terms as they were) -> as they are told now.
        self._terms: dict[tuple[str, str], str] = {}

    def take(self, event: Event) -> None:
        """The next event of the old log."""
        changes = [self._change(event, change) for change in event.changes]
        new = Event(
            type=event.type,
            by=event.by,
            at=event.at,
            command=event.command,
            changes=changes,
            merge=self._merge(event, changes),
            undoes=event.undoes,
            seq=event.seq,
        )
        self._old.apply(event)
        self.board.apply(new)
        self.events.append(new)
        if [one.as_dict() for one in changes] != [one.as_dict() for one in event.changes] or (
            new.merge != event.merge
        ):
            self.changed.add(event.seq)
        for change in event.changes:
            step = self._old.items[change.id]
            if isinstance(step, Step):
                self._terms[step.id, terms(step)] = terms(self.board.find(Step, step.id))

    def finish(self, at: str, command: str) -> Event:
        """The event that tells everyone who follows the log what is gone; it goes last."""
        changes = []
        for item_id, names in self._touched.items():
            item = self.board.items[item_id]
            values = {name: getattr(item, name) for name in sorted(names)}
            new = dict(values)
            if isinstance(item, Answer | Earlier | Rating) and item.person == self.person_id:
                values["withdrawn"], new["withdrawn"] = item.withdrawn, True
            if self._goes(item):
                values["standing"], new["standing"] = getattr(item, "standing", ""), "removed"
            changes.append(Change(item.kind, item_id, new, values))
        last = Event(DELETED, "", at, command, changes, seq=self.board.seq + 1)
        self.board.apply(last)
        self.events.append(last)
        return last

    def _goes(self, item: Item) -> bool:
        return (
            isinstance(item, Person)
            and item.id == self.person_id
            and item.role not in ("facilitator", "projector")
            and item.standing in ("in", "waiting")
        )

    def _change(self, event: Event, change: Change) -> Change:
        cls = KINDS[change.kind]
        # The item as it will be: who speaks may change with the words.
        before = self._old.items.get(change.id)
        after = (before.as_dict() if before else {}) | change.set
        new = dict(change.set)
        for name in sorted((cls.words | cls.personal) & change.set.keys()):
            if cls is Agreement and name == "to":
                new[name] = self._terms.get((after["step"], change.set[name]), MARK)
            else:
                speaker = self._speaker(cls, name, after, event.by)
                new[name] = self._said(event, change.id, name, change.set[name], speaker)
            if new[name] != change.set[name]:
                self._touch(change.id, name)
        if cls in (Answer, Earlier) and after["person"] == self.person_id and "number" in new:
            new["number"] = 0
            self._touch(change.id, "number")
        if cls is Stroke and self.person_id in (after["by"], after["child"]) and "points" in new:
            new["points"] = ""
            self._touch(change.id, "points")
        if cls is Rating and after["person"] == self.person_id and new.get("answer"):
            new["answer"] = ""
            self._touch(change.id, "answer")
        was = change.was
        if was is not None:
            now = self.board.items[change.id]
            was = {name: getattr(now, name) for name in was}
        return Change(change.kind, change.id, new, was)

    def _touch(self, item_id: str, name: str) -> None:
        self._touched.setdefault(item_id, set()).add(name)

    def _speaker(self, cls: type[Item], name: str, item: dict[str, Any], writer: str) -> str:
        """Whose words somebody writes: their own, or those of the one they write for."""
        if issubclass(cls, Person):
            return item["id"]
        if item.get("person"):
            return item["person"]
        if issubclass(cls, ChildsOwn):
            return item["child"]
        if issubclass(cls, CirclePerson) and name == "name" and item["seat"]:
            return item["seat"]
        if issubclass(cls, Kin) and item["same_as"]:
            same = self._old.items.get(item["same_as"])
            return same.seat or writer if isinstance(same, CirclePerson) else item["same_as"]
        if issubclass(cls, Card) and writer == item["by"]:
            return self._speakers.get(item["id"]) or writer
        return writer

    def _said(self, event: Event, item_id: str, name: str, text: str, speaker: str) -> str:
        versions = self._versions.setdefault((item_id, name), [])
        before = versions[-1][1] if versions else _Text()
        now = before
        if text != before.text:
            base = None
            if event.undoes:
                first = min(event.undoes)
                earlier = [version for seq, version in versions if seq < first]
                base = earlier[-1] if earlier else None
            now = _written(before, text, speaker, base)
        if self.person_id in now.authors:
            self._spoiled.add((item_id, name))
        versions.append((event.seq, now))
        return now.without(self.person_id)

    def _merge(self, event: Event, changes: list[Change]) -> Merge | None:
        merge = event.merge
        if merge is None:
            return None
        if (merge.item, merge.field) not in self._spoiled:
            return merge
        values = next((one.set for one in changes if one.id == merge.item), {})
        text = values.get(merge.field, getattr(self.board.items[merge.item], merge.field))
        state = self.board.text_state(merge.item, merge.field)
        return Merge(merge.item, merge.field, texts.rewrite(state, text))


def _written(before: _Text, text: str, speaker: str, base: _Text | None) -> _Text:
    """The next version of a text. What is new in it is the speaker's; but what an undo brings
    back (it stood in `base`) is still whose it was."""
    again = _matches(base.text, text) if base else {}
    kept = _matches(before.text, text)
    authors = []
    for index in range(len(text)):
        if base and index in again:
            authors.append(base.authors[again[index]])
        elif index in kept:
            authors.append(before.authors[kept[index]])
        else:
            authors.append(speaker)
    return _Text(text, authors)


def _matches(old: str, new: str) -> dict[int, int]:
    """Which letter of the new text stood where in the old one: new index -> old index."""
    start = len(os.path.commonprefix((old, new)))
    end = len(os.path.commonprefix((old[start:][::-1], new[start:][::-1])))
    pairs = {index: index for index in range(start)}
    matcher = difflib.SequenceMatcher(
        None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False
    )
    for one, two, size in matcher.get_matching_blocks():
        pairs |= {start + two + step: start + one + step for step in range(size)}
    pairs |= {len(new) - step: len(old) - step for step in range(1, end + 1)}
    return pairs
