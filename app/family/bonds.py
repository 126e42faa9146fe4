"""Who is whose parent or partner in the family's picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from pydantic import Field

from app.board.board import Board, changed, made
from app.board.commands import Command, ItemId, NewId, Outcome, only
from app.board.items import Item
from app.board.refusal import Refused
from app.ids import new_id
from app.people import rules
from app.people.person import Person

ParentKind = Literal["birth", "adoptive", "foster", "step"]
PartnerKind = Literal["married", "partners", "separated", "divorced"]
BondKind = Literal[ParentKind, PartnerKind]
PARENT_KINDS: tuple[ParentKind, ...] = get_args(ParentKind)
PARTNER_KINDS: tuple[PartnerKind, ...] = get_args(PartnerKind)
# Of each kind: a third birth parent is a mistake, two birth and two adoptive parents are none.
_MOST_PARENTS = 2


@dataclass(slots=True, kw_only=True)
class Bond(Item):
    """`one` is a parent of `other`, or they are partners; both are ids of kin."""

    kind: ClassVar[str] = "bond"
    most: ClassVar[int] = 200

    one: str
    other: str
    how: BondKind

    @property
    def is_parent(self) -> bool:
        return self.how in PARENT_KINDS


def bonds(board: Board) -> list[Bond]:
    """Those of which both ends stand in the picture."""
    return [
        bond
        for bond in board.all(Bond)
        if not bond.withdrawn and _stands(board, bond.one) and _stands(board, bond.other)
    ]


def _stands(board: Board, kin_id: str) -> bool:
    kin = board.items.get(kin_id)
    return kin is not None and not kin.withdrawn


def parents_of(board: Board, kin_id: str, how: BondKind | None = None) -> list[str]:
    """The ids of somebody's parents, of one kind or of all."""
    return [
        bond.one
        for bond in bonds(board)
        if bond.other == kin_id and bond.is_parent and how in (None, bond.how)
    ]


def check_bond(board: Board, one: str, other: str, how: BondKind, but: str = "") -> None:
    """Raises Refused where two people cannot stand like this; `but` is a bond that does not count.

    "same_person"; "bond_exists": they are parent and child, or partners, already;
    "own_ancestor": somebody would be their own parent or grandparent; "too_many_parents".
    """
    if one == other:
        raise Refused("same_person", "other")
    others = [bond for bond in bonds(board) if bond.id != but]
    is_parent = how in PARENT_KINDS
    if any(
        bond.is_parent == is_parent and {bond.one, bond.other} == {one, other} for bond in others
    ):
        raise Refused("bond_exists", "other")
    if not is_parent:
        return
    if one in _descendants(others, other):
        raise Refused("own_ancestor", "other")
    if sum(bond.other == other and bond.how == how for bond in others) >= _MOST_PARENTS:
        raise Refused("too_many_parents", "how")


def _check_kin(board: Board, kin_id: str, field: str) -> None:
    """Raises Refused where nobody of this id stands in the picture."""
    kin = board.standing(Item, kin_id, field)
    if kin.kind != "kin":
        raise Refused("not_found", field)


def _descendants(others: list[Bond], kin_id: str) -> set[str]:
    found: set[str] = set()
    left = [kin_id]
    while left:
        parent = left.pop()
        children = {bond.other for bond in others if bond.is_parent and bond.one == parent}
        left += children - found
        found |= children
    return found


class AddBond(Command):
    """Says that two people in the picture are parent (`one`) and child (`other`), or partners."""

    name = "bond.add"
    event = "bond.added"

    id: NewId = Field(default_factory=new_id)
    one: ItemId
    other: ItemId
    how: BondKind

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        if self.id in board.items:
            raise Refused("exists", "id")
        for field in ("one", "other"):
            _check_kin(board, getattr(self, field), field)
        check_bond(board, self.one, self.other, self.how)
        return only(
            [made(Bond(id=self.id, by=who.id, one=self.one, other=self.other, how=self.how))]
        )


class ChangeBond(Command):
    """Says anew what kind of parents or partners two people are: partners marry, or part."""

    name = "bond.change"
    event = "bond.changed"

    id: ItemId
    how: BondKind

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        bond = board.standing(Bond, self.id)
        if bond.how == self.how:
            return Outcome()
        if bond.is_parent != (self.how in PARENT_KINDS):
            raise Refused("not_a_choice", "how")
        check_bond(board, bond.one, bond.other, self.how, but=bond.id)
        return only([changed(bond, how=self.how)])


class RemoveBond(Command):
    """Takes away what stands between two people. Everyone may, as everyone may say it."""

    name = "bond.remove"
    event = "bond.removed"

    id: ItemId

    def allow(self, board: Board, who: Person) -> None:
        rules.takes_part(who)

    def decide(self, board: Board, who: Person) -> Outcome:
        return only([changed(board.standing(Bond, self.id), withdrawn=True)])
