"""The meeting on paper. Words go to plan.typ as data, so that none of them is carried out."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from babel import dates

from app.board.board import Board
from app.circles.circle import RINGS
from app.export.assessments import assessments_of
from app.export.circles_svg import FONT, circles_svg, tie_sample
from app.export.houses_svg import drawing_svg
from app.export.printable import printable
from app.family.bonds import bonds
from app.family.drawing import genogram_svg
from app.family.picture import picture
from app.fragments.language import best, translations
from app.fragments.view import Audience, View
from app.houses.things import ChildsOwn, House, HouseNote
from app.map.cards import COLUMNS, Card
from app.map.statements import Danger, Statement
from app.people.knock import knock_id
from app.people.person import Person
from app.scale.earlier import Earlier
from app.scale.scale import Scale
from app.sight import Viewer
from app.steps.steps import Agreement, Step

Gettext = Callable[[str], str]

_TYPESET = Path(__file__).parent / "typeset.py"
# Seconds; a usual meeting takes a tenth of one.
_PATIENCE = 60
# So that thirty people who want the plan at once do not take thirty times the memory.
_PRESSES = threading.BoundedSemaphore(2)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def pdf(
    board: Board,
    viewer: Viewer,
    lang: str,
    family_name: str = "",
    made_at: datetime.datetime | None = None,
) -> bytes:
    """A tagged PDF (PDF/UA-1) of what a viewer may see. May be called in any thread."""
    made_at = made_at or datetime.datetime.now(datetime.UTC)
    return typeset(plan_of(board, viewer, lang, family_name), made_at)


def plan_of(board: Board, viewer: Viewer, lang: str, family_name: str = "") -> dict[str, Any]:
    """All that is printed, as plan.typ takes it; the board may change afterwards."""
    plan = Plan(View(board, Audience(viewer, best(lang)), whole=True)).as_dict()
    return plan | {"family": printable(family_name)}


def typeset(plan: dict[str, Any], made_at: datetime.datetime) -> bytes:
    """Prints a plan in a process of its own, which gives back the memory that it takes."""
    if made_at.tzinfo is None:
        made_at = made_at.replace(tzinfo=datetime.UTC)
    plan = plan | {"made": _made_on(made_at, plan["lang"])}
    asked = {"plan": plan, "timestamp": int(made_at.timestamp())}
    with _PRESSES:
        done = subprocess.run(
            [sys.executable, "-I", str(_TYPESET)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_PATIENCE,
        )
    if done.returncode:
        # What it says may quote people's words.
        raise RuntimeError(f"typesetting failed with {done.returncode}")
    return done.stdout


def _made_on(made_at: datetime.datetime, lang: str) -> str:
    _ = translations(lang).gettext
    day = dates.format_date(made_at.date(), "long", lang.replace("-", "_"))
    return _("Made with Kinboard on %(date)s") % {"date": day}


class Plan:
    """Everything that plan.typ prints, in the words of one language."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._: Gettext = translations(view.lang).gettext

    def as_dict(self) -> dict[str, Any]:
        meeting = self.view.meeting
        return {
            "lang": self.view.lang,
            "title": printable(meeting.title),
            "purpose": printable(meeting.purpose),
            "date": self.view.date(meeting.date),
            "words": self.words(),
            "people": self.people(),
            "corrections": self.corrections(),
            "steps": [self.step(step) for step in self.view.steps],
            "dangers": [self.danger(danger) for danger in self.view.dangers],
            "goals": [
                self.statement(goal)
                for goal in self.view.goals
                if self.view.danger_of(goal) is None
            ],
            "harms": [self.statement(harm) for harm in self.view.harms],
            "columns": [self.column(column) for column in COLUMNS],
            "parked": [self.group(card) for card in self.view.parked],
            "scales": [self.scale(one) for one in (self.view.scale, *self.view.scales)],
            "circles": self.circles(),
            "houses": [self.brings(*one) for one in self.view.brings.items()],
            "assessments": assessments_of(self.view),
            "supervision": self.supervision(),
            "genogram": self.genogram(),
        }

    def words(self) -> dict[str, str]:
        """The headings and marks."""
        _ = self._
        return {
            "date": _("Date"),
            "family": _("Family"),
            "purpose": _("Purpose"),
            "people": _("Who was there"),
            "corrections": _("Corrections after the meeting"),
            "about": _("About:"),
            "steps": _("Next steps"),
            "no_steps": _("No next steps have been written down."),
            "what": _("What"),
            "who": _("Who"),
            "due": _("By when"),
            "checker": _("Who checks"),
            "goal": _("For the goal"),
            "how": _("How we will know"),
            "dangers": _("Danger: what could happen"),
            "answered_by": _("The safety goal that answers it"),
            "unanswered": _("No safety goal answers this yet"),
            "goals": _("More safety goals"),
            "harms": _("Harm: what happened"),
            "map": _("The map"),
            "no_cards": _("Nothing yet."),
            "parked": _("Parked for later"),
            "scale": _("How safe is it now?"),
            "circles": _("Circles of people around the family"),
            "present": _("here today"),
            "nobody": _("nobody yet"),
            "page": _("Page"),
            "assessments": _("Structured assessments"),
            "supervision": _("Group supervision"),
            "best": _("chosen for the family"),
            "for": _("for"),
            "apart": _("Different answers"),
            "about_cards": _("On the map:"),
            "points": _("Points"),
            "comes_to": _("What it comes to"),
        }

    # -- people ----------------------------------------------------------------------------

    def people(self) -> list[dict[str, str]]:
        """Those who were let in and not sent away. Who has left was there too; but not those whom
        an earlier meeting's steps and cards name: they never came to this one's door."""
        return [
            {
                "name": printable(person.name),
                "relation": printable(person.relation),
                "pronouns": printable(person.pronouns),
                "role": self.role(person) + self.from_afar(person),
            }
            for person in self.view.board.shelf("people")
            if person.role != "projector" and self.was_there(person)
        ]

    def was_there(self, person: Person) -> bool:
        came = knock_id(person.id) in self.view.board.items
        return person.is_in or (person.standing == "left" and came)

    def role(self, person: Person) -> str:
        _ = self._
        return {
            "facilitator": _("Facilitator"),
            "worker": _("Worker"),
            "family": _("Family"),
            "child": _("Child or teen"),
            "network": _("Friend or helper"),
        }.get(person.role, "")

    def from_afar(self, person: Person) -> str:
        _ = self._
        return {"phone": _(", by telephone"), "remote": _(", from afar")}.get(person.joins_by, "")

    def by_phone(self, person_id: str) -> str:
        """A name, and whether what they say was told by telephone."""
        told = self._(", by telephone") if self.view.on_phone(person_id) else ""
        return self.name(person_id) + told

    def name(self, person_id: str) -> str:
        return printable(self.view.name(person_id)) or self._("someone")

    # -- corrections -----------------------------------------------------------------------

    def corrections(self) -> list[dict[str, str]]:
        _ = self._
        return [
            {
                "text": printable(one.text),
                "about": printable(self.view.about(one)),
                "by": _("added by %(name)s") % {"name": self.name(one.by)},
            }
            for one in self.view.corrections
        ]

    # -- steps -----------------------------------------------------------------------------

    def step(self, step: Step) -> dict[str, Any]:
        goal = self.view.goal_of(step)
        return {
            "what": printable(step.what),
            "went": self.went(step),
            "unfinished": self.unfinished(step),
            "owners": [
                {"name": self.by_phone(owner), **self.agreement(agreement, holds)}
                for owner, agreement, holds in self.view.agreements(step)
            ],
            "due": self.day(step.due),
            "goal": printable(goal.what or goal.met or goal.who) if goal else "",
            "how": printable(step.how),
            "checker": self.name(step.checker) if step.checker else "",
        }

    def went(self, step: Step) -> str:
        """How a step of an earlier meeting went; "" where nobody has said it yet."""
        _ = self._
        done = {
            "done": _("Done"),
            "partly": _("Done in part"),
            "not": _("Not done"),
            "changed": _("Changed on the way"),
        }.get(step.done, "")
        return f"{done}: {printable(step.told)}" if done and step.told else done

    def day(self, iso: str) -> str:
        """A date that is short enough for a column."""
        if not iso:
            return ""
        locale = self.view.lang.replace("-", "_")
        return dates.format_date(datetime.date.fromisoformat(iso), "medium", locale)

    def unfinished(self, step: Step) -> str:
        _ = self._
        if len(step.missing) == 2:
            return _("Unfinished: no one named yet, no date yet")
        if "owners" in step.missing:
            return _("Unfinished: no one named yet")
        return _("Unfinished: no date yet") if step.missing else ""

    def agreement(self, agreement: Agreement | None, holds: bool) -> dict[str, str]:
        _ = self._
        if agreement is None:
            return {"says": _("not asked yet"), "comment": "", "mark": "open"}
        comment = printable(agreement.comment)
        if not holds:
            said = _("please look again, the step changed")
            return {"says": said, "comment": comment, "mark": "open"}
        if agreement.says == "agree":
            return {"says": _("agrees"), "comment": comment, "mark": "agrees"}
        return {"says": _("would change:"), "comment": comment, "mark": "change"}

    # -- statements ------------------------------------------------------------------------

    def danger(self, danger: Danger) -> dict[str, Any]:
        goals = [self.statement(goal) for goal in self.view.goals_of(danger)]
        return {"sentence": self.statement(danger), "goals": goals}

    def statement(self, statement: Statement) -> list[dict[str, str]]:
        """The sentence in pieces: the people's words, what is missing, and what joins them."""
        pieces = _PLACEHOLDER.split(self.sentence(statement.kind))
        told = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                told.append({"kind": "joint", "text": piece})
            elif words := " ".join(getattr(statement, piece).split()):
                told.append({"kind": "words", "text": printable(words.rstrip(".,;"))})
            else:
                told.append({"kind": "missing", "text": self.asked(piece)})
        return [piece for piece in told if piece["text"]]

    def sentence(self, kind: str) -> str:
        _ = self._
        if kind == "harm":
            return _(
                "It was seen or reported that %(who)s %(what)s, %(when)s."
                " What it did to the child: %(effect)s."
            )
        if kind == "danger":
            return _(
                "It worries %(worried)s that %(caregiver)s may %(act)s %(situation)s,"
                " and that then %(outcome)s."
            )
        return _(
            "%(who)s will %(what)s, so that %(met)s. Shown for %(how_long)s, seen by %(seen_by)s."
        )

    def asked(self, part: str) -> str:
        _ = self._
        if part in ("who", "caregiver", "worried", "seen_by"):
            return _("who?")
        if part in ("what", "act"):
            return _("does what?")
        if part in ("when", "situation"):
            return _("when?")
        return _("how long?") if part == "how_long" else _("what then?")

    # -- map -------------------------------------------------------------------------------

    def column(self, column: str) -> dict[str, Any]:
        _ = self._
        questions = {
            "worries": _("What are we worried about?"),
            "working": _("What is working well?"),
            "needs": _("What needs to happen?"),
        }
        cards = [self.group(card) for card in self.view.cards(column)]
        return {"question": questions[column], "cards": cards}

    def group(self, card: Card) -> dict[str, Any]:
        return self.card(card) | {"under": [self.card(below) for below in self.view.under(card)]}

    def card(self, card: Card) -> dict[str, Any]:
        _ = self._
        sorts = {
            "harm": _("Past harm"),
            "danger": _("Future danger"),
            "complicating": _("Makes it harder"),
            "strength": _("Strength"),
            "safety": _("Safety shown"),
        }
        written = ""
        if card.said_by and card.said_by != card.by:
            pattern = _("written down by %(name)s")
            if self.view.on_phone(card.said_by):
                pattern = _("told by telephone, written down by %(name)s")
            written = pattern % {"name": self.name(card.by)}
        return {
            "text": printable(card.text),
            "sort": sorts.get(card.sort, ""),
            "by": self.name(card.said_by or card.by),
            "written": written,
        }

    # -- group supervision -----------------------------------------------------------------

    def supervision(self) -> dict[str, Any]:
        """The worker's question and the best ones to ask next; empty for any other meeting."""
        told = self.view.supervising
        return {
            "question": printable(told.about.question),
            "by": self.name(told.about.presenter) if told.about.presenter else "",
            "questions": [
                {"text": printable(one.text), "whom": printable(one.whom), "best": one.best}
                for one in told.questions
            ],
        }

    # -- scale and circles -----------------------------------------------------------------

    def scale(self, scale: Scale) -> dict[str, Any]:
        """Numbers once they are shown to all, not even one's own before: a page is passed on."""
        answers = sorted(
            (
                {
                    "number": answer.number,
                    "name": self.name(answer.person),
                    "reason": printable(answer.reason),
                }
                for answer in self.view.answers(scale)
            ),
            key=lambda answer: (answer["number"], answer["name"]),
        )
        _ = self._
        told = ", ".join(f"{answer['name']} {answer['number']}" for answer in answers)
        question = scale.question
        if scale.goal and not question:
            question = _("How near are we to this goal?")
        elif scale.closing and not question:
            question = _("How safe is it now, after this meeting?")
        zero, ten = self.view.ends(scale) or (
            _("So dangerous that the child cannot be at home"),
            _("Safe enough that the agency can close"),
        )
        return {
            "question": printable(question),
            "zero": "" if scale.question else printable(zero),
            "ten": "" if scale.question else printable(ten),
            "answers": answers,
            "earlier": [self.earlier(*one) for one in self.view.earlier(scale)],
            "unseen": _("The numbers have not been shown yet."),
            "alt": _("A line from 0 to 10 with a dot for each number: %(numbers)s")
            % {"numbers": told},
        }

    def earlier(self, date: str, numbers: list[Earlier]) -> str:
        """One line for each earlier meeting at which the same was asked."""
        _ = self._
        told = ", ".join(f"{printable(one.called) or _('someone')} {one.number}" for one in numbers)
        when = self.day(date) or _("At an earlier meeting")
        return f"{when}: {told}"

    def circles(self) -> dict[str, Any]:
        _ = self._
        captions = [
            _("The family"),
            _("Know all of it"),
            _("Know some of it"),
            _("Know little or nothing yet"),
        ]
        people = self.view.circle_people
        rings = [
            {
                "caption": captions[ring],
                "people": [
                    {
                        "name": printable(person.name),
                        "relation": printable(person.relation),
                        "part": printable(person.part),
                        "present": person.present,
                    }
                    for person in people
                    if person.ring == ring
                ],
            }
            for ring in RINGS
        ]
        lines = [(drawn.tie.how, drawn.path) for drawn in self.view.ties]
        return {
            "svg": circles_svg(people, self.view.drawing, captions, lines) if people else "",
            "alt": _("A drawing of the circles. The list after it tells who stands where."),
            "hint": _("A thick line means: here today."),
            "rings": rings,
            "lines": self.lines(),
        }

    # -- a child's houses ------------------------------------------------------------------

    def brings(self, child: str, houses: list[House]) -> dict[str, Any]:
        _ = self._
        titles = {
            "worries": _("House of worries"),
            "good": _("House of good things"),
            "dreams": _("House of dreams"),
        }
        return {
            "title": _("What %(name)s brings") % {"name": self.name(child)},
            "houses": [
                {
                    "title": titles[one.house],
                    "things": [self.thing(each) for each in self.view.inside(one.house, child)],
                }
                for one in houses
            ],
        }

    def thing(self, thing: ChildsOwn) -> dict[str, str]:
        """A note's words, or a drawing as lines."""
        if isinstance(thing, HouseNote):
            return {"text": printable(thing.text), "svg": "", "alt": ""}
        alt = self._("A drawing by %(name)s") % {"name": self.name(thing.child)}
        return {"text": "", "svg": drawing_svg(self.view.strokes(thing)), "alt": alt}

    def genogram(self) -> dict[str, Any]:
        """The family's picture, and the same in words; "" where there is none."""
        _ = self._
        people = [replace(one, name=printable(one.name)) for one in self.view.kin]
        between = bonds(self.view.board)
        return {
            "title": _("The family's picture"),
            "svg": genogram_svg(people, between, FONT) if people else "",
            "width": picture(people, between).width,
            "alt": _("A drawing of the family. The sentences after it tell the same."),
            "hint": _(
                "A square is a man or boy, a circle a woman or girl, a diamond another or not "
                "known. A cross: has died. Two outlines: the meeting is about them. A thick "
                "outline: looks after the child. A box of dots: lives with the child."
            ),
            "words": [printable(words) for _bond, words in self.view.bonds],
        }

    def lines(self) -> list[dict[str, str]]:
        """Lines between two people, in words and as a small drawing."""
        _ = self._
        patterns = {
            "close": _("%(one)s and %(other)s are close"),
            "distant": _("%(one)s and %(other)s are distant"),
            "conflict": _("%(one)s and %(other)s are in conflict"),
            "broken": _("%(one)s and %(other)s have broken off"),
        }
        return [
            {
                "svg": tie_sample(drawn.tie.how),
                "words": patterns[drawn.tie.how]
                % {"one": printable(drawn.one.name), "other": printable(drawn.other.name)},
            }
            for drawn in self.view.ties
        ]
