"""Invitations and the code over HTTP, for programs (docs/protocol.md)."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from app.desk import hosting, inviting
from app.live.board import LiveBoard
from app.live.house import House
from app.pages.api import Me, TheHouse, live_of, responses
from app.store.tables import InvitationRow

router = APIRouter(prefix="/api/meetings/{meeting_id}", tags=["programs"])


class InvitationOut(BaseModel):
    """`people`: the ids of those who came by it. Times are UTC in ISO 8601."""

    id: str
    called: str
    relation: str
    role: str
    uses: int
    ends_at: str
    state: inviting.State
    people: list[str]


class InvitationMade(InvitationOut):
    """`token` is told this once: the link is HOST/i/TOKEN."""

    token: str


class CodeIn(BaseModel):
    """`lasts`: for so many hours; 0 for as long as the meeting's day and the settings say."""

    on: bool = True
    lasts: int = 0


class CodeOut(BaseModel):
    code: str
    on: bool
    works: bool
    ends_at: str


@router.get("/invitations", responses=responses)
async def list_invitations(me: Me, house: TheHouse, meeting_id: str) -> list[InvitationOut]:
    live = await live_of(me, house, meeting_id)
    rows = await house.invitations.invitations(board_id=live.board.id)
    return [_told(live, row) for row in rows]


@router.post("/invitations", status_code=201, responses=responses)
async def invite(me: Me, house: TheHouse, meeting_id: str, wish: inviting.Wish) -> InvitationMade:
    live = await live_of(me, house, meeting_id)
    row, token = await inviting.invite(house, live.board.id, **wish.model_dump())
    return InvitationMade(**_told(live, row).model_dump(), token=token)


@router.post("/invitations/{invitation_id}/revoke", responses=responses)
async def revoke(me: Me, house: TheHouse, meeting_id: str, invitation_id: str) -> InvitationOut:
    """Ends an invitation; who waits at the door by it is sent away."""
    live = await live_of(me, house, meeting_id)
    row = await inviting.invitation_of(house, live.board.id, invitation_id)
    board = await hosting.board_of(house, me, meeting_id)
    await inviting.revoke(house, live, row, board.facilitator_person)
    return _told(live, await inviting.invitation_of(house, live.board.id, invitation_id))


@router.post("/invitations/{invitation_id}/renew", status_code=201, responses=responses)
async def renew(me: Me, house: TheHouse, meeting_id: str, invitation_id: str) -> InvitationMade:
    """A new link for the same invitation; the old one is dead."""
    live = await live_of(me, house, meeting_id)
    old = await inviting.invitation_of(house, live.board.id, invitation_id)
    row, token = await inviting.renew(house, old)
    return InvitationMade(**_told(live, row).model_dump(), token=token)


@router.get("/code", responses=responses)
async def code(me: Me, house: TheHouse, meeting_id: str) -> CodeOut:
    return await _code(house, await live_of(me, house, meeting_id))


@router.post("/code", responses=responses)
async def switch_code(me: Me, house: TheHouse, meeting_id: str, wish: CodeIn) -> CodeOut:
    live = await live_of(me, house, meeting_id)
    await inviting.switch_code(house, live, wish.on, max(0, min(wish.lasts, 720)))
    return await _code(house, live)


@router.post("/code/renew", responses=responses)
async def renew_code(me: Me, house: TheHouse, meeting_id: str) -> CodeOut:
    """A new code; the old one is dead at once."""
    live = await live_of(me, house, meeting_id)
    await inviting.renew_code(house, live)
    return await _code(house, live)


async def _code(house: House, live: LiveBoard) -> CodeOut:
    door = await house.invitations.door(id=live.board.id)
    assert door
    return CodeOut(
        code=door.board.code,
        on=door.board.code_on,
        works=inviting.code_works(house, door),
        ends_at=inviting.code_ends(house, door.board, door.date),
    )


def _told(live: LiveBoard, row: InvitationRow) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        called=row.called,
        relation=row.relation,
        role=row.role,
        uses=row.most,
        ends_at=row.ends_at,
        state=inviting.state_of(row),
        people=[person.id for person in inviting.came_by(live, row)],
    )
