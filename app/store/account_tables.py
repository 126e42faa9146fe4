"""Who works here: organisations, teams, accounts, what they sign in with, and their sessions.

Every token, link and code is kept as a digest alone. Times are texts as app/clock.py writes them.
"""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

ID = 80
DIGEST = 64
TIME = 32


class OrganisationRow(SQLModel, table=True):
    """`admins_open`: whether its admins may open every team's families (app/access/rules.py)."""

    __tablename__ = "organisation"

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=80)
    admins_open: bool = False
    made_at: str = Field(max_length=TIME)


class TeamRow(SQLModel, table=True):
    __tablename__ = "team"

    id: str = Field(primary_key=True, max_length=ID)
    organisation_id: str = Field(foreign_key="organisation.id", index=True, max_length=ID)
    name: str = Field(max_length=80)
    made_at: str = Field(max_length=TIME)


class AccountRow(SQLModel, table=True):
    """A person who works here, or a program (then without e-mail, so that nobody signs in as it).

    `name` and `totp_secret` are sealed (app/store/rows.py). `password` is an Argon2id hash or "".
    `totp_step` is the last time step whose code was used.
    `issuer` and `subject` name the person at the agency's sign-in. `standing`: active or removed.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: str = Field(primary_key=True, max_length=ID)
    organisation_id: str = Field(foreign_key="organisation.id", index=True, max_length=ID)
    role: str = Field(default="facilitator", max_length=16)
    name: str = Field(sa_type=LargeBinary)
    lang: str = Field(default="en", max_length=12)
    email: str | None = Field(default=None, unique=True, max_length=254)
    password: str = Field(default="", max_length=255)
    totp_secret: str = Field(default="", sa_type=LargeBinary)
    totp_step: int = Field(default=0, sa_type=Integer)
    issuer: str | None = Field(default=None, max_length=255)
    subject: str | None = Field(default=None, max_length=255)
    standing: str = Field(default="active", max_length=16)
    made_at: str = Field(max_length=TIME)


class MembershipRow(SQLModel, table=True):
    __tablename__ = "membership"

    team_id: str = Field(primary_key=True, foreign_key="team.id", max_length=ID)
    account_id: str = Field(primary_key=True, foreign_key="account.id", max_length=ID)


class PasskeyRow(SQLModel, table=True):
    """`id` is the credential's id in base64url."""

    __tablename__ = "passkey"

    id: str = Field(primary_key=True, max_length=1400)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=ID)
    name: str = Field(max_length=80)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(default=0, sa_type=Integer)
    made_at: str = Field(max_length=TIME)


class RecoveryCodeRow(SQLModel, table=True):
    __tablename__ = "recovery_code"

    account_id: str = Field(primary_key=True, foreign_key="account.id", max_length=ID)
    code: str = Field(primary_key=True, max_length=DIGEST)


class SessionRow(SQLModel, table=True):
    """A browser that is signed in. `level`: half (one factor shown) or full.

    `token` changes at each sign-in and change of level, `id` stays. `proved_at`: when the second
    factor was last shown. `label` says which browser, for the list of one's own sessions.
    """

    __tablename__ = "account_session"

    id: str = Field(primary_key=True, max_length=ID)
    token: str = Field(unique=True, max_length=DIGEST)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=ID)
    level: str = Field(max_length=8)
    label: str = Field(max_length=80)
    made_at: str = Field(max_length=TIME)
    seen_at: str = Field(max_length=TIME)
    proved_at: str = Field(default="", max_length=TIME)
    ends_at: str = Field(max_length=TIME)


class AccountLinkRow(SQLModel, table=True):
    """A link by which somebody sets their password, once."""

    __tablename__ = "account_link"

    token: str = Field(primary_key=True, max_length=DIGEST)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=ID)
    ends_at: str = Field(max_length=TIME)


class CeremonyRow(SQLModel, table=True):
    """What has to be remembered between two steps of signing in; taken once. `data` is JSON."""

    __tablename__ = "ceremony"

    token: str = Field(primary_key=True, max_length=DIGEST)
    kind: str = Field(max_length=16)
    data: str = Field(sa_type=Text)
    ends_at: str = Field(max_length=TIME)


class FailureRow(SQLModel, table=True):
    """Wrong tries for one account or from one address, named by a digest; no try before `until`."""

    __tablename__ = "failure"

    key: str = Field(primary_key=True, max_length=DIGEST)
    count: int = Field(sa_type=Integer)
    last_at: str = Field(max_length=TIME)
    until: str = Field(max_length=TIME)


class ApiTokenRow(SQLModel, table=True):
    """What a program shows to act for an account (docs/protocol.md)."""

    __tablename__ = "api_token"

    token: str = Field(primary_key=True, max_length=DIGEST)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=ID)
    name: str = Field(max_length=80)
    made_at: str = Field(max_length=TIME)
    ends_at: str = Field(max_length=TIME)
