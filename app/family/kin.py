"""The family's picture (a genogram): who belongs to it, and what the symbols say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Showable, Shown
from app.board.refusal import Refused
from app.board.words import Name, OptionalName
from app.circles.circle import CirclePerson, in_rings
from app.family.bonds import PARTNER_KINDS, Bond, BondKind, check_bond, parents_of
from app.ids import new_id
from app.people import rules
from app.people.person import Person

Sex = Literal["", "woman", "man", "other"]
_YEARS = range(1000, 2201)


def _check_year(year: int) -> int:
    if year and year not in _YEARS:
        raise PydanticCustomError("not_a_year", "no year of four digits")
    return year


# 0: not known.
Year = Annotated[int, Field(strict=True), AfterValidator(_check_year)]
# What somebody new is to somebody who is in the picture already.
PlaceOf = Literal["parent", "child", "partner", "sibling"]


@dataclass(slots=True, kw_only=True)
class Kin(Showable):
    """Somebody in the family's picture.

    `same_as` is their id in the circles or in the meeting, "" where they are in neither: who must
    not see them there does not see them here. `birth` and `death` are years, 0 if not known.
    `child`: the meeting is about them. `carer`: looks after the child; `home`: lives with the
    child.
    """

    kind: ClassVar[str] = "kin"
    personal: ClassVar[frozenset[str]] = frozenset({"name"})
    # Far beyond three generations, and still one picture.
    most: ClassVar[int] = 60

    name: str
    same_as: str = ""
    sex: Sex = ""
    birth: int = 0
    dead: bool = False
    death: int = 0
    child: bool = False
    carer: bool = False
    home: bool = False


def family(board: Board) -> list[Kin]:
    return [one for one in board.all(Kin) if not one.withdrawn]


class AddKin(Command):
    """Puts somebody into the picture, at once beside somebody who is in it: their parent, child,
    partner, brother or sister. A child can have a second parent, `also`.

    Whoever stands in the circles or sits in the meeting (`same_as`) need not be named again.
    """

    name = "kin.add"
    event = "kin.added"

    id: NewId = Field(default_factory=new_id)
    called: OptionalName = ""
    same_as: ItemId | Literal[""] = ""
    sex: Sex = ""
    birth: Year = 0
    dead: bool = False
    death: Year = 0
    child: bool = False
    carer: bool = False
    home: bool = False
    shown: Shown = "all"
    of: ItemId | Literal[""] = ""
    place: PlaceOf = "child"
    also: ItemId | Literal[""] = ""
    how: BondKind | Literal[""] = ""

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        same = _found(board, self.same_as) if self.same_as else None
        if same and any(one.same_as == same.id for one in family(board)):
            raise Refused("exists", "same_as")
        name = self.called or (same.name if same else "")
        if not name:
            raise Refused("empty", "called")
        _check_years(self.birth, self.death)
        kin = Kin(
            id=self.id,
            by=who.id,
            name=name,
            same_as=same.id if same else "",
            shown=rules.shown(board, who, self.shown),
            **{mark: getattr(self, mark) for mark in _MARKS},
        )
        return only([made(kin), *map(made, self._bonds(board, who))])

    def _bonds(self, board: Board, who: Person) -> list[Bond]:
        if not self.of:
            return []
        of = board.standing(Kin, self.of, "of").id
        how: BondKind = self.how or ("partners" if self.place == "partner" else "birth")
        if (how in PARTNER_KINDS) != (self.place == "partner"):
            raise Refused("not_a_choice", "how")
        if self.place == "sibling":
            parents = parents_of(board, of, how)
            if not parents:
                raise Refused("no_parents", "place")
            pairs = [(parent, self.id) for parent in parents]
        elif self.place == "child":
            also = [board.standing(Kin, self.also, "also").id] if self.also else []
            pairs = [(parent, self.id) for parent in dict.fromkeys([of, *also])]
        else:
            pairs = [(self.id, of)]
        for one, other in pairs:
            check_bond(board, one, other, how)
        return [Bond(id=new_id(), by=who.id, one=one, other=two, how=how) for one, two in pairs]


def _found(board: Board, same_as: str) -> Person | CirclePerson:
    """Who sits in the meeting and stands in the circles is taken from there: circles go on to the
    next meeting. Who still waits at the door is nobody yet."""
    item = board.items.get(same_as)
    for place in in_rings(board):
        if isinstance(item, Person) and place.seat == item.id:
            return place
    if isinstance(item, CirclePerson) or (isinstance(item, Person) and item.standing != "waiting"):
        return item
    raise Refused("not_found", "same_as")


_MARKS = ("sex", "birth", "dead", "death", "child", "carer", "home")


def _check_years(birth: int, death: int) -> None:
    if birth and death and death < birth:
        raise Refused("died_before", "death")


class DescribeKin(Command):
    """Changes what the picture says of somebody; fields that are left out stay."""

    name = "kin.describe"
    event = "kin.described"

    id: ItemId
    called: Name | None = None
    sex: Sex | None = None
    birth: Year | None = None
    dead: bool | None = None
    death: Year | None = None
    child: bool | None = None
    carer: bool | None = None
    home: bool | None = None

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)
        board.find(Kin, self.id)

    def decide(self, board: Board, who: Person) -> Outcome:
        kin = board.standing(Kin, self.id)
        given = self.model_dump(exclude_none=True, exclude={"id"})
        if "called" in given:
            given["name"] = given.pop("called")
        _check_years(given.get("birth", kin.birth), given.get("death", kin.death))
        return only([changed(kin, **given)])


class WithdrawKin(Command):
    """Takes somebody out of the picture; only who put them in, facilitator and worker can."""

    name = "kin.withdraw"
    event = "kin.withdrawn"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.changes(board.find(Kin, self.id), who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Kin, self.id), withdrawn=True)])


class RestoreKin(Command):
    name = "kin.restore"
    event = "kin.restored"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.facilitates(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.find(Kin, self.id), withdrawn=False)])
