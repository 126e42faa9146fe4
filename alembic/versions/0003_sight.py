"""who sees what"""

import sqlalchemy as sa
from alembic import op

revision = "0003_sight"
down_revision = "0002_accounts"
branch_labels = None
depends_on = None

SHOWABLE = ("card", "harm", "danger", "goal", "step", "circle")
SHELTERED = ("person", "circle")


def upgrade() -> None:
    for kind in SHOWABLE:
        shown = sa.Column("shown", sa.Text(), nullable=False, server_default="all")
        op.add_column(f"item_{kind}", shown)
        op.add_column(
            f"item_{kind}", sa.Column("since", sa.Integer(), nullable=False, server_default="0")
        )
    for kind in SHELTERED:
        for name in ("away", "away_roles"):
            column = sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
            op.add_column(f"item_{kind}", column)
        reason = sa.Column("away_reason", sa.Text(), nullable=False, server_default="")
        op.add_column(f"item_{kind}", reason)


def downgrade() -> None:
    for kind in SHOWABLE:
        op.drop_column(f"item_{kind}", "shown")
        op.drop_column(f"item_{kind}", "since")
    for kind in SHELTERED:
        for name in ("away", "away_roles", "away_reason"):
            op.drop_column(f"item_{kind}", name)
