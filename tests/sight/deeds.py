"""Random commands: numbers become things of the board that somebody could point at, or not."""

from __future__ import annotations

from typing import Any

from tests.sight.world import TEXTS, World

Numbers = tuple[int, int, int, int]
SHOWN = ("all", "team", "own")
ROLES = ("worker", "family", "child", "network", "projector")
COLUMNS = ("worries", "working", "needs")


def pick(world: World, kinds: tuple[str, ...], number: int, empty: str = "") -> str:
    """The id of some item of these kinds, whoever may see it; now and then one of none."""
    ids = [item.id for item in world.live.board.items.values() if item.kind in kinds]
    ids.append(empty)
    return ids[number % len(ids)]


def named(world: World, number: int) -> str:
    return pick(world, ("person", "circle"), number)


def add_card(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    card = world.new_id("card")
    return {
        "id": card,
        "column": COLUMNS[a % 3],
        "text": world.word("c", card),
        "shown": SHOWN[b % 3],
        "said_by": named(world, c) if c % 3 == 0 else "",
    }


def move_card(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    card, head = pick(world, ("card",), a, "card-none"), pick(world, ("card",), b)
    column = getattr(world.live.board.items.get(head), "column", COLUMNS[c % 3])
    after = pick(world, ("card",), c) or None
    return {"id": card, "column": column, "under": head, "after": None if head else after}


def add_statement(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    form = ("harm", "danger", "goal")[a % 3]
    item = world.new_id(form)
    parts = {part: world.word("s", item) for part in TEXTS[form]}
    data = {"id": item, "form": form, "parts": parts, "shown": SHOWN[b % 3]}
    return data | ({"danger": pick(world, ("danger",), c)} if form == "goal" else {})


def add_step(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    step = world.new_id("step")
    return {
        "id": step,
        "what": world.word("p", step),
        "how": world.word("p", step),
        "owners": [one for one in (named(world, a), named(world, b)) if one],
        "goal": pick(world, ("goal",), c),
        "checker": named(world, c),
        "shown": SHOWN[b % 3],
    }


def plan_step(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    step = pick(world, ("step",), a, "step-none")
    owners = [one for one in (named(world, b), named(world, c)) if one]
    return {"id": step, "owners": owners, "goal": pick(world, ("goal",), c)}


def agree(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    step = pick(world, ("step",), a, "step-none")
    owners = getattr(world.live.board.items.get(step), "owners", [])
    owner = owners[b % len(owners)] if owners else ""
    word = world.word("g", f"{step}.{owner}")
    return {"id": step, "says": "change", "comment": word, "said_by": owner if c % 2 else ""}


def add_place(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    place = world.new_id("circle")
    return {
        "id": place,
        "called": world.word("k", place),
        "part": world.word("k", place),
        "seat": pick(world, ("person",), a) if c % 4 else "",
        "ring": c % 4,
        "shown": SHOWN[b % 3] if b % 2 else "all",
    }


def shelter(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    people = [one for one in (pick(world, ("person",), b),) if one]
    roles = [ROLES[c % 5]] if c % 3 == 0 else []
    reason = world.word("r", "team")
    return {"id": named(world, a), "people": people, "roles": roles, "reason": reason}


def write(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    item = pick(world, tuple(TEXTS), a, "item-none")
    kind = getattr(world.live.board.items.get(item), "kind", "card")
    fields = [name for name in TEXTS[kind] if name not in ("name", "relation")] or ["name"]
    return {"id": item, "field": fields[b % len(fields)], "text": world.word("w", item)}


def answer(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    said_by = named(world, a) if c % 2 else ""
    word = world.word("a", f"scale-safety.{said_by}")
    return {"number": b % 11, "reason": word, "said_by": said_by}


def some(*kinds: str) -> Any:
    return lambda world, a, b, c: {"id": pick(world, kinds, a, "item-none")}


def show(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": pick(world, tuple(TEXTS), a, "item-none"), "shown": SHOWN[b % 3]}


def link(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": pick(world, ("goal",), a, "goal-none"), "danger": pick(world, ("danger",), b)}


def credit(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    said_by = named(world, b) or "person-none"
    return {"id": pick(world, ("card",), a, "card-none"), "said_by": said_by}


def place(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": pick(world, ("circle",), a, "circle-none"), "ring": b % 4, "turn": c % 10 / 10}


def describe(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    item = pick(world, ("circle",), a, "circle-none")
    return {"id": item, "called": world.word("k", item), "relation": world.word("k", item)}


def columns(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"columns": [COLUMNS[a % 3], COLUMNS[b % 3]]}


def group(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    cards = [pick(world, ("card",), one, "card-none") for one in (b, c)]
    return {"id": pick(world, ("card",), a, "card-none"), "cards": cards}


def find(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    one = pick(world, ("circle",), a, "circle-none")
    status = ("unsafe", "found", "")[b % 3]
    return {"id": one, "status": status, "reason": world.word("f", f"finding-{one}")}


def tie(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    one, other = (
        pick(world, ("circle",), a, "circle-none"),
        pick(world, ("circle",), b, "circle-none"),
    )
    how = ("close", "distant", "conflict", "broken")[c % 4]
    return {"id": world.new_id("tie"), "one": one, "other": other, "how": how}


def add_kin(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    kin = world.new_id("kin")
    return {
        "id": kin,
        "called": world.word("y", kin),
        "same_as": named(world, a) if c % 2 else "",
        "of": pick(world, ("kin",), b),
        "place": ("child", "parent", "partner", "sibling")[c % 4],
        "shown": SHOWN[b % 3] if b % 2 else "all",
    }


def bond(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    one, other = pick(world, ("kin",), a, "kin-none"), pick(world, ("kin",), b, "kin-none")
    how = ("birth", "adoptive", "married", "divorced")[c % 4]
    return {"id": world.new_id("bond"), "one": one, "other": other, "how": how}


def role(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": pick(world, ("person",), a), "role": ROLES[b % 4]}


HOUSES = ("worries", "good", "dreams")


def put_note(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    note = world.new_id("housenote")
    child = named(world, b) if c % 2 else ""
    return {"id": note, "child": child, "house": HOUSES[a % 3], "text": world.word("h", note)}


def put_drawing(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    child = named(world, b) if c % 2 else ""
    return {"id": world.new_id("drawing"), "child": child, "house": HOUSES[a % 3]}


def draw(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    sheet = pick(world, ("drawing",), a, "drawing-none")
    return {"id": world.new_id("stroke"), "drawing": sheet, "points": [b, c, b + 9, c + 9]}


def of_houses(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    """Of somebody who has houses: one thing, one house, or all."""
    item = pick(world, ("housenote", "drawing"), a)
    child = getattr(world.live.board.items.get(item), "child", "")
    one = (item or None) if b % 3 == 0 else None
    return {"child": child, "house": HOUSES[c % 3] if b % 3 == 1 else None, "item": one}


def share(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return of_houses(world, a, b, c) | {"leave": True}


def to_map(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": world.new_id("card"), "note": pick(world, ("housenote",), a, "note-none")}


# By whom these are asked for now and then, so that they are not refused each time.
OF_CHILD = ("house.note", "house.drawing", "house.draw", "house.share", "house.take_back")


def open_tool(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    asked = [one for one in (pick(world, ("person",), a), pick(world, ("person",), c)) if one]
    data = {"id": world.new_id("assessment"), "tool": "network-readiness", "shown": SHOWN[b % 2]}
    return data | ({"raters": asked} if a % 2 else {})


def rated(world: World, a: int) -> str:
    return pick(world, ("assessment",), a, "assessment-none")


def rate(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    item, answer = ("know", "came")[b % 2], ("no", "some", "fully")[c % 3]
    # Whose words these are is known only to `do`.
    return {"id": rated(world, a), "item": item, "answer": answer, "note": world.word("m", "team")}


def agree_on(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    tool, item = rated(world, a), ("know", "came")[b % 2]
    reason = world.word("f", f"{tool}.{item}")
    return {"id": tool, "item": item, "answer": "some", "reason": reason}


def link_item(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    cards = [one for one in (pick(world, ("card", "goal", "step"), c),) if one]
    return {"id": rated(world, a), "item": ("know", "came")[b % 2], "cards": cards}


def ask_raters(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    asked = {pick(world, ("person",), b, world.sam), pick(world, ("person",), c, world.sam)}
    return {"id": rated(world, a), "raters": sorted(asked)}


def keep(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    return {"id": pick(world, ("person",), a, "person-none"), "stays": bool(b % 3)}


def call_in(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    person = world.new_id("phone")
    return {"id": person, "called": world.word("n", person), "role": ROLES[a % 4]}


def put(world: World, a: int, b: int, c: int) -> dict[str, Any]:
    person = pick(world, ("person",), a, "person-none")
    return {"id": person, "joins_by": "remote" if b % 4 else ""}


DEEDS: list[tuple[str, Any]] = [
    ("card.add", add_card),
    ("statement.add", add_statement),
    ("step.add", add_step),
    ("circle.add", add_place),
    ("circle.add", add_place),
    ("person.shelter", shelter),
    ("person.shelter", shelter),
    ("item.show", show),
    ("item.show", show),
    ("words.write", write),
    ("words.write", write),
    ("card.move", move_card),
    ("card.add", add_card),
    ("step.plan", plan_step),
    ("step.agree", agree),
    ("scale.answer", answer),
    ("scale.reveal", lambda *_: {}),
    ("card.withdraw", some("card")),
    ("card.restore", some("card")),
    ("card.group", group),
    ("card.park", some("card")),
    ("card.unpark", some("card")),
    ("step.withdraw", some("step")),
    ("statement.withdraw", some("harm", "danger", "goal")),
    ("statement.restore", some("harm", "danger", "goal")),
    ("circle.withdraw", some("circle")),
    ("circle.restore", some("circle")),
    ("goal.link", link),
    ("card.credit", credit),
    ("circle.place", place),
    ("circle.describe", describe),
    ("step.move", lambda world, a, b, c: {"id": pick(world, ("step",), a, "step-none")}),
    ("person.role", role),
    ("quiet.begin", columns),
    ("quiet.reveal", lambda *_: {}),
    ("quiet.end", columns),
    ("note.write", lambda world, *_: {"text": world.word("n", "note")}),
    ("finding.note", find),
    ("tie.draw", tie),
    ("kin.add", add_kin),
    ("kin.add", add_kin),
    ("bond.add", bond),
    ("bond.remove", some("bond")),
    ("kin.withdraw", some("kin")),
    ("kin.restore", some("kin")),
    ("tie.remove", some("tie")),
    ("undo", lambda *_: {}),
    ("phone.add", call_in),
    ("person.place", put),
    ("person.place", put),
    ("afar.tell", lambda world, a, b, c: {"alone": bool(b % 2)}),
    ("afar.tell", lambda world, a, b, c: {"alone": bool(b % 2)}),
]
# The family talks alone, and writes.
APART: list[tuple[str, Any]] = [
    *(("family_time.offer", lambda *_: {}), ("family_time.begin", lambda *_: {})),
    *(("family_time.offer", lambda *_: {}), ("family_time.begin", lambda *_: {})),
    *(("family_time.ask", lambda *_: {}), ("family_time.answer", lambda *_: {})),
    *(("family_time.keep", keep), ("family_time.keep", keep)),
    *(("family_time.end", lambda *_: {}), ("family_time.share", lambda *_: {})),
]

# A meeting that is about what children bring.
AROUND_HOUSES: list[tuple[str, Any]] = [
    ("house.note", put_note),
    ("house.note", put_note),
    ("house.drawing", put_drawing),
    ("house.draw", draw),
    ("house.draw", draw),
    ("house.share", share),
    ("house.share", share),
    ("house.take_back", of_houses),
    ("house.card", to_map),
    ("house.card", to_map),
    ("house.remove", some("housenote", "drawing")),
    ("house.rub_out", some("stroke")),
    ("circle.add", add_place),
    ("person.shelter", shelter),
    ("item.show", show),
    ("words.write", write),
    ("card.restore", some("card")),
    ("card.withdraw", some("card")),
    ("undo", lambda *_: {}),
    ("tool.open", open_tool),
    ("tool.open", open_tool),
    ("tool.rate", rate),
    ("tool.rate", rate),
    ("tool.rate", rate),
    ("tool.ask", ask_raters),
    ("tool.link", link_item),
    ("tool.link", link_item),
    ("tool.agree", agree_on),
    ("tool.reveal", lambda world, a, b, c: {"id": rated(world, a)}),
    ("tool.withdraw", lambda world, a, b, c: {"id": rated(world, a)}),
    ("item.show", lambda world, a, b, c: {"id": rated(world, a), "shown": SHOWN[b % 2]}),
]
# What the facilitator alone may ask.
LEADS = ("tool.ask", "tool.agree", "tool.reveal", "tool.withdraw")


ALL = [*DEEDS, *APART]


async def do(world: World, numbers: Numbers, deeds: list[tuple[str, Any]] = ALL) -> str:
    """One random command of a random person."""
    who, deed, a, b = numbers
    name, data_of = deeds[deed % len(deeds)]
    person = world.people[who % len(world.people)]
    if world.role(person) == "projector" or name in ("family_time.offer", "family_time.begin"):
        person = world.sam
    if name in OF_CHILD and a % 4:
        person = next((one for one in world.people if world.role(one) == "child"), person)
    data = data_of(world, a, b, a // 7 + b // 3)
    if name == "house.draw":
        data["points"] = [each % 1500 for each in data["points"]]
    if name in LEADS or (name == "tool.open" and "raters" in data):
        person = world.sam
    if name == "tool.rate":
        asked = getattr(world.live.board.items.get(data["id"]), "raters", [])
        person = asked[who % len(asked)] if asked and b % 5 else person
        world.about[data["note"]] = f"{data['id']}.{data['item']}.{person}"
    if name == "scale.answer":
        world.about[data["reason"]] = f"scale-safety.{data['said_by'] or person}"
    if name == "step.agree" and not data["said_by"]:
        owner = owner_of(world, data["id"], person)
        world.about[data["comment"]] = f"{data['id']}.{owner}"
    return await world.ask(person, name, **data)


def owner_of(world: World, step_id: str, person: str) -> str:
    items = world.live.board.items
    for owner in getattr(items.get(step_id), "owners", []):
        if owner == person or getattr(items[owner], "seat", "") == person:
            return owner
    return person
