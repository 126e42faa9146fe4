"""Whose account it is that the agency's sign-in names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from app.access.notice import notice
from app.board.refusal import Refused
from app.board.words import NAME_LIMIT
from app.desk import members
from app.live.house import House
from app.store.account_tables import AccountRow

if TYPE_CHECKING:
    from app.access.agency import Agency, Claims


async def account_of(house: House, agency: Agency, claims: Claims) -> AccountRow:
    """The account that is linked to (issuer, subject).

    The first time it is the one that was made for this e-mail address, or a new one where the
    address is of an allowed domain; it is in no team yet. Raises Refused "agency_unknown".
    """
    accounts = house.accounts
    linked = await accounts.one(AccountRow, issuer=claims.issuer, subject=claims.subject)
    if linked:
        if linked.standing != "active":
            raise Refused("agency_unknown")
        return linked
    account = await accounts.by_email(claims.email) if claims.email else None
    if account is None:
        account = await _new(house, agency, claims)
    if account.subject or account.standing != "active":
        notice("agency_refused", account=account.id)
        raise Refused("agency_unknown")
    try:
        await accounts.change(
            AccountRow, {"id": account.id}, issuer=claims.issuer, subject=claims.subject
        )
    except IntegrityError:
        raise Refused("agency_unknown") from None
    notice("agency_linked", account=account.id)
    return account


async def _new(house: House, agency: Agency, claims: Claims) -> AccountRow:
    domain = claims.email.rpartition("@")[2]
    organisation = await house.accounts.first_organisation()
    if not domain or domain not in agency.domains or organisation is None:
        notice("agency_refused")
        raise Refused("agency_unknown")
    name = "".join(letter for letter in claims.name if letter.isprintable()).strip()[:NAME_LIMIT]
    return await members.add_person(
        house, organisation.id, claims.email, name or claims.email.partition("@")[0]
    )
