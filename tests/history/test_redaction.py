"""One person's words leave the log; the others' stay, and the log still leads to its board."""

from __future__ import annotations

import base64
import json
from dataclasses import fields
from typing import Any

from hypothesis import given, settings

from app.board.board import Board, replay, states
from app.board.events import Event
from app.board.items import KINDS
from app.export.record import board_as_dict, read_record, record
from app.history.redaction import MARK, SHORT_MARK, redact
from tests.board.test_log import DANA, ROSA, SAM, asked, begin, shape, take

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GREEK = "".join(chr(0x0391 + number) for number in range(17)) + "".join(
    chr(0x03B1 + number) for number in range(35)
)
TO_GREEK = str.maketrans(_LATIN, _GREEK)
FIELDS = {"card": ("text",), "step": ("what", "how"), "circle": ("name", "part", "relation")}


def in_greek(data: dict[str, Any]) -> dict[str, Any]:
    """The same, in letters that nobody else writes with."""
    words = {"text", "was", "what", "called"} & data.keys()
    return data | {name: data[name].translate(TO_GREEK) for name in words}


def is_greek(text: str) -> bool:
    return any("\u0391" <= letter <= "\u03d4" for letter in text)


def bare(text: str) -> str:
    """What others wrote in a text."""
    told = text.replace(MARK, "").replace(SHORT_MARK, "")
    return "".join(
        letter for letter in told if letter.isascii() and letter.isalpha() and not is_greek(letter)
    )


@given(asked=asked)
@settings(max_examples=100, deadline=None)
def test_no_letter_of_theirs_is_left_and_no_letter_of_others_is_lost(asked) -> None:
    board, log = begin()
    for who, (name, data) in asked:
        event = take(board, log, who, name, in_greek(data) if who == ROSA else data)
        if event:
            board.apply(event)
            log.append(event)
    old = [event.as_dict() for event in log]
    redaction = redact(board.id, log, ROSA, "2026-11-24T10:00:00+00:00")

    assert [event.as_dict() for event in log] == old  # the old log is left as it is
    new = [Event.from_dict(event.as_dict()) for event in redaction.events]
    assert [event.seq for event in new] == list(range(1, len(log) + 2))
    assert shape(replay(board.id, new)) == shape(redaction.board)
    told = json.dumps([event.as_dict() for event in new], ensure_ascii=False)
    assert not is_greek(told) and '"Rosa"' not in told
    for state in redaction.board.texts.values():
        assert not is_greek(state.decode(errors="ignore"))
    for item in board.items.values():
        for field in FIELDS.get(item.kind, ()):
            after = getattr(redaction.board.items[item.id], field)
            assert bare(after) == bare(getattr(item, field)), (item.kind, field)
    check_updates_hold_no_letter(redaction.board, new)
    saved = json.loads(json.dumps(record(redaction.board, new, "Rivera")))
    assert len(read_record(saved)) == len(new)


def check_updates_hold_no_letter(board: Board, events: list[Event]) -> None:
    updates = [event.merge.update for event in events if event.merge]
    for update in [*updates, *(state for _, _, state in states(board))]:
        assert not is_greek(base64.b64decode(update).decode(errors="ignore"))


def test_what_a_worker_wrote_down_for_them_goes_too() -> None:
    board, log = begin()
    for who, name, data in (
        (
            DANA,
            "card.add",
            {"id": "card-0001", "column": "worries", "text": "hers", "said_by": ROSA},
        ),
        (DANA, "card.add", {"id": "card-0002", "column": "worries", "text": "noted"}),
        (DANA, "card.credit", {"id": "card-0002", "said_by": ROSA}),
        (DANA, "card.add", {"id": "card-0003", "column": "worries", "text": "own"}),
        (DANA, "scale.answer", {"number": 3, "reason": "low", "said_by": ROSA}),
        (SAM, "step.add", {"id": "step-0001", "what": "walk", "owners": [ROSA, SAM]}),
        (ROSA, "words.write", {"id": "step-0001", "field": "what", "text": "walk zzz"}),
        (SAM, "step.agree", {"id": "step-0001", "says": "agree"}),
        (ROSA, "step.agree", {"id": "step-0001", "says": "change", "comment": "not me"}),
    ):
        event = take(board, log, who, name, data)
        assert event, (name, data)
        board.apply(event)
        log.append(event)
    before = board_as_dict(board)
    after = redact(board.id, log, ROSA, "2026-11-24T10:00:00+00:00").board
    cards = [after.items[f"card-000{number}"].text for number in (1, 2, 3)]
    assert cards == [MARK, MARK, "own"]
    assert (after.items["step-0001"].what, before["items"]["step"][0]["what"]) == (
        f"walk{MARK}",
        "walk zzz",
    )
    told = json.dumps(board_as_dict(after), ensure_ascii=False)
    for word in ("hers", "noted", "low", "zzz", "not me", "Rosa"):
        assert word not in told, word
    answer = next(item for item in after.items.values() if item.kind == "answer")
    assert (answer.withdrawn, answer.number) == (True, 0)
    # Who agreed before still agrees: the mark is in what was agreed to as in the step.
    agreement = next(
        item for item in after.items.values() if item.kind == "agreement" and item.person == SAM
    )
    assert agreement.to == f"walk{MARK}"
    assert after.items[ROSA].standing == "removed"


def test_what_somebody_undoes_does_not_make_it_their_own() -> None:
    board, log = begin()
    for who, name, data in (
        (ROSA, "card.add", {"id": "card-0001", "column": "worries", "text": "secret"}),
        (SAM, "words.write", {"id": "card-0001", "field": "text", "text": "other"}),
        (SAM, "undo", {}),
    ):
        event = take(board, log, who, name, data)
        assert event
        board.apply(event)
        log.append(event)
    assert board.items["card-0001"].text == "secret"
    after = redact(board.id, log, ROSA, "2026-11-24T10:00:00+00:00")
    assert after.board.items["card-0001"].text == MARK
    assert "secret" not in json.dumps([event.as_dict() for event in after.events])


# Fields that hold ids, choices, dates and places; every other text may hold somebody's words.
_PLAIN = {"id", "by", "pos", "column", "sort", "said_by", "under", "danger", "due", "goal"}
_PLAIN |= {"checker", "date", "lang", "template", "state", "role", "standing", "step", "person"}
_PLAIN |= {"says", "scale", "seat", "about", "shown", "done", "brought", "at"}
_PLAIN |= {"stage", "ends", "spot", "phrase", "device", "invitation", "child", "drawing", "leave"}
_PLAIN |= {"tool", "version", "assessment", "item", "answer", "presenter", "taken"}
_PLAIN |= {"status"}
_PLAIN |= {"one", "other", "how", "same_as", "sex"}
_PLAIN |= {"asked", "asked_at", "ended_by"}


def test_every_field_with_words_can_be_deleted() -> None:
    """A kind of item that comes later has to say which of its fields hold words."""
    for kind, cls in KINDS.items():
        texts = {one.name for one in fields(cls) if str(one.type) == "str"}
        plain = _PLAIN | ({"question"} if kind == "agenda" else set())  # an id there
        assert texts - plain <= cls.words | cls.personal, kind
