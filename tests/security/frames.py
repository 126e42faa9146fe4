"""Frames that nobody sends in good faith, made from what each command says that it takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from app import everything  # noqa: F401  every command is known
from app.board.commands import COMMANDS, Command
from app.ids import new_id

Strategy = st.SearchStrategy[Any]

# Stands for an id that was never used: `fresh` puts one in when a frame is sent.
FRESH = "an-id-never-used"

# Texts that are code, markup or a path somewhere, and letters that break things.
EVIL = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'; DROP TABLE event; --",
        "{{ 7 * 7 }}{% raw %}",
        "%(limit)s %n %s {0.__class__}",
        "../../../../etc/passwd",
        "\u202e\u2066backwards",
        "\ud800",
        "\x00",
        "a\r\nset-cookie: kb_x=1",
        "\U0001f469\u200d\U0001f467" * 40,
        "=cmd|' /C calc'!A0",
        "x" * 2001,
        '#eval(read("/etc/passwd"))',
    ]
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([2**63, -(2**63), 2**1000, 1e308, -0.0, 10**400]),
)
TEXTS = st.one_of(EVIL, st.text(max_size=60))
WILD: Strategy = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def values(schema: dict[str, Any], ids: Strategy) -> Strategy:
    """What a JSON schema of pydantic's asks for; ids are of things that exist."""
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of([values(one, ids) for one in schema["anyOf"]])
    kind = schema.get("type")
    if kind == "string":
        plain = st.sampled_from(
            ["a", "words", "2026-12-01", "es", "ñandú \U0001f469\u200d\U0001f467"]
        )
        return ids if "pattern" in schema else st.one_of(plain, plain, ids)
    if kind == "integer":
        return st.integers(schema.get("minimum", -3), schema.get("maximum", 30))
    if kind == "number":
        return st.floats(0, 1)
    if kind == "boolean":
        return st.booleans()
    if kind == "array":
        return st.lists(values(schema.get("items", {}), ids), max_size=4)
    if kind == "object":
        names = st.sampled_from(["who", "what", "act", "worried", "effect"])
        return st.dictionaries(names, values(schema.get("additionalProperties") or {}, ids))
    return st.none() if kind == "null" else WILD


def fields_of(command: type[Command], ids: list[str]) -> dict[str, Strategy]:
    """What fits into each field of a command: often an id of the kind that it is about."""
    kind = command.name.partition(".")[0]
    near = [one for one in ids if one.startswith(kind)] or ids
    some = st.one_of(st.sampled_from(near), st.sampled_from(ids))
    if command.name.endswith(".add"):  # a new one, mostly
        some = st.one_of(st.just(FRESH), st.just(FRESH), some)
    schema = command.model_json_schema()
    return {name: values(one, some) for name, one in schema["properties"].items()}


@st.composite
def data_of(draw: st.DrawFn, command: type[Command], ids: list[str]) -> dict[str, Any]:
    """What the command takes; in one of three cases something of it is wrong."""
    fields = fields_of(command, ids)
    needed = {name for name, info in command.model_fields.items() if info.is_required()}
    told = {
        name: draw(fitting) for name, fitting in fields.items() if name in needed or draw(_EVEN)
    }
    if draw(st.integers(0, 2)) < 2:  # Hypothesis likes low numbers: those are the usual case
        return told
    spoilt = draw(st.sampled_from([*fields, "role", "by", "standing", "withdrawn", "_own"]))
    if draw(_EVEN):
        told.pop(spoilt, None)
    else:
        told[spoilt] = draw(st.one_of(WILD, TEXTS))
    return told


_EVEN = st.booleans()


def commands(ids: list[str]) -> Strategy:
    """Command frames: of each command there is, those of the house too."""
    # After these there is little left to try: they come less often than the rest.
    last = ["person.leave", "meeting.close"]
    known = [name for name in COMMANDS if name not in last]

    @st.composite
    def frame(draw: st.DrawFn) -> dict[str, Any]:
        name = draw(st.sampled_from(known if draw(st.integers(0, 80)) < 80 else last))
        command_id = draw(st.just(FRESH) if draw(st.integers(0, 9)) < 9 else WILD)
        data = draw(data_of(COMMANDS[name], ids))
        return {"type": "command", "id": command_id, "name": name, "data": data}

    return frame()


def others(known: list[str]) -> Strategy:
    """Frames of the other types, and of none."""
    ids = st.sampled_from(known)
    places = st.one_of(ids, TEXTS, st.builds("{}.{}".format, ids, st.sampled_from(["text", "how"])))
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("typing"), "where": st.one_of(places, WILD), "text": WILD}
        ),
        st.fixed_dictionaries(
            {
                "type": st.just("open"),
                "id": WILD,
                "item": st.one_of(ids, WILD),
                "field": st.one_of(st.sampled_from(["text", "what", "by", "__class__"]), WILD),
            }
        ),
        st.fixed_dictionaries(
            {
                "type": st.one_of(st.sampled_from(["hello", "ping", "command", "event"]), WILD),
                "person": st.one_of(ids, WILD),
                "token": WILD,
                "after": WILD,
                "name": WILD,
                "data": WILD,
            }
        ),
        WILD,
    )


# What is no JSON object at all, or hardly one.
BROKEN = st.sampled_from(
    [
        "",
        "{",
        "null",
        "[" * 50_000,
        '{"type":' * 15_000,
        '{"type":"ping","type":"command","id":"twice-01","id":7}',
        '{"type":"command","id":"nan-0001","name":"circle.add","data":{"called":"x","turn":NaN}}',
        '{"type":"command","id":"inf-0001","name":"circle.add","data":{"called":"x","turn":1e999}}',
        '{"type":"hello","person":"x","token":"y","after":' + "9" * 5_000 + "}",
        '{"type":"command","id":"dup-0001","name":"card.add","data":'
        '{"column":"worries","column":"needs","text":"a","text":"b"}}',
        '\ufeff{"type":"ping"}',
        '{"type":"typing","where":"\\ud800","text":"\\udfff"}',
        '{"type":"\\u0000"}',
        b"",
        b"\x00\xff\xfe",
        b'{"type":"ping"}',
    ]
)


def fresh(frame: str | bytes) -> str | bytes:
    while isinstance(frame, str) and FRESH in frame:
        frame = frame.replace(FRESH, new_id(), 1)
    return frame


def any_frame(ids: list[str]) -> Strategy:
    """What to send: text, or bytes in a binary frame."""
    told = commands(ids).map(json.dumps)
    return st.one_of(told, told, told, told, others(ids).map(json.dumps), BROKEN)
