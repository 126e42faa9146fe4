"""stages: where a meeting is, and its timer"""

import sqlalchemy as sa
from alembic import op

revision = "0006_stages"
down_revision = "0003_sight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_agenda",
        sa.Column("board_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("spot", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item_hand",
        sa.Column("board_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("item_step") as batch:
        for name in ("done", "told", "brought"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("item_scale") as batch:
        batch.add_column(sa.Column("goal", sa.Text(), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("closing", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("item_scale") as batch:
        batch.drop_column("closing")
        batch.drop_column("goal")
    with op.batch_alter_table("item_step") as batch:
        for name in ("done", "told", "brought"):
            batch.drop_column(name)
    op.drop_table("item_hand")
    op.drop_table("item_agenda")
