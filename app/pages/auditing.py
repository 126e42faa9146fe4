"""The audit log, for an organisation's auditors and admins: who saw, changed and took what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.access import rules
from app.board.refusal import Refused
from app.desk import members
from app.pages.door import house_of
from app.pages.respond import show
from app.pages.signed import Me
from app.store.account_tables import AccountRow

router = APIRouter(include_in_schema=False)

_PAGE = 200


async def auditor(request: Request, me: Me) -> AccountRow:
    if not rules.may_audit(await members.worker_of(house_of(request), me)):
        raise Refused("not_found")
    return me


@router.get("/desk/audit")
async def audit_page(
    request: Request, me: Annotated[AccountRow, Depends(auditor)], before: int | None = None
) -> Response:
    house = house_of(request)
    people = {one.id: one.name for one in await house.accounts.people(me.organisation_id)}
    found = await house.audit.of_organisation(me.organisation_id, before, _PAGE)
    house.audit.note(me.id, "audit.viewed")
    return show(
        request,
        "audit.html",
        me.lang,
        me=me,
        entries=found,
        people=people,
        older=found[-1].seq if len(found) == _PAGE else None,
    )
