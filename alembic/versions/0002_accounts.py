"""accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0002_accounts"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite keeps no names of constraints; these are what they are called while it is changed.
_NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        # The family's table is made anew below: what refers to it must not mind. It has to be said
        # before anything is written.
        op.execute("PRAGMA foreign_keys=OFF")
    op.create_table(
        "ceremony",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_table(
        "failure",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(length=32), nullable=False),
        sa.Column("until", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("admins_open", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("totp_secret", sa.String(length=255), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_index("ix_account_organisation_id", "account", ["organisation_id"])

    op.create_table(
        "team",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_team_organisation_id", "team", ["organisation_id"])

    op.create_table(
        "account_link",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_account_link_account_id", "account_link", ["account_id"])

    op.create_table(
        "account_session",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("proved_at", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])

    op.create_table(
        "api_token",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"])

    op.create_table(
        "membership",
        sa.Column("team_id", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["team.id"],
        ),
        sa.PrimaryKeyConstraint("team_id", "account_id"),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=1400), nullable=False),
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_passkey_account_id", "passkey", ["account_id"])

    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "code"),
    )
    _facilitators_become_programs()

    op.add_column("family", sa.Column("team_id", sa.String(length=80), nullable=True))
    op.execute("UPDATE family SET team_id = facilitator_id")
    with op.batch_alter_table("family", naming_convention=_NAMES) as batch_op:
        batch_op.drop_constraint(
            "fk_family_facilitator_id" if is_sqlite else "family_facilitator_id_fkey",
            type_="foreignkey",
        )
        batch_op.alter_column("team_id", existing_type=sa.String(length=80), nullable=False)
        batch_op.create_foreign_key(
            "fk_family_facilitator_id", "account", ["facilitator_id"], ["id"]
        )
        batch_op.create_foreign_key("fk_family_team_id", "team", ["team_id"], ["id"])
    op.create_index("ix_family_team_id", "family", ["team_id"])
    op.drop_table("facilitator")

    op.add_column(
        "seat", sa.Column("session_id", sa.String(length=80), nullable=False, server_default="")
    )
    op.create_index("ix_seat_session_id", "seat", ["session_id"])


def _facilitators_become_programs() -> None:
    """Their links were tokens without a second factor: they go on as programs' tokens.

    Each keeps the families, in a team of its own; an admin can move them to people's teams.
    """
    op.execute(
        "INSERT INTO organisation (id, name, admins_open, made_at) "
        "SELECT 'first', 'Kinboard', FALSE, min(made_at) FROM facilitator HAVING count(*) > 0"
    )
    op.execute(
        "INSERT INTO team (id, organisation_id, name, made_at) "
        "SELECT id, 'first', name, made_at FROM facilitator"
    )
    op.execute(
        "INSERT INTO account (id, organisation_id, role, name, lang, password, totp_secret, "
        "totp_step, standing, made_at) "
        "SELECT id, 'first', 'facilitator', name, lang, '', '', 0, 'active', made_at FROM facilitator"
    )
    op.execute("INSERT INTO membership (team_id, account_id) SELECT id, id FROM facilitator")
    op.execute(
        "INSERT INTO api_token (token, account_id, name, made_at, ends_at) "
        "SELECT token, id, name, made_at, '2027-12-31T00:00:00.000+00:00' FROM facilitator"
    )


def downgrade() -> None:
    raise NotImplementedError("accounts cannot become links again")
