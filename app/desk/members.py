"""Organisation, teams and accounts: who works here, and how they come to have an account."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError

from app.access.notice import notice
from app.access.rules import ROLES, Worker
from app.access.tokens import digest, new_token
from app.board.refusal import Refused
from app.board.words import NAME_LIMIT
from app.clock import from_now, now
from app.desk import sessions
from app.desk.tries import Tries
from app.fragments.language import best
from app.ids import new_id
from app.live.house import House
from app.store.account_tables import (
    AccountLinkRow,
    AccountRow,
    ApiTokenRow,
    MembershipRow,
    OrganisationRow,
    PasskeyRow,
    RecoveryCodeRow,
    TeamRow,
)

_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.[^@\s<>\"]+")
_EMAIL_LIMIT = 254
_LINK_HOLDS = 3 * 86_400
_TOKEN_DAYS = 365


async def worker_of(house: House, account: AccountRow) -> Worker:
    """The account as the rules in app/access/rules.py need it."""
    accounts = house.accounts
    organisation = await accounts.one(OrganisationRow, id=account.organisation_id)
    teams = await accounts.all(TeamRow, organisation_id=account.organisation_id)
    return Worker(
        id=account.id,
        role=account.role if account.standing == "active" else "",
        teams=frozenset(await accounts.teams_of(account.id)),
        all_teams=frozenset(team.id for team in teams),
        admins_open=bool(organisation and organisation.admins_open),
    )


async def add_organisation(house: House, name: str) -> OrganisationRow:
    row = OrganisationRow(id=new_id(), name=read_name(name), made_at=now())
    await house.accounts.add(row)
    return row


async def add_team(house: House, organisation_id: str, name: str) -> TeamRow:
    team = TeamRow(
        id=new_id(), organisation_id=organisation_id, name=read_name(name), made_at=now()
    )
    await house.accounts.add(team)
    return team


async def add_person(
    house: House,
    organisation_id: str,
    email: str,
    name: str,
    role: str = "facilitator",
    team_ids: Iterable[str] = (),
    lang: str = "en",
) -> AccountRow:
    """An account for somebody, who has still to set a password. Raises Refused."""
    account = AccountRow(
        id=new_id(),
        organisation_id=organisation_id,
        role=read_role(role),
        name=read_name(name),
        lang=best(lang),
        email=read_email(email),
        made_at=now(),
    )
    try:
        await house.accounts.add(account)
    except IntegrityError:
        raise Refused("email_taken", "email") from None
    await put_in_teams(house, account, team_ids)
    notice("account_added", account=account.id)
    return account


async def add_program(house: House, name: str, lang: str = "en") -> AccountRow:
    """An account that only programs use, with a team of its own: it opens nothing else."""
    organisation = await house.accounts.first_organisation()
    organisation = organisation or await add_organisation(house, "Kinboard")
    team = await add_team(house, organisation.id, name)
    account = AccountRow(
        id=new_id(), organisation_id=organisation.id, name=team.name, lang=lang, made_at=now()
    )
    await house.accounts.add(account, MembershipRow(team_id=team.id, account_id=account.id))
    notice("account_added", account=account.id)
    return account


async def add_token(house: House, account: AccountRow, name: str, days: int | None = None) -> str:
    """A token with which a program acts for an account; shown once."""
    token = new_token()
    row = ApiTokenRow(
        token=digest(token),
        account_id=account.id,
        name=read_name(name),
        made_at=now(),
        ends_at=from_now((days or _TOKEN_DAYS) * 86_400),
    )
    await house.accounts.add(row)
    notice("token_added", account=account.id)
    return token


async def put_in_teams(house: House, account: AccountRow, team_ids: Iterable[str]) -> None:
    """Makes somebody a member of these teams of their organisation and of no others."""
    accounts = house.accounts
    real = {team.id for team in await accounts.teams(account.organisation_id)}
    wanted, had = real.intersection(team_ids), set(await accounts.teams_of(account.id))
    for team_id in had - wanted:
        await accounts.remove(MembershipRow, team_id=team_id, account_id=account.id)
        await sessions.leave_team(house, account.id, team_id)
    await accounts.add(
        *(MembershipRow(team_id=team_id, account_id=account.id) for team_id in wanted - had)
    )


async def change_role(house: House, account: AccountRow, role: str) -> None:
    """Raises Refused "last_admin" where nobody would be left to look after people."""
    if read_role(role) == account.role:
        return
    await _keep_an_admin(house, account)
    await house.accounts.change(AccountRow, {"id": account.id}, role=role)
    # What they sit at was opened with other rights.
    await sessions.end_all(house, account.id)
    notice("role_changed", account=account.id)


async def let_admins_open(house: House, organisation_id: str, opens: bool) -> None:
    """Whether admins may open every team's families; what they may not any more is closed."""
    accounts = house.accounts
    await accounts.change(OrganisationRow, {"id": organisation_id}, admins_open=opens)
    notice("admins_open" if opens else "admins_closed", organisation=organisation_id)
    if opens:
        return
    for person in await accounts.people(organisation_id):
        own = await accounts.teams_of(person.id)
        for team in await accounts.teams(organisation_id):
            if person.role == "admin" and team.id not in own:
                await sessions.leave_team(house, person.id, team.id)


async def remove_person(house: House, account: AccountRow) -> None:
    """They cannot sign in any more, from this moment; what they did stays in the logs."""
    await _keep_an_admin(house, account)
    await house.accounts.change(
        AccountRow, {"id": account.id}, standing="removed", email=None, issuer=None, subject=None
    )
    await put_in_teams(house, account, ())
    await drop_factors(house, account.id)
    for cls in (AccountLinkRow, ApiTokenRow):
        await house.accounts.remove(cls, account_id=account.id)
    await sessions.end_all(house, account.id)
    notice("account_removed", account=account.id)


async def _keep_an_admin(house: House, account: AccountRow) -> None:
    people = await house.accounts.people(account.organisation_id)
    if account.role == "admin" and sum(one.role == "admin" for one in people) == 1:
        raise Refused("last_admin", "role")


async def reset(house: House, account: AccountRow, factors: bool = False) -> str:
    """Ends somebody's sessions and password, and their second factors too where asked.

    Returns the token of the link by which they set a new password.
    """
    await house.accounts.change(AccountRow, {"id": account.id}, password="")  # nosec B106  # taken away
    if factors:
        await drop_factors(house, account.id)
    await sessions.end_all(house, account.id)
    await house.accounts.remove(AccountLinkRow, account_id=account.id)
    await Tries(house, account.email or account.id, "").forget()
    notice("account_reset", account=account.id)
    return await add_link(house, account)


async def add_link(house: House, account: AccountRow) -> str:
    token = new_token()
    row = AccountLinkRow(token=digest(token), account_id=account.id, ends_at=from_now(_LINK_HOLDS))
    await house.accounts.add(row)
    return token


async def drop_factors(house: House, account_id: str) -> None:
    await house.accounts.change(AccountRow, {"id": account_id}, totp_secret="")  # nosec B106  # taken away
    for cls in (PasskeyRow, RecoveryCodeRow):
        await house.accounts.remove(cls, account_id=account_id)


def read_email(typed: str) -> str:
    """An e-mail address as accounts are found by it. Raises Refused."""
    email = typed.strip().lower()
    if not email:
        raise Refused("empty", "email")
    plain = email.isprintable() and len(email) <= _EMAIL_LIMIT
    if not plain or not _EMAIL.fullmatch(email):
        raise Refused("not_an_email", "email")
    return email


def read_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise Refused("empty", "name")
    if len(name) > NAME_LIMIT:
        raise Refused("too_long", "name", limit=NAME_LIMIT)
    if not name.isprintable():
        raise Refused("hidden_character", "name")
    return name


def read_role(role: str) -> str:
    if role not in ROLES:
        raise Refused("not_a_choice", "role")
    return role
