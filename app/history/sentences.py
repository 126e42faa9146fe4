"""What happened, in plain words: for the history, the replay, and those who hear the page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from app.board.board import Board
from app.board.events import Change, Event
from app.board.items import Item
from app.board.section import Section
from app.history.bond_words import bond_words
from app.practice.bank import question
from app.sight import HIDDEN, Viewer, may_know, may_see
from app.stages.agenda import template_of

Gettext = Callable[[str], str]

# Typing reaches the log in small pieces; pieces this close together are shown as one.
_SAME_BREATH = datetime.timedelta(minutes=2)
_LONGEST = 80
# The fields by which people know an item, the first that is filled.
_SUBJECTS = ("text", "what", "outcome", "act", "met", "effect", "name", "who")


def timeline(events: Iterable[Event]) -> list[Event]:
    """The events, with a run of one person's typing in one text as its last piece."""
    shown: list[Event] = []
    for event in events:
        if shown and _goes_on(shown[-1], event):
            shown[-1] = event
        else:
            shown.append(event)
    return shown


def _goes_on(earlier: Event, later: Event) -> bool:
    if earlier.type == later.type == "house.drawn":
        return _sheet(earlier) == _sheet(later)
    if earlier.type == later.type == "note.written":
        return earlier.by == later.by  # kept every few seconds
    if not earlier.merge or not later.merge or earlier.type != later.type:
        return False
    one = (earlier.by, earlier.merge.item, earlier.merge.field)
    if one != (later.by, later.merge.item, later.merge.field):
        return False
    gap = datetime.datetime.fromisoformat(later.at) - datetime.datetime.fromisoformat(earlier.at)
    return gap < _SAME_BREATH


def _sheet(event: Event) -> tuple[str, str]:
    return event.by, event.changes[0].set.get("drawing", "")


def is_shown(board: Board, event: Event, viewer: Viewer) -> bool:
    """Whether there is anything in an event that this viewer may know of."""
    return _Teller(board, event, viewer, str, str).is_seen


def sentence(
    board: Board,
    event: Event,
    viewer: Viewer,
    gettext: Gettext,
    name: Callable[[str], str],
    lang: str = "en",
) -> str:
    """One sentence, without a full stop. `name` gives a person's name, or "" where none may be
    told; what the viewer may not see is not told either."""
    teller = _Teller(board, event, viewer, gettext, name, lang)
    tell = getattr(teller, event.type.replace(".", "_"), teller.something)
    return tell() if teller.is_seen else gettext("Something changed")


def subject(item: Item) -> str:
    """The words by which people know an item."""
    words = (getattr(item, field, "") for field in _SUBJECTS)
    return " ".join(next(filter(None, words), "").split())


class _Teller:
    """One method for each kind of event, named like it."""

    def __init__(
        self,
        board: Board,
        event: Event,
        viewer: Viewer,
        gettext: Gettext,
        name: Callable,
        lang: str = "en",
    ) -> None:
        self.board = board
        self.event = event
        self.viewer = viewer
        self._ = gettext
        self.name = name
        self.lang = lang
        self.change: Change | None = event.changes[0] if event.changes else None
        self.set: dict[str, Any] = self.change.set if self.change else {}

    @property
    def is_seen(self) -> bool:
        # Who listens beside somebody far away stands in no list: others may look at it too.
        if self.event.type in (HIDDEN, "afar.told") or not may_know(
            self.board, self.event, self.viewer
        ):
            return False
        if self.event.type in ("scale.answered", "tool.rated", "undone"):
            return True  # told without what is hidden
        items = [self.board.items.get(change.id) for change in self.event.changes[:1]]
        return all(item and may_see(self.board, item, self.viewer) for item in items)

    @property
    def who(self) -> str:
        return self.name(self.event.by) or self._("Someone")

    def named(self, person_id: str) -> str:
        return self.name(person_id) or self._("someone")

    def item(self) -> Any:
        return self.board.items.get(self.change.id) if self.change else None

    def words(self, *fields: str) -> str:
        """The item's words: as this event set them, else as they are now."""
        item = self.item()
        for field in fields:
            text = self.set.get(field) or getattr(item, field, "")
            if isinstance(text, str) and text.strip():
                text = " ".join(text.split())
                return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        return self._("no words yet")

    def subject(self) -> str:
        """The words by which people know an item."""
        return self.words(*_SUBJECTS)

    def told(self, pattern: str, **more: str) -> str:
        return pattern % {"who": self.who, "words": self.subject(), **more}

    def something(self) -> str:
        _ = self._
        return _("%(who)s changed something") % {"who": self.who}

    # -- who sees what ---------------------------------------------------------------------

    def item_shown(self) -> str:
        _ = self._
        shown = self.set.get("shown", "all")
        if self.set.get("quiet"):
            return self.told(_("%(who)s put “%(words)s” to the cards that wait"))
        if shown == "team":
            return self.told(_("%(who)s keeps “%(words)s” to the team"))
        if shown == "family":
            return self.told(_("%(who)s showed “%(words)s” to the family"))
        if sum(map(_comes_into_sight, self.event.changes)) > 1:
            return _("%(who)s shared what the family wrote") % {"who": self.who}
        return self.told(_("%(who)s showed “%(words)s” to everyone"))

    # -- people far away -------------------------------------------------------------------

    def afar_told(self) -> str:
        return self._("Something changed")

    def person_placed(self) -> str:
        _ = self._
        if self.set.get("joins_by"):
            return self._about(_("%(who)s noted that %(person)s is not in the room"))
        return self._about(_("%(who)s noted that %(person)s is in the room"))

    def phone_added(self) -> str:
        _ = self._
        return self._about(_("%(who)s noted that %(person)s is on the telephone"))

    # -- the family alone ------------------------------------------------------------------

    def family_time_offered(self) -> str:
        _ = self._
        return _("%(who)s offered the family time alone") % {"who": self.who}

    def family_time_kept(self) -> str:
        _ = self._
        if self.set.get("with_family"):
            return self._about(_("%(who)s asked %(person)s to stay with the family"))
        return self._about(_("%(who)s noted that %(person)s is not with the family"))

    def family_time_begun(self) -> str:
        _ = self._
        return _("The family began to talk alone")

    def family_time_asked(self) -> str:
        _ = self._
        return _("%(who)s asked the family to come back") % {"who": self.who}

    def family_time_answered(self) -> str:
        _ = self._
        return _("The family asked for a little more time")

    def family_time_ended(self) -> str:
        _ = self._
        if (self.change and self.change.was or {}).get("state") == "offered":
            return _("%(who)s took the offer of time alone back") % {"who": self.who}
        return _("%(who)s brought everyone back together") % {"who": self.who}

    def person_sheltered(self) -> str:
        _ = self._
        return self._about(_("%(who)s changed who must not see %(person)s"))

    # -- meeting and people ----------------------------------------------------------------

    def meeting_created(self) -> str:
        _ = self._
        return _("%(who)s made this meeting") % {"who": self.who}

    def meeting_brought(self) -> str:
        _ = self._
        pattern = _("%(who)s brought over circles, goals and open steps from the last meeting")
        return pattern % {"who": self.who}

    def meeting_edited(self) -> str:
        _ = self._
        return _("%(who)s changed the title, purpose or date") % {"who": self.who}

    def meeting_opened(self) -> str:
        _ = self._
        return _("%(who)s opened the meeting") % {"who": self.who}

    def meeting_closed(self) -> str:
        _ = self._
        return _("%(who)s closed the meeting") % {"who": self.who}

    def person_asked(self) -> str:
        _ = self._
        return _("%(who)s asked to come in") % {"who": self.who}

    def _about(self, pattern: str) -> str:
        person = self.named(self.change.id) if self.change else ""
        return pattern % {"who": self.who, "person": person}

    def person_admitted(self) -> str:
        _ = self._
        return self._about(_("%(who)s let %(person)s in"))

    def person_role_changed(self) -> str:
        _ = self._
        return self._about(_("%(who)s changed the role of %(person)s"))

    def person_removed(self) -> str:
        _ = self._
        return self._about(_("%(who)s removed %(person)s from the meeting"))

    def person_muted(self) -> str:
        _ = self._
        return self._about(_("%(who)s paused the writing of %(person)s"))

    def person_unmuted(self) -> str:
        _ = self._
        return self._about(_("%(who)s let %(person)s write again"))

    def meeting_locked(self) -> str:
        _ = self._
        return _("%(who)s locked the board for now") % {"who": self.who}

    def meeting_unlocked(self) -> str:
        _ = self._
        return _("%(who)s unlocked the board") % {"who": self.who}

    def section_locked(self) -> str:
        _ = self._
        return _("%(who)s closed a part of the board for now") % {"who": self.who}

    def section_unlocked(self) -> str:
        _ = self._
        return _("%(who)s opened a part of the board again") % {"who": self.who}

    def note_written(self) -> str:
        _ = self._
        return _("%(who)s wrote a note that nobody else reads") % {"who": self.who}

    def wall_shown(self) -> str:
        _ = self._
        return _("%(who)s changed what the wall shows") % {"who": self.who}

    def quiet_begun(self) -> str:
        _ = self._
        return _("%(who)s asked everyone to write quietly") % {"who": self.who}

    def quiet_revealed(self) -> str:
        _ = self._
        return _("%(who)s showed all the cards that waited") % {"who": self.who}

    def quiet_ended(self) -> str:
        _ = self._
        pattern = _("%(who)s ended the quiet writing; each card stays with its writer")
        return pattern % {"who": self.who}

    def person_described(self) -> str:
        _ = self._
        return _("%(who)s changed what is said about them") % {"who": self.who}

    def person_left(self) -> str:
        _ = self._
        return _("%(who)s left the meeting") % {"who": self.who}

    # -- map -------------------------------------------------------------------------------

    def card_added(self) -> str:
        _ = self._
        said_by = self.set.get("said_by", "")
        if said_by and said_by != self.event.by:
            pattern = _("%(who)s wrote down for %(person)s: “%(words)s”")
            return self.told(pattern, person=self.named(said_by))
        return {
            "worries": self.told(_("%(who)s wrote a worry: “%(words)s”")),
            "working": self.told(_("%(who)s wrote what works well: “%(words)s”")),
        }.get(
            self.set.get("column", ""),
            self.told(_("%(who)s wrote what needs to happen: “%(words)s”")),
        )

    def card_moved(self) -> str:
        _ = self._
        if self.set.get("under"):
            return self.told(_("%(who)s put “%(words)s” under another card"))
        patterns = {
            "worries": _("%(who)s moved “%(words)s” to the worries"),
            "working": _("%(who)s moved “%(words)s” to what works well"),
            "needs": _("%(who)s moved “%(words)s” to what needs to happen"),
        }
        default = _("%(who)s moved “%(words)s”")
        return self.told(patterns.get(self.set.get("column", ""), default))

    def card_sorted(self) -> str:
        _ = self._
        patterns = {
            "harm": _("%(who)s marked “%(words)s” as past harm"),
            "danger": _("%(who)s marked “%(words)s” as future danger"),
            "complicating": _("%(who)s marked “%(words)s” as what makes it harder"),
            "strength": _("%(who)s marked “%(words)s” as a strength"),
            "safety": _("%(who)s marked “%(words)s” as safety shown"),
        }
        default = _("%(who)s took the mark off “%(words)s”")
        return self.told(patterns.get(self.set.get("sort", ""), default))

    def card_credited(self) -> str:
        _ = self._
        pattern = _("%(who)s noted that “%(words)s” are the words of %(person)s")
        return self.told(pattern, person=self.named(self.set.get("said_by", "")))

    def card_withdrawn(self) -> str:
        _ = self._
        return self.told(_("%(who)s took “%(words)s” off the board"))

    def card_grouped(self) -> str:
        _ = self._
        return self.told(_("%(who)s grouped cards with “%(words)s”"))

    def card_parked(self) -> str:
        _ = self._
        return self.told(_("%(who)s parked “%(words)s” for later"))

    def card_unparked(self) -> str:
        _ = self._
        return self.told(_("%(who)s took “%(words)s” up again"))

    def card_restored(self) -> str:
        _ = self._
        return self.told(_("%(who)s brought “%(words)s” back"))

    statement_withdrawn = step_withdrawn = card_withdrawn
    statement_restored = step_restored = circle_restored = card_restored

    def statement_added(self) -> str:
        _ = self._
        kind = self.change.kind if self.change else ""
        patterns = {
            "harm": _("%(who)s composed a harm statement: “%(words)s”"),
            "danger": _("%(who)s composed a danger statement: “%(words)s”"),
        }
        return self.told(patterns.get(kind, _("%(who)s composed a safety goal: “%(words)s”")))

    def goal_linked(self) -> str:
        _ = self._
        if self.set.get("danger"):
            return self.told(_("%(who)s linked the goal “%(words)s” to a danger"))
        return self.told(_("%(who)s took the goal “%(words)s” away from its danger"))

    def words_written(self) -> str:
        _ = self._
        written = _("%(who)s wrote in “%(words)s”")
        field = self.event.merge.field if self.event.merge else ""
        return written % {"who": self.who, "words": self.words(field)}

    # -- stages ----------------------------------------------------------------------------

    def stage_begun(self) -> str:
        _ = self._
        template = template_of(self.board, self.lang)
        stage = template.stage(self.set.get("stage", "")) if template else None
        if stage is None:
            return _("%(who)s moved the meeting on") % {"who": self.who}
        return _("%(who)s took the meeting to: %(words)s") % {"who": self.who, "words": stage.name}

    def timer_started(self) -> str:
        _ = self._
        return _("%(who)s started the timer") % {"who": self.who}

    def timer_changed(self) -> str:
        _ = self._
        return _("%(who)s changed the timer") % {"who": self.who}

    def spot_set(self) -> str:
        _ = self._
        item = self.board.items.get(self.set.get("spot", ""))
        if isinstance(item, Section):
            item = None
        if item is None or not may_see(self.board, item, self.viewer):
            return _("%(who)s changed what is shown to everyone") % {"who": self.who}
        words = subject(item)[:_LONGEST]
        return _("%(who)s showed everyone: “%(words)s”") % {"who": self.who, "words": words}

    def question_shown(self) -> str:
        _ = self._
        shown = question(self.set.get("question", ""), self.lang)
        if shown is None:
            return _("%(who)s changed what is shown to everyone") % {"who": self.who}
        return _("%(who)s asked everyone: “%(words)s”") % {"who": self.who, "words": shown.text}

    def hand_raised(self) -> str:
        _ = self._
        person = getattr(self.item(), "person", self.event.by)
        if person != self.event.by:
            return _("%(who)s wants to speak") % {"who": self.named(person)}
        return _("%(who)s wants to speak") % {"who": self.who}

    def hand_lowered(self) -> str:
        _ = self._
        return _("%(who)s took a hand down") % {"who": self.who}

    # -- a child's houses ------------------------------------------------------------------

    def house_noted(self) -> str:
        _ = self._
        return self.told(_("%(who)s put words into a house: “%(words)s”"))

    def house_drawing_begun(self) -> str:
        _ = self._
        return _("%(who)s began a drawing in a house") % {"who": self.who}

    def house_drawn(self) -> str:
        _ = self._
        return _("%(who)s drew in a house") % {"who": self.who}

    def house_rubbed_out(self) -> str:
        _ = self._
        return _("%(who)s rubbed out a part of a drawing") % {"who": self.who}

    def house_shared(self) -> str:
        _ = self._
        item = self.item()
        if item is None or item.child == self.event.by:
            return _("%(who)s shared from the three houses") % {"who": self.who}
        pattern = _("%(person)s said yes to sharing from the three houses (noted by %(who)s)")
        return pattern % {"who": self.who, "person": self.named(item.child)}

    def house_taken_back(self) -> str:
        _ = self._
        return _("%(who)s took back what was shared from the three houses") % {"who": self.who}

    def house_removed(self) -> str:
        _ = self._
        return _("%(who)s took something out of a house") % {"who": self.who}

    # -- scale -----------------------------------------------------------------------------

    def scale_answered(self) -> str:
        _ = self._
        item = self.item()
        if item is None or not may_see(self.board, item, self.viewer):
            return _("%(who)s gave a number on the scale") % {"who": self.who}
        number = self.set.get("number", item.number)
        if item.person != self.event.by:
            pattern = _("%(who)s noted the number %(number)s for %(person)s on the scale")
            return self.told(pattern, number=str(number), person=self.named(item.person))
        return self.told(_("%(who)s gave the number %(number)s on the scale"), number=str(number))

    def scale_added(self) -> str:
        _ = self._
        if self.set.get("question"):
            pattern = _("%(who)s asked for numbers: “%(words)s”")
            return pattern % {"who": self.who, "words": self.set["question"]}
        return _("%(who)s asked for numbers once more") % {"who": self.who}

    def scale_withdrawn(self) -> str:
        _ = self._
        return _("%(who)s took a question off the board") % {"who": self.who}

    def scale_revealed(self) -> str:
        _ = self._
        return _("%(who)s showed all numbers on the scale") % {"who": self.who}

    # -- structured tools ------------------------------------------------------------------

    def _tool(self) -> Any:
        """The assessment that an event is about."""
        item = self.item()
        of = getattr(item, "assessment", "") or getattr(item, "id", "")
        return self.board.items.get(of)

    def _of_tool(self, pattern: str) -> str:
        tool = self._tool()
        name = tool.tool_in(self.lang).name if tool and hasattr(tool, "tool_in") else ""
        return pattern % {"who": self.who, "words": name or self._("no words yet")}

    def tool_opened(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s opened “%(words)s”"))

    def tool_asked(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s changed who answers “%(words)s”"))

    def tool_rated(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s answered a question of “%(words)s”"))

    def tool_revealed(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s showed all answers of “%(words)s”"))

    def tool_withdrawn(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s took “%(words)s” away"))

    def tool_agreed(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s noted what all agreed on in “%(words)s”"))

    def tool_linked(self) -> str:
        _ = self._
        return self._of_tool(_("%(who)s linked a question of “%(words)s” to the map"))

    # -- group supervision -----------------------------------------------------------------

    def supervision_presented(self) -> str:
        _ = self._
        return _("%(who)s wrote down what the worker wants to know") % {"who": self.who}

    def nextquestion_added(self) -> str:
        _ = self._
        return self.told(_("%(who)s offered a question: “%(words)s”"))

    def nextquestion_voted(self) -> str:
        _ = self._
        return self.told(_("%(who)s said what they think of “%(words)s”"))

    def nextquestion_chosen(self) -> str:
        _ = self._
        if self.set.get("best"):
            return self.told(_("%(who)s chose “%(words)s” for the family"))
        return self.told(_("%(who)s no longer chooses “%(words)s” for the family"))

    nextquestion_withdrawn = prepared_withdrawn = card_withdrawn

    def nextquestion_taken(self) -> str:
        _ = self._
        return _("%(who)s took the best questions to the family's board") % {"who": self.who}

    def prepared_brought(self) -> str:
        _ = self._
        return _("Questions to ask came from group supervision")

    def prepared_shown(self) -> str:
        _ = self._
        words = self.words("asked")
        return _("%(who)s asked everyone: “%(words)s”") % {"who": self.who, "words": words}

    # -- circles ---------------------------------------------------------------------------

    def circle_added(self) -> str:
        _ = self._
        return self.told(_("%(who)s put %(words)s in the circles"))

    def circle_placed(self) -> str:
        _ = self._
        patterns = {
            0: _("%(who)s moved %(words)s to the family in the middle"),
            1: _("%(who)s moved %(words)s to those who know all of it"),
            2: _("%(who)s moved %(words)s to those who know some of it"),
            3: _("%(who)s moved %(words)s to those who know little or nothing yet"),
        }
        default = _("%(who)s moved %(words)s within the circle")
        return self.told(patterns.get(self.set.get("ring", -1), default))

    def circle_described(self) -> str:
        _ = self._
        return self.told(_("%(who)s changed what is said about %(words)s"))

    def circle_withdrawn(self) -> str:
        _ = self._
        return self.told(_("%(who)s took %(words)s out of the circles"))

    def known(self, item_id: str) -> str:
        """The name of somebody in the circles or in the family's picture, if the viewer may read
        it: who was taken out is for the facilitator."""
        item = self.board.items.get(item_id)
        if item is None or not may_see(self.board, item, self.viewer):
            return self._("someone")
        return subject(item)[:_LONGEST]

    def finding_noted(self) -> str:
        _ = self._
        pattern = _("%(who)s noted how the search for %(words)s goes")
        return pattern % {"who": self.who, "words": self.known(getattr(self.item(), "about", ""))}

    def _two(self, pattern: str) -> str:
        """About something between two people."""
        one, other = (self.known(getattr(self.item(), end, "")) for end in ("one", "other"))
        return pattern % {"who": self.who, "one": one, "other": other}

    def tie_drawn(self) -> str:
        _ = self._
        patterns = {
            "close": _("%(who)s drew a line: %(one)s and %(other)s are close"),
            "distant": _("%(who)s drew a line: %(one)s and %(other)s are distant"),
            "conflict": _("%(who)s drew a line: %(one)s and %(other)s are in conflict"),
            "broken": _("%(who)s drew a line: %(one)s and %(other)s have broken off"),
        }
        return self._two(patterns[self.set.get("how", self.item().how)])

    def tie_removed(self) -> str:
        _ = self._
        return self._two(_("%(who)s took away the line between %(one)s and %(other)s"))

    # -- the family's picture ----------------------------------------------------------------

    def kin_added(self) -> str:
        _ = self._
        return self.told(_("%(who)s put %(words)s in the family's picture"))

    def kin_withdrawn(self) -> str:
        _ = self._
        return self.told(_("%(who)s took %(words)s out of the family's picture"))

    kin_described, kin_restored = circle_described, card_restored

    def bond_added(self) -> str:
        _ = self._
        words = bond_words(self.item().how, "%(one)s", "%(other)s", self._)
        return self._two(_("%(who)s noted: %(words)s").replace("%(words)s", words))

    bond_changed = bond_added

    def bond_removed(self) -> str:
        _ = self._
        pattern = _("%(who)s took away what stood between %(one)s and %(other)s in the family")
        return self._two(pattern)

    # -- steps -----------------------------------------------------------------------------

    def step_added(self) -> str:
        _ = self._
        return self.told(_("%(who)s added the step “%(words)s”"))

    def step_planned(self) -> str:
        _ = self._
        return self.told(_("%(who)s changed who does “%(words)s” or by when"))

    def step_moved(self) -> str:
        _ = self._
        return self.told(_("%(who)s moved the step “%(words)s” in the list"))

    def step_looked_back(self) -> str:
        _ = self._
        return self.told(_("%(who)s said how “%(words)s” went"))

    def step_agreed(self) -> str:
        _ = self._
        item = self.item()
        step = self.board.items.get(item.step) if item else None
        what = " ".join(str(getattr(step, "what", "")).split())[:_LONGEST]
        person = self.named(item.person) if item else ""
        says = self.set.get("says", getattr(item, "says", "agree"))
        if says == "agree":
            pattern = _("%(person)s agreed to “%(words)s”")
        else:
            pattern = _("%(person)s said what must change in “%(words)s”")
        told = pattern % {"person": person, "words": what}
        if item and item.person != self.event.by:
            return _("%(told)s (noted by %(who)s)") % {"told": told, "who": self.who}
        return told

    # -- corrections -----------------------------------------------------------------------

    def correction_added(self) -> str:
        _ = self._
        return self.told(_("%(who)s added a correction: “%(words)s”"))

    def words_deleted(self) -> str:
        _ = self._
        return _("Words were deleted from the board and its history, because the law asked for it")

    # -- undo ------------------------------------------------------------------------------

    def undone(self) -> str:
        _ = self._
        return _("%(who)s took back their last change") % {"who": self.who}


def _comes_into_sight(change: Change) -> bool:
    return change.was is not None and change.set.get("shown") != change.was.get("shown")


def is_told(event_type: str) -> bool:
    """Whether there are words of its own for a kind of event."""
    return hasattr(_Teller, event_type.replace(".", "_"))
