"""The demo meeting: who is there, what they have said so far, and how it goes on.

A made-up family. Each line is (who, command, data); in data "@rosa" stands for a person and
"#nights" for something on the board, which the line that makes it names in "id".
"""

from __future__ import annotations

from typing import Any

Line = tuple[str, str, dict[str, Any]]

FAMILY = "Rivera (demo)"
MEETING = {
    "title": "Family meeting for Mateo and Lucía",
    "purpose": "Find out together how Mateo and Lucía can be safe at night when Rosa works, "
    "and who helps.",
    "lang": "en",
    "template": "family-team",
}
# key: called, relation, role, language
PEOPLE = {
    "dana": ("Dana", "social worker", "worker", "en"),
    "rosa": ("Rosa", "mother", "family", "en"),
    "elena": ("Elena", "grandmother", "family", "es"),
    "mateo": ("Mateo", "son, 15", "child", "en"),
    "brooks": ("Mr. Brooks", "teacher", "network", "en"),
}
LATER = {"carmen": ("Carmen", "aunt", "network", "en")}


def _card(who: str, id: str, column: str, text: str, sort: str = "", said_by: str = "") -> Line:
    data = {"id": f"#{id}", "column": column, "text": text, "sort": sort, "said_by": said_by}
    return who, "card.add", data


def _under(who: str, id: str, head: str, column: str) -> Line:
    return who, "card.move", {"id": f"#{id}", "column": column, "under": f"#{head}"}


def _circle(id: str, called: str, relation: str, ring: int, seat: str = "", part: str = "") -> Line:
    data = {"id": f"#{id}", "called": called, "relation": relation, "ring": ring, "part": part}
    return "rosa", "circle.add", data | {"seat": seat, "present": bool(seat)}


_CHILD = {"child": True, "home": True}


def _kin(id: str, sex: str, birth: int, **more: Any) -> Line:
    return "dana", "kin.add", {"id": f"#{id}", "sex": sex, "birth": birth, **more}


SO_FAR: list[Line] = [
    _card(
        "dana",
        "alone",
        "worries",
        "In March, Mateo and Lucía were alone at home on three nights while Rosa worked.",
        "harm",
    ),
    _card("rosa", "shifts", "worries", "My night shifts change every week.", "complicating"),
    _card("elena", "stove", "worries", "Que Lucía cocine sola de noche y se queme.", "danger"),
    _card("mateo", "school", "worries", "I miss school when I was up with my sister."),
    _card("dana", "tired", "worries", "He falls asleep in the first lesson.", "", "@brooks"),
    _under("dana", "tired", "school", "worries"),
    _card("rosa", "tuesdays", "working", "Grandma has Lucía every Tuesday.", "strength"),
    _card("brooks", "asks", "working", "Mateo asks for help when he needs it.", "strength"),
    _card(
        "elena",
        "calls",
        "working",
        "Desde mayo Rosa me llama antes de cada noche de trabajo, y yo vengo.",
        "safety",
    ),
    _card("mateo", "laugh", "working", "We laugh a lot, even when it is hard.", "strength"),
    _card("rosa", "plan", "needs", "A plan for every night shift, a week ahead."),
    _card("mateo", "practice", "needs", "I want to be at practice on Thursdays."),
    (
        "dana",
        "statement.add",
        {
            "id": "#harm",
            "form": "harm",
            "parts": {
                "who": "Rosa",
                "what": "left Mateo and Lucía alone at home",
                "when": "on three nights in March",
                "effect": "Lucía was scared, and Mateo stayed awake and missed school",
            },
        },
    ),
    (
        "dana",
        "statement.add",
        {
            "id": "#danger",
            "form": "danger",
            "parts": {
                "worried": "Elena, Mr. Brooks and Dana",
                "caregiver": "Rosa",
                "act": "leave the children alone again",
                "situation": "when a night shift comes up at short notice",
                "outcome": "Lucía gets hurt with no grown-up to help",
            },
        },
    ),
    (
        "rosa",
        "statement.add",
        {
            "id": "#goal",
            "form": "goal",
            "danger": "#danger",
            "parts": {
                "who": "Rosa, Elena and Carmen",
                "what": "make sure that a grown-up the children trust is there every night",
                "met": "the children are never alone at night",
                "how_long": "three months",
                "seen_by": "",
            },
        },
    ),
    _circle("c-lucia", "Lucía", "daughter, 6", 0),
    _circle("c-mateo", "Mateo", "son, 15", 0, "@mateo"),
    _circle("c-rosa", "Rosa", "mother", 0, "@rosa"),
    _circle("c-elena", "Elena", "grandmother", 1, "@elena", "sleeps over on night shifts"),
    _circle("c-dana", "Dana", "social worker", 1, "@dana"),
    _circle("c-brooks", "Mr. Brooks", "teacher", 2, "@brooks", "tells us when Mateo is tired"),
    _circle("c-carmen", "Carmen", "aunt", 2),
    _circle("c-ortiz", "Coach Ortiz", "coach", 3),
    _circle("c-lee", "Mrs. Lee", "neighbor", 3),
    _circle("c-john", "Pastor John", "church", 3),
    _circle("c-ana", "Ana", "Rosa's friend", 3),
    _circle("c-jorge", "Jorge", "father", 3),
    ("rosa", "tie.draw", {"one": "#c-rosa", "other": "#c-elena", "how": "close"}),
    ("rosa", "tie.draw", {"one": "#c-mateo", "other": "#c-ortiz", "how": "close"}),
    ("elena", "tie.draw", {"one": "#c-elena", "other": "#c-jorge", "how": "conflict"}),
    ("mateo", "tie.draw", {"one": "#c-mateo", "other": "#c-jorge", "how": "distant"}),
    _kin("k-rosa", "woman", 1988, same_as="#c-rosa", carer=True, home=True),
    _kin(
        "k-jorge", "man", 1985, same_as="#c-jorge", of="#k-rosa", place="partner", how="separated"
    ),
    _kin("k-elena", "woman", 1961, same_as="#c-elena", of="#k-rosa", place="parent"),
    _kin("k-luis", "man", 1958, called="Luis", of="#k-rosa", place="parent", dead=True, death=2015),
    ("dana", "bond.add", {"one": "#k-luis", "other": "#k-elena", "how": "married"}),
    _kin("k-carmen", "woman", 1991, same_as="#c-carmen", of="#k-rosa", place="sibling"),
    _kin("k-mateo", "man", 2011, same_as="#c-mateo", of="#k-rosa", also="#k-jorge", **_CHILD),
    _kin("k-lucia", "woman", 2020, same_as="#c-lucia", of="#k-rosa", also="#k-jorge", **_CHILD),
    (
        "dana",
        "step.add",
        {
            "id": "#fridge",
            "what": "Write the plan for the nights of December and hang it on the fridge",
            "owners": ["@rosa", "@elena"],
            "due": "+7",
            "goal": "#goal",
            "how": "Dana sees it on her visit",
            "checker": "@dana",
        },
    ),
    (
        "dana",
        "step.add",
        {"id": "#ride", "what": "Ask the coach about a ride home on Thursdays", "owners": []},
    ),
    ("rosa", "step.agree", {"id": "#fridge", "says": "agree"}),
    ("rosa", "scale.answer", {"number": 6, "reason": "Grandma comes when I call."}),
    ("dana", "scale.answer", {"number": 4, "reason": "The plan is new."}),
    ("sam", "stage.go", {"stage": "worries"}),
]

# What the programs play. "typed" cards appear letter by letter, as from a phone.
NEXT: list[Line] = [
    _card("mateo", "list", "needs", "A list of people I may call at night."),
    _card("elena", "door", "working", "La señora Lee tiene llave y conoce a los niños.", "safety"),
    _card("brooks", "late", "worries", "First lessons after night shifts are the hard ones."),
    _under("dana", "late", "school", "worries"),
    ("rosa", "circle.place", {"id": "#c-lee", "ring": 2}),
    ("carmen", "person.join", {}),
    _card("carmen", "fridays", "working", "I am free on Fridays and like to cook.", "strength"),
    ("rosa", "circle.place", {"id": "#c-carmen", "ring": 1}),
    ("rosa", "circle.describe", {"id": "#c-carmen", "part": "is there on Fridays"}),
    (
        "rosa",
        "words.write",
        {"id": "#goal", "field": "seen_by", "text": "Elena, Mr. Brooks and Dana", "was": ""},
    ),
    ("sam", "stage.go", {"stage": "scale"}),
    ("elena", "scale.answer", {"number": 5, "reason": "Falta el plan."}),
    ("mateo", "scale.answer", {"number": 7, "reason": "It is better since May."}),
    ("brooks", "scale.answer", {"number": 6, "reason": "He asks for help now."}),
    ("sam", "scale.reveal", {}),
    ("sam", "stage.go", {"stage": "goals"}),
    (
        "dana",
        "step.add",
        {
            "id": "#friday",
            "what": "Sleep at Rosa's on Fridays",
            "owners": ["@carmen"],
            "due": "+4",
            "goal": "#goal",
            "checker": "@rosa",
        },
    ),
    ("carmen", "step.agree", {"id": "#friday", "says": "agree"}),
    ("elena", "step.agree", {"id": "#fridge", "says": "change", "comment": "Jueves no puedo."}),
    ("dana", "step.plan", {"id": "#ride", "owners": ["@mateo", "@dana"], "due": "+3"}),
    ("mateo", "step.agree", {"id": "#ride", "says": "agree"}),
]
