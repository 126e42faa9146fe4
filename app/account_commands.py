"""`kinboard setup`, `kinboard account …` and `kinboard token`: what they ask the house for."""

from __future__ import annotations

import argparse
from typing import Any

from app.access.rules import ROLES
from app.board.refusal import Refused
from app.desk import members
from app.live.house import House
from app.store.account_tables import AccountRow, ApiTokenRow, OrganisationRow


def add_parsers(commands: Any) -> None:
    """Each sets `ask`: what to have done in the house, and the text to print."""
    first = commands.add_parser("setup", help="make the organisation and the first account")
    first.add_argument("--organisation", help="what the agency is called")
    first.add_argument("--team", help="the first team")
    first.add_argument("--email", help="the first admin's e-mail address")
    first.add_argument("--name", help="the first admin's name")
    first.add_argument("--lang", default="en")
    first.set_defaults(ask=setup)

    account = commands.add_parser("account", help="add somebody, or help them back in")
    what = account.add_subparsers(dest="what", required=True, metavar="WHAT")
    add = what.add_parser("add", help="add an account, print the link that sets its password")
    add.add_argument("email")
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="facilitator")
    add.add_argument("--team", action="append", help="a team's name; can be given several times")
    add.add_argument("--lang", default="en")
    add.set_defaults(ask=add_account)
    reset = what.add_parser("reset", help="sign out everywhere, print a link for a new password")
    reset.add_argument("email")
    reset.add_argument("--factors", action="store_true", help="forget the second factors too")
    reset.set_defaults(ask=reset_account)

    token = commands.add_parser("token", help="print a token for a program (docs/protocol.md)")
    token.add_argument("name", nargs="?", default="Program")
    token.add_argument("--account", metavar="EMAIL", help="act for this person's account")
    token.add_argument("--days", type=int, default=365, help="how long it holds (365)")
    token.add_argument("--revoke", action="store_true", help="end all tokens of this name")
    token.set_defaults(ask=token_for)


async def setup(house: House, asked: argparse.Namespace) -> str:
    """Raises Refused "exists" where somebody has an account already."""
    organisation = await house.accounts.first_organisation()
    if organisation and await house.accounts.people(organisation.id):
        raise Refused("exists")
    email = members.read_email(asked.email or _typed("E-mail of the first admin: "))
    name = members.read_name(asked.name or _typed("Their name: "))
    called = members.read_name(asked.organisation or _typed("Name of the organisation: "))
    team_name = members.read_name(asked.team or _typed("Name of the first team: "))
    if organisation:  # programs were here first
        await house.accounts.change(OrganisationRow, {"id": organisation.id}, name=called)
    else:
        organisation = await members.add_organisation(house, called)
    team = await members.add_team(house, organisation.id, team_name)
    account = await members.add_person(
        house, organisation.id, email, name, "admin", [team.id], asked.lang
    )
    return await _link(house, account)


def _typed(question: str) -> str:
    return input(question)


async def add_account(house: House, asked: argparse.Namespace) -> str:
    organisation = await house.accounts.first_organisation()
    if organisation is None:
        raise Refused("not_found", "organisation")
    named = {team.name: team.id for team in await house.accounts.teams(organisation.id)}
    if any(name not in named for name in asked.team or ()):
        raise Refused("not_found", "team")
    teams = [named[name] for name in asked.team or ()]
    account = await members.add_person(
        house, organisation.id, asked.email, asked.name, asked.role, teams, asked.lang
    )
    return await _link(house, account)


async def reset_account(house: House, asked: argparse.Namespace) -> str:
    account = await _account(house, asked.email)
    return _address(house, await members.reset(house, account, asked.factors))


async def token_for(house: House, asked: argparse.Namespace) -> str:
    if asked.revoke:
        where = {"name": asked.name}
        if asked.account:
            where["account_id"] = (await _account(house, asked.account)).id
        ended = await house.accounts.remove(ApiTokenRow, **where)
        return f"Tokens ended: {ended}"
    if asked.account:
        account = await _account(house, asked.account)
    else:
        account = await members.add_program(house, asked.name)
    return await members.add_token(house, account, asked.name, asked.days)


async def _account(house: House, email: str) -> AccountRow:
    account = await house.accounts.by_email(members.read_email(email))
    if account is None:
        raise Refused("not_found", "email")
    return account


async def _link(house: House, account: AccountRow) -> str:
    return _address(house, await members.add_link(house, account))


def _address(house: House, token: str) -> str:
    settings = house.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/desk/welcome/{token}"
