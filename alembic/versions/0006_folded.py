"""boards: up to which event their items and texts have been stored"""

import sqlalchemy as sa
from alembic import op

from app.store.migrating import need_all_stopped

revision = "0006_folded"
down_revision = "0005_door"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Earlier releases would not look into the log for what the rows do not hold yet.
    need_all_stopped(op.get_bind())
    op.add_column("board", sa.Column("folded", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE board SET folded = seq")


def downgrade() -> None:
    # Earlier releases read items and texts alone. A board is behind for 32 events at the most.
    behind = "SELECT count(*) FROM board WHERE folded < seq"
    if op.get_bind().execute(sa.text(behind)).scalar():
        raise RuntimeError("some boards' last events stand in the log alone: export them first")
    op.drop_column("board", "folded")
