"""One meeting's board, as the events so far have made it."""

from __future__ import annotations

import base64
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from typing import Any, TypeVar

from app.board import texts
from app.board.events import Change, Event, Merge
from app.board.items import KINDS, Item, Showable
from app.board.refusal import Refused

It = TypeVar("It", bound=Item)
# (item, field) -> the text's Yjs state; None where nobody has written in it yet.
TextStates = dict[tuple[str, str], bytes | None]


class Board:
    """The items of one meeting and the sequence number of the last event applied.

    Only `apply` and `revert` change it, so that a board is always what its log says.
    """

    def __init__(self, board_id: str) -> None:
        self.id = board_id
        self.seq = 0
        # How often its log was written anew, by a deletion; another number, another log.
        self.epoch = 0
        # The last events, which its stored items and texts do not hold yet (app/store/store.py).
        self.unfolded: list[Event] = []
        self.items: dict[str, Item] = {}
        self.texts: dict[tuple[str, str], bytes] = {}
        # What may be hidden from somebody: app/sight looks at these alone.
        self.veiled: dict[str, Item] = {}
        # The board itself; for a board as somebody sees it, the one with all that is on it.
        self.whole = self
        # As others see it, by whom; until it changes.
        self.views: dict[Hashable, Board] = {}
        self._kinds: dict[str, dict[str, Item]] = defaultdict(dict)
        self._shelves: dict[str, list[tuple[str, str]]] = defaultdict(list)

    # -- reading ---------------------------------------------------------------------------

    def find(self, cls: type[It], item_id: str, field: str = "id") -> It:
        """The item, or Refused "not_found" naming the command's field that pointed to it."""
        item = self.items.get(item_id)
        if not isinstance(item, cls):
            raise Refused("not_found", field)
        return item

    def standing(self, cls: type[It], item_id: str, field: str = "id") -> It:
        """As `find`, and Refused "withdrawn" where the item was taken off the board."""
        item = self.find(cls, item_id, field)
        if item.withdrawn:
            raise Refused("withdrawn", field)
        return item

    def get(self, cls: type[It], item_id: str) -> It | None:
        item = self.items.get(item_id)
        return item if isinstance(item, cls) else None

    def all(self, cls: type[It]) -> list[It]:
        """Every item of a kind, the withdrawn too, in the order in which they were made."""
        return list(self._kinds[cls.kind].values())  # type: ignore[arg-type]

    def shelf(self, name: str) -> list[Any]:
        """The items of one ordered list, first to last, without the withdrawn."""
        items = self.items
        return [items[item_id] for _, item_id in self._shelves.get(name, ())]

    def last_pos(self, shelf: str) -> str | None:
        places = self._shelves.get(shelf)
        return places[-1][0] if places else None

    def neighbours(self, shelf: str, after: str | None, moving: str) -> tuple[str | None, ...]:
        """The positions between which an item comes to stand right behind `after` (None: first).

        Raises Refused "not_found" where `after` does not stand on that shelf.
        """
        places = self._shelves.get(shelf, [])
        if after is None:
            index = 0
        else:
            item = self.items.get(after)
            if item is None or item.withdrawn or item.shelf != shelf:
                raise Refused("not_found", "after")
            index = bisect_left(places, (item.pos, after)) + 1
        left = places[index - 1] if index else None
        if left and left[1] == moving:
            left = places[index - 2] if index > 1 else None
        right = places[index] if index < len(places) else None
        if right and right[1] == moving:
            right = places[index + 1] if index + 1 < len(places) else None
        return (left[0] if left else None, right[0] if right else None)

    def text_state(self, item_id: str, field: str) -> bytes:
        """The Yjs state of a text, made from its plain words when nobody has written in it yet."""
        state = self.texts.get((item_id, field))
        if state is None:
            state = texts.first_state(getattr(self.items[item_id], field))
        return state

    def view(self, hidden: Set[str], instead: Mapping[str, It]) -> Board:
        """A board for reading, without the hidden items, and with others in the place of some."""
        view = Board(self.id)
        view.seq, view.whole = self.seq, self.whole
        for kind, items in self._kinds.items():
            view._kinds[kind] = kept = {
                item_id: instead.get(item_id, item)
                for item_id, item in items.items()
                if item_id not in hidden
            }
            view.items |= kept
        view.veiled = {id: view.items[id] for id in self.veiled if id not in hidden}
        view.texts = {key: state for key, state in self.texts.items() if key[0] not in hidden}
        moved = [item for item in instead.values() if item.shelf != self.items[item.id].shelf]
        left = hidden | {item.id for item in moved}
        for name, places in self._shelves.items():
            view._shelves[name] = [place for place in places if place[1] not in left]
        for item in moved:
            view._enshelve(item)
        return view

    # -- changing --------------------------------------------------------------------------

    def texts_in(self, event: Event) -> TextStates:
        """The states of the texts that an event changes, as they are before it."""
        keys = [(event.merge.item, event.merge.field)] if event.merge else []
        for change in event.changes:
            if change.was is not None and "since" in change.set:
                item = self.items[change.id]
                if isinstance(item, Showable) and change.set["since"] != item.since:
                    written = ((item.id, name) for name in item.words)
                    keys += [key for key in written if key in self.texts]
        return {key: self.texts.get(key) for key in keys}

    def apply(self, event: Event) -> None:
        """Takes the next event in. Raises ValueError when it is not the next one."""
        if event.seq != self.seq + 1:
            raise ValueError(f"board {self.id} stands at {self.seq}, event is {event.seq}")
        if not event.merge:
            self.views.clear()
        if event.merge:
            merge = event.merge
            state = self.text_state(merge.item, merge.field)
            self.texts[merge.item, merge.field] = texts.apply(state, merge.update)[0]
        anew = {} if event.merge else self.texts_in(event)
        for change in event.changes:
            self._change(change.kind, change.id, change.set, event.seq)
        for item_id, field in anew:
            # Shown to more people: letters that were taken out before do not come along.
            self.texts[item_id, field] = texts.first_state(getattr(self.items[item_id], field))
        self.seq = event.seq
        if event.merge and self.views:
            self._keep_views(event.merge)

    def _keep_views(self, merge: Merge) -> None:
        """New words change nothing in who sees what: the views that share the item go on."""
        item, key = self.items[merge.item], (merge.item, merge.field)
        for viewer, view in list(self.views.items()):
            mine = view.items.get(item.id)
            if mine is not None and mine is not item:
                del self.views[viewer]
                continue
            view.seq = self.seq
            if mine is not None:
                view.texts[key] = self.texts[key]

    def revert(self, event: Event, texts_before: TextStates) -> None:
        """Takes back the last event; its commit failed. `texts_before` is what `texts_in` said."""
        self.views.clear()
        for change in reversed(event.changes):
            if change.was is None:
                self._unshelve(self.items[change.id])
                del self.items[change.id], self._kinds[change.kind][change.id]
                self.veiled.pop(change.id, None)
            else:
                self._change(change.kind, change.id, change.was, event.seq - 1)
        for key, state in texts_before.items():
            if state is None:
                self.texts.pop(key, None)
            else:
                self.texts[key] = state
        self.seq = event.seq - 1
        if self.unfolded and self.unfolded[-1] is event:
            self.unfolded.pop()

    def was_folded(self, seq: int) -> None:
        """The stored items and texts hold the events up to `seq`; another worker saw to it."""
        if self.unfolded and self.unfolded[0].seq <= seq:
            self.unfolded = [event for event in self.unfolded if event.seq > seq]

    def put(self, item: Item) -> None:
        """Lays a stored item on the board as it is; for loading only."""
        self.views.clear()
        self.items[item.id] = item
        self._kinds[item.kind][item.id] = item
        if item.is_veiled:
            self.veiled[item.id] = item
        self._enshelve(item)

    def _change(self, kind: str, item_id: str, values: dict[str, Any], seq: int) -> None:
        item = self.items.get(item_id)
        if item is None:
            item = KINDS[kind](**values, born=seq)
            self.items[item_id] = item
            self._kinds[kind][item_id] = item
        else:
            self._unshelve(item)
            for name, value in values.items():
                setattr(item, name, value)
        item.rev = seq
        if item.is_veiled:
            self.veiled[item_id] = item
        elif self.veiled:
            self.veiled.pop(item_id, None)
        self._enshelve(item)

    def _enshelve(self, item: Item) -> None:
        if item.shelf and not item.withdrawn:
            insort(self._shelves[item.shelf], (item.pos, item.id))

    def _unshelve(self, item: Item) -> None:
        if item.shelf and not item.withdrawn:
            places = self._shelves[item.shelf]
            index = bisect_left(places, (item.pos, item.id))
            if index < len(places) and places[index] == (item.pos, item.id):
                del places[index]


def replay(board_id: str, events: Iterable[Event]) -> Board:
    board = Board(board_id)
    for event in events:
        board.apply(event)
    return board


def states(board: Board) -> Iterator[tuple[str, str, str]]:
    """(item, field, base64 state) of each text that was written in."""
    for (item_id, field), state in board.texts.items():
        yield item_id, field, base64.b64encode(state).decode()


def standing(board: Board, cls: type[Item]) -> int:
    """How many items of a kind are not withdrawn."""
    return sum(not item.withdrawn for item in board.all(cls))


def made(item: Item) -> Change:
    """The change that lays a new item on the board."""
    return Change(item.kind, item.id, item.as_dict())


def told_again(item: Item) -> Change:
    """An item as it is, in full: for those who follow the log and could not see it before."""
    return Change(item.kind, item.id, item.as_dict(), item.as_dict())


def changed(item: Item, /, **values: Any) -> Change:
    """The change of an item's fields, without those that stay as they are."""
    new = {name: value for name, value in values.items() if getattr(item, name) != value}
    return Change(item.kind, item.id, new, {name: getattr(item, name) for name in new})


def laid(board: Board, cls: type[Item], item_id: str, by: str, /, **values: Any) -> Change:
    """The change that gives these values to the one item of this id, which is made where there is
    none yet. `values` hold all that is needed to make it."""
    item = board.get(cls, item_id)
    return changed(item, **values) if item else made(cls(id=item_id, by=by, **values))
