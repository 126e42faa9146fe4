"""Frames that nobody sends in good faith, made from what each command says that it takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from app import everything  # noqa: F401  every command is known
from app.board.commands import COMMANDS, Command

Strategy = st.SearchStrategy[Any]

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
    """What a JSON schema of pydantic's asks for, now and then; ids are of things that exist."""
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of([values(one, ids) for one in schema["anyOf"]])
    kind = schema.get("type")
    if kind == "string":
        plain = st.text(max_size=min(schema.get("maxLength", 100), 100))
        return st.one_of(ids, ids, plain, TEXTS)
    if kind == "integer":
        return st.integers(schema.get("minimum", -3), schema.get("maximum", 30))
    if kind == "number":
        return st.floats(0, 1)
    if kind == "boolean":
        return st.booleans()
    if kind == "array":
        return st.lists(values(schema.get("items", {}), ids), max_size=22)
    if kind == "object":
        inner = values(schema.get("additionalProperties") or {}, ids)
        names = st.sampled_from(["who", "what", "act", "worried", "effect", "nothing"])
        return st.dictionaries(st.one_of(names, names, TEXTS), inner, max_size=4)
    return st.none() if kind == "null" else WILD


@st.composite
def data_of(draw: st.DrawFn, command: type[Command], ids: Strategy) -> dict[str, Any]:
    """Most fields as they should be, one perhaps not at all, and perhaps one that is not known."""
    told: dict[str, Any] = {}
    for name, schema in command.model_json_schema()["properties"].items():
        if draw(st.integers(0, 9)):
            told[name] = draw(st.one_of(values(schema, ids), values(schema, ids), WILD))
    if not draw(st.integers(0, 9)):
        told[draw(st.sampled_from(["role", "by", "standing", "withdrawn", "_own", "name"]))] = draw(
            WILD
        )
    return told


def commands(ids: Strategy, but: frozenset[str] = frozenset()) -> Strategy:
    """Command frames: of each command there is, those of the house too."""
    known = [name for name in COMMANDS if name not in but]

    @st.composite
    def frame(draw: st.DrawFn) -> dict[str, Any]:
        name = draw(st.sampled_from(known))
        command_id = draw(st.one_of(st.from_regex(r"\A[A-Za-z0-9_-]{6,20}\Z"), WILD))
        data = draw(data_of(COMMANDS[name], ids))
        return {"type": "command", "id": command_id, "name": name, "data": data}

    return frame()


def others(ids: Strategy) -> Strategy:
    """Frames of the other types, and of none."""
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
        '{"type":' * 20_000,
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


def text_of(frame: Any) -> str | bytes:
    if isinstance(frame, str | bytes):
        return frame
    return json.dumps(frame)


def any_frame(ids: Strategy, but: frozenset[str] = frozenset()) -> Strategy:
    return st.one_of(
        commands(ids, but), commands(ids, but), commands(ids, but), others(ids), BROKEN
    ).map(text_of)
