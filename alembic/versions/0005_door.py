"""the door: invitations, the code's life, how people knocked, muting and locking"""

import sqlalchemy as sa
from alembic import op

revision = "0005_door"
down_revision = "0004_life"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("board_id", sa.String(length=80), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("called", sa.LargeBinary(), nullable=False),
        sa.Column("relation", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_invitation_board_id", "invitation", ["board_id"])
    text = {"nullable": False, "server_default": ""}
    op.add_column("board", sa.Column("code_made_at", sa.String(length=32), **text))
    op.add_column("board", sa.Column("code_until", sa.String(length=32), **text))
    op.add_column(
        "board", sa.Column("code_on", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("seat", sa.Column("role", sa.String(length=16), **text))
    op.add_column("seat", sa.Column("replaces", sa.String(length=64), **text))


def downgrade() -> None:
    for table, column in (
        ("seat", "replaces"),
        ("seat", "role"),
        ("board", "code_on"),
        ("board", "code_until"),
        ("board", "code_made_at"),
    ):
        op.drop_column(table, column)
    op.drop_index("ix_invitation_board_id", "invitation")
    op.drop_table("invitation")
