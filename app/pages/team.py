"""The people and teams of an organisation, for its admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.access import rules
from app.board.refusal import Refused
from app.desk import members
from app.fragments.sentences import explain
from app.pages.door import house_of
from app.pages.respond import go, show
from app.pages.signed import Form, Fresh, own_url
from app.store.account_tables import AccountRow, OrganisationRow

router = APIRouter(include_in_schema=False)


async def admin(request: Request, signed: Fresh) -> AccountRow:
    worker = await members.worker_of(house_of(request), signed.account)
    if not rules.may_look_after_people(worker):
        raise Refused("not_found")
    return signed.account


Admin = Annotated[AccountRow, Depends(admin)]


@router.get("/desk/team")
async def team_page(request: Request, me: Admin) -> Response:
    return await _team(request, me)


@router.post("/desk/team/people")
async def add_person(request: Request, form: Form, me: Admin) -> Response:
    """Makes a colleague's account; the page shows the link to hand to them."""
    house = house_of(request)
    try:
        person = await members.add_person(
            house,
            me.organisation_id,
            form.get("email", ""),
            form.get("name", ""),
            form.get("role", ""),
            _teams_in(form),
            me.lang,
        )
    except Refused as refusal:
        return await _team(request, me, refusal, form)
    return await _with_link(request, me, person, await members.add_link(house, person))


@router.post("/desk/team/people/{person_id}")
async def change_person(request: Request, form: Form, me: Admin, person_id: str) -> Response:
    """Their role and their teams."""
    house = house_of(request)
    person = await _person(request, me, person_id)
    try:
        await members.change_role(house, person, form.get("role", ""))
        await members.put_in_teams(house, person, _teams_in(form))
    except Refused as refusal:
        return await _team(request, me, refusal, at=person_id)
    return go("/desk/team")


@router.post("/desk/team/people/{person_id}/reset")
async def reset_person(request: Request, form: Form, me: Admin, person_id: str) -> Response:
    """Signs them out everywhere; the page shows the link for a new password."""
    person = await _other(request, me, person_id)
    token = await members.reset(house_of(request), person, factors="factors" in form)
    return await _with_link(request, me, person, token)


@router.post("/desk/team/people/{person_id}/remove")
async def remove_person(request: Request, form: Form, me: Admin, person_id: str) -> Response:
    await members.remove_person(house_of(request), await _other(request, me, person_id))
    return go("/desk/team")


@router.post("/desk/team/teams")
async def add_team(request: Request, form: Form, me: Admin) -> Response:
    try:
        await members.add_team(house_of(request), me.organisation_id, form.get("team_name", ""))
    except Refused as refusal:
        return await _team(request, me, Refused(refusal.code, "team_name"), form)
    return go("/desk/team")


@router.post("/desk/team/rules")
async def set_rules(request: Request, form: Form, me: Admin) -> Response:
    await members.let_admins_open(house_of(request), me.organisation_id, "admins_open" in form)
    return go("/desk/team")


async def _person(request: Request, me: AccountRow, person_id: str) -> AccountRow:
    """A colleague, by id. Raises Refused "not_found" for anybody else."""
    person = await house_of(request).accounts.account(person_id)
    same = person and person.organisation_id == me.organisation_id
    if person is None or not same or person.standing != "active":
        raise Refused("not_found", "person")
    return person


async def _other(request: Request, me: AccountRow, person_id: str) -> AccountRow:
    """A colleague, but not oneself: nobody locks themselves out."""
    person = await _person(request, me, person_id)
    if person.id == me.id:
        raise Refused("not_allowed", "person")
    return person


def _teams_in(form: dict[str, str]) -> list[str]:
    return [name.removeprefix("team-") for name in form if name.startswith("team-")]


async def _with_link(request: Request, me: AccountRow, person: AccountRow, token: str) -> Response:
    link = f"{own_url(request)}/desk/welcome/{token}"
    return await _team(request, me, link=link, link_for=person.name)


async def _team(
    request: Request,
    me: AccountRow,
    refusal: Refused | None = None,
    form: Any = None,
    at: str = "",
    link: str = "",
    link_for: str = "",
) -> Response:
    """`at`: the person in whose form something is wrong; "" for the forms of new things."""
    accounts = house_of(request).accounts
    people = await accounts.people(me.organisation_id)
    return show(
        request,
        "team.html",
        me.lang,
        422 if refusal else 200,
        me=me,
        organisation=await accounts.one(OrganisationRow, id=me.organisation_id),
        people=people,
        teams=await accounts.teams(me.organisation_id),
        teams_of={person.id: await accounts.teams_of(person.id) for person in people},
        roles=rules.ROLES,
        form=form or {},
        errors={refusal.field: explain(refusal, me.lang)} if refusal else {},
        at=at,
        link=link,
        link_for=link_for,
    )
