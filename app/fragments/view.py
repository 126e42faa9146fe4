"""A board as one audience sees it, for the templates."""

from __future__ import annotations

import datetime
from collections.abc import Set
from functools import lru_cache
from textwrap import shorten
from typing import Any, NamedTuple

import orjson
from babel import dates
from markupsafe import Markup, escape

from app.assessing.assessment import Assessment
from app.board.board import Board
from app.board.items import Item, Showable
from app.board.section import SECTIONS, Section, section_id, section_of
from app.circles.circle import CirclePerson, in_rings
from app.circles.layout import Drawing, Place, Spot, label_size, lay_out
from app.fragments.assessing import Assessing, Supervising
from app.fragments.growing import Growing, attribute
from app.fragments.language import best, day
from app.history.sentences import subject
from app.houses.things import ROOMS, ChildsOwn, House, Stroke, inside, path, strokes
from app.leading.hands import raised
from app.leading.notes import Note
from app.leading.wall import Wall, wall_of
from app.map.cards import COLUMNS, PARKING, Card, grouped_under, shelf
from app.map.statements import Danger, Goal, Harm, Statement
from app.meetings.correction import Correction
from app.meetings.meeting import Meeting, meeting_of
from app.people.afar import Afar, afar_id
from app.people.family_time import FamilyTime, family_time, is_alone, unshared
from app.people.knock import Knock, knock_id
from app.people.person import Person
from app.practice.bank import Question, question, questions
from app.practice.template import Template
from app.privacy import quiet
from app.scale.earlier import Earlier, by_meeting, earlier_to
from app.scale.scale import SAFETY_SCALE, Answer, Scale, answers, number_before
from app.sight import Viewer, may_see, seen_by
from app.stages.agenda import Agenda, agenda_of, template_of
from app.steps.steps import Agreement, Step, agreements

_COLORS = 12
# Those who come one after another get colours that are far from each other on the wheel.
_STRIDE = 5


class Audience(NamedTuple):
    """People who are sent the same bytes: one role reading one language."""

    viewer: Viewer
    lang: str


class View(Growing):
    """What templates ask of a board, which is the board as the audience sees it.

    `whole` is true for a full page, where a card holds the cards grouped under it.
    """

    def __init__(
        self, board: Board, audience: Audience, here: Set[str] = frozenset(), whole: bool = False
    ) -> None:
        self.board = seen_by(board, audience.viewer)
        self.audience = audience
        self.viewer = audience.viewer
        self.role = audience.viewer.role
        self.lang = best(audience.lang)
        self.here = here
        self.whole = whole
        self.facilitates = self.role == "facilitator"
        self.leads = audience.viewer.leads
        self.projector = self.role == "projector"
        # Who sends too much; for the facilitator.
        self.loud: list[str] = []
        # Filled in by full pages only.
        self.family_name = ""
        self.code = ""
        self.join_url = ""
        self.join_qr = Markup("")
        self.assessing = Assessing(self)
        self.supervising = Supervising(self)
        self._drawing: Drawing | None = None
        self._colors: dict[str, int] | None = None

    # -- meeting and people ----------------------------------------------------------------

    @property
    def meeting(self) -> Meeting:
        return meeting_of(self.board)

    @property
    def agenda(self) -> Agenda:
        return agenda_of(self.board)

    @property
    def practice(self) -> Template | None:
        """How a meeting of this kind is led, in the reader's language."""
        return template_of(self.board, self.lang)

    @property
    def family_time(self) -> FamilyTime:
        return family_time(self.board)

    @property
    def is_outside(self) -> bool:
        """Whether this audience has to stay out while the family talks alone."""
        return not self.viewer.family and is_alone(self.board)

    @property
    def own_things(self) -> list[Showable]:
        """What the family wrote alone and has not shared, for the family."""
        return unshared(self.board)

    @property
    def ended_by_facilitator(self) -> bool:
        ended_by = self.board.get(Person, self.family_time.ended_by)
        return ended_by is not None and ended_by.role == "facilitator"

    @property
    def stage_is_private(self) -> bool:
        stage = self.practice.stage(self.agenda.stage) if self.practice else None
        return stage is not None and stage.private == "family"

    def words(self, item: Item) -> str:
        return words_of(item)

    @property
    def spotlit(self) -> Item | None:
        """What the facilitator has put before everyone's eyes, if this audience may see it."""
        if self.spotlit_part:
            return None
        item = self._standing(Item, self.agenda.spot)
        return item if item and may_see(self.board, item, self.viewer) else None

    @property
    def spotlit_part(self) -> str:
        """The part of the board that stands before everyone's eyes; "" for none."""
        parts = {section_id(name): name for name in SECTIONS}
        return parts.get(self.agenda.spot, "")

    @property
    def spotlit_words(self) -> str:
        if isinstance(self.spotlit, Assessment):
            return self.spotlit.tool_in(self.lang).name
        return subject(self.spotlit) if self.spotlit else ""

    @property
    def question(self) -> str:
        shown = question(self.agenda.question, self.lang) if self.agenda.question else None
        return shown.text if shown else self.agenda.asked

    @property
    def questions(self) -> tuple[Question, ...]:
        return questions(self.lang)

    @property
    def hands(self) -> list[Person]:
        return [one for one in raised(self.board) if may_see(self.board, one, self.viewer)]

    @property
    def me(self) -> Person | None:
        return self.board.get(Person, self.viewer.person)

    @property
    def people(self) -> list[Person]:
        everyone = self.board.shelf("people")
        return [person for person in everyone if person.is_in and person.role != "projector"]

    @property
    def present(self) -> list[Person]:
        """Who has a page open, or is on the telephone."""
        return [one for one in self.people if one.id in self.here or one.is_on_phone]

    def on_phone(self, person_id: str) -> bool:
        """Whether somebody is told by telephone, and others write for them."""
        person = self.board.get(Person, person_id)
        return person is not None and person.is_on_phone

    @property
    def afar(self) -> list[tuple[Person, Afar | None]]:
        """Those who are not in the room, and what they said of who is beside them; for the
        facilitator alone."""
        if not self.facilitates:
            return []
        remote = [one for one in self.people if one.joins_by == "remote"]
        return [(one, self.board.get(Afar, afar_id(one.id))) for one in remote]

    @property
    def wall(self) -> Person | None:
        """The projector."""
        walls = (one for one in self.board.all(Person) if one.role == "projector" and one.is_in)
        return next(walls, None)

    @property
    def waiting(self) -> list[Person]:
        if not self.facilitates:
            return []
        return [person for person in self.board.shelf("people") if person.standing == "waiting"]

    def knock(self, person: Person) -> Knock | None:
        """How somebody came to the door, if the viewer may know."""
        knock = self.board.get(Knock, knock_id(person.id))
        return knock if knock and may_see(self.board, knock, self.viewer) else None

    def is_namesake(self, person: Person) -> bool:
        """Whether somebody of this name is in the meeting already."""
        name = person.name.casefold()
        return any(other.name.casefold() == name for other in self.people if other is not person)

    def name(self, person_id: str) -> str:
        item = self.board.items.get(person_id)
        if isinstance(item, Person | CirclePerson) and may_see(self.board, item, self.viewer):
            return item.name
        return ""

    def relation(self, person_id: str) -> str:
        item = self.board.items.get(person_id)
        if isinstance(item, Person | CirclePerson) and may_see(self.board, item, self.viewer):
            return item.relation
        return ""

    def color(self, person_id: str) -> int:
        """A colour's number, in the order of coming, so that few share one; also for who left."""
        if self._colors is None:
            self._colors = {}
            people = [*self.board.all(Person), *self.board.all(CirclePerson)]
            for one in sorted(people, key=lambda one: (one.born, one.id)):
                own = len(self._colors) * _STRIDE % _COLORS
                seat = getattr(one, "seat", "")
                self._colors[one.id] = self._colors.get(seat, own)
        return self._colors.get(person_id, 0)

    # -- map -------------------------------------------------------------------------------

    def cards(self, column: str) -> list[Card]:
        return self.board.shelf(shelf(column))

    @property
    def parked(self) -> list[Card]:
        return self.board.shelf(PARKING)

    def under(self, card: Card) -> list[Card]:
        return grouped_under(self.board, card)

    @property
    def harms(self) -> list[Harm]:
        return self.board.shelf("harms")

    @property
    def dangers(self) -> list[Danger]:
        return self.board.shelf("dangers")

    @property
    def goals(self) -> list[Goal]:
        return self.board.shelf("goals")

    @property
    def withdrawn(self) -> list[Item]:
        if not self.facilitates:
            return []
        gone = [item for item in self.board.items.values() if item.withdrawn]
        return [item for item in gone if item.kind not in ("answer", "agreement")]

    def danger_of(self, goal: Goal) -> Danger | None:
        return self._standing(Danger, goal.danger)

    def goal_of(self, step: Step) -> Goal | None:
        return self._standing(Goal, step.goal)

    def goals_of(self, danger: Danger) -> list[Goal]:
        return [goal for goal in self.goals if goal.danger == danger.id]

    def steps_of(self, goal: Goal) -> list[Step]:
        return [step for step in self.steps if step.goal == goal.id]

    def sentence(self, statement: Statement) -> list[tuple[str, str]]:
        return [(part, getattr(statement, part)) for part in statement.parts]

    def _standing(self, cls: type, item_id: str) -> Any:
        item = self.board.get(cls, item_id) if item_id else None
        return item if item and not item.withdrawn else None

    # -- a child's houses ------------------------------------------------------------------

    @property
    def brings(self) -> dict[str, list[House]]:
        """The houses on the board, by the child's id, in the order in which they were shared."""
        standing = [one for one in self.board.all(House) if not one.withdrawn]
        children = dict.fromkeys(one.child for one in standing)
        return {child: self.board.shelf(f"brings-{child}") for child in children}

    def inside(self, house: str, child: str) -> list[ChildsOwn]:
        room = next(room for room in ROOMS if room == house)
        return inside(self.board, room, child)

    def strokes(self, drawing: ChildsOwn) -> list[Stroke]:
        return strokes(self.board, drawing.id)

    def path(self, stroke: Stroke) -> str:
        return path(stroke.points)

    def is_on_map(self, card_ids: list[str]) -> bool:
        cards = (self._standing(Card, one) for one in card_ids)
        return any(card and may_see(self.board, card, self.viewer) for card in cards)

    # -- parts of the board ----------------------------------------------------------------

    part_names = SECTIONS

    def part(self, name: str) -> Section:
        return section_of(self.board, name)

    @property
    def is_quiet(self) -> bool:
        return bool(quiet.quiet_columns(self.board))

    @property
    def quiet_choices(self) -> list[list[str]]:
        """Where quiet writing can begin: the map, or one of its columns."""
        loud: list[str] = [column for column in COLUMNS if not self.part(column).quiet]
        return [*([loud] if len(loud) == len(COLUMNS) else []), *([column] for column in loud)]

    def waiting_cards(self, column: str) -> int:
        """How many cards wait to be shown with the others; nothing else may be known of them."""
        return len(quiet.waiting(self.board, column))

    @property
    def on_wall(self) -> Wall:
        return wall_of(self.board)

    # -- the facilitator's own notes -------------------------------------------------------

    @property
    def notes(self) -> list[Note]:
        return self.board.all(Note) if self.facilitates else []

    def note(self, stage: str) -> str:
        return next((one.text for one in self.notes if one.stage == stage), "")

    # -- corrections -----------------------------------------------------------------------

    @property
    def corrections(self) -> list[Correction]:
        return self.board.shelf("corrections")

    def about(self, correction: Correction) -> str:
        """The words that a correction puts right, as far as they may be read here."""
        item = self.board.items.get(correction.about)
        return words_of(item) if item and may_see(self.board, item, self.viewer) else ""

    @property
    def correctable(self) -> list[tuple[str, str]]:
        """(id, words) of what a correction can be about."""
        items = [*self.board.all(Card), *self.harms, *self.dangers, *self.goals, *self.steps]
        standing = [item for item in items if not item.withdrawn]
        return [
            (item.id, words_of(item))
            for item in standing
            if may_see(self.board, item, self.viewer) and words_of(item)
        ]

    # -- scale -----------------------------------------------------------------------------

    @property
    def scale(self) -> Scale:
        return self.board.find(Scale, SAFETY_SCALE)

    @property
    def scales(self) -> list[Scale]:
        """What was asked beside the general question."""
        return [one for one in self.board.shelf("scales") if one.id != SAFETY_SCALE]

    def answers(self, scale: Scale) -> list[Answer]:
        return answers(self.board, scale.id) if scale.revealed else []

    def answered(self, scale: Scale) -> list[str]:
        return [answer.person for answer in answers(self.board, scale.id)]

    def before(self, scale: Scale, answer: Answer) -> int | None:
        return number_before(self.board, scale, answer.person)

    def earlier(self, scale: Scale) -> list[tuple[str, list[Earlier]]]:
        """(date, numbers) of each earlier meeting at which the same was asked, the last first."""
        given = [one for one in earlier_to(self.board, scale.asks) if not one.withdrawn]
        seen = [one for one in given if may_see(self.board, one, self.viewer)]
        return [(numbers[0].date, numbers) for numbers in by_meeting(seen)]

    def last_time(self, scale: Scale, answer: Answer) -> int | None:
        """What the same person answered last time. They are known by their name, since they came
        in anew; where two have one name, nothing is said."""
        name = self.name(answer.person).casefold()
        here = [one for one in self.answers(scale) if self.name(one.person).casefold() == name]
        then = [one for _, given in self.earlier(scale)[:1] for one in given]
        then = [one for one in then if one.called.casefold() == name]
        return then[0].number if len(here) == len(then) == 1 and name else None

    def ends(self, scale: Scale) -> tuple[str, str] | None:
        """What 0 and 10 mean on the scale of a danger and the goal that answers it."""
        goal = self._standing(Goal, scale.goal)
        danger = self.danger_of(goal) if goal else None
        return (subject(danger) if danger else "", subject(goal)) if goal else None

    def mine(self, scale: Scale) -> Answer | None:
        for answer in answers(self.board, scale.id):
            if self.viewer.person and answer.person == self.viewer.person:
                return answer
        return None

    # -- circles ---------------------------------------------------------------------------

    @property
    def circle_people(self) -> list[CirclePerson]:
        return in_rings(self.board)

    @property
    def drawing(self) -> Drawing:
        if self._drawing is None:
            self._drawing = drawing(self.board)
        return self._drawing

    def spot(self, person: CirclePerson) -> Spot:
        return self.drawing.spots[person.id]

    def label_size(self, person: CirclePerson) -> tuple[float, float]:
        return label_size(person.name, person.relation)

    # -- steps -----------------------------------------------------------------------------

    @property
    def steps(self) -> list[Step]:
        return self.board.shelf("steps")

    def agreements(self, step: Step) -> list[tuple[str, Agreement | None, bool]]:
        return agreements(self.board, step)

    # -- form ------------------------------------------------------------------------------

    def date(self, iso: str) -> str:
        return day(iso, self.lang)

    def time(self, iso: str) -> str:
        return dates.format_time(datetime.datetime.fromisoformat(iso), "short", locale=self._locale)

    @property
    def _locale(self) -> str:
        return self.lang.replace("-", "_")

    def json(self, value: Any) -> Markup:
        return escape(orjson.dumps(value).decode())

    def item_json(self, item: Item) -> Markup:
        """For an attribute in single quotes."""
        told = item.as_dict()
        for unused in ("pos", "before"):
            told.pop(unused, None)
        return attribute({"kind": item.kind, "rev": item.rev, **told})

    @property
    def choices(self) -> list[dict[str, Any]]:
        """Everyone who can be named as a speaker, an owner or a checker."""
        seated = [(one, "person", "") for one in self.people]
        placed = [(one, "circle", one.seat) for one in self.circle_people]
        named: list[tuple[Person | CirclePerson, str, str]] = [*seated, *placed]
        return [
            {
                "id": one.id,
                "name": one.name,
                "relation": one.relation,
                "kind": kind,
                "role": getattr(one, "role", ""),
                "seat": seat,
                "color": self.color(one.id),
            }
            for one, kind, seat in named
        ]


def words_of(item: Item) -> str:
    """A short piece of the words by which people know an item."""
    return shorten(subject(item) or getattr(item, "title", ""), 80, placeholder="…")


def drawing(board: Board) -> Drawing:
    """Where everyone stands in the circles; worked out once for each state of them."""
    return _laid_out(
        tuple(
            Place(one.id, one.ring, one.turn, *label_size(one.name, one.relation))
            for one in sorted(in_rings(board), key=lambda one: (one.born, one.id))
        )
    )


@lru_cache(maxsize=1000)
def _laid_out(places: tuple[Place, ...]) -> Drawing:
    return lay_out(places)
