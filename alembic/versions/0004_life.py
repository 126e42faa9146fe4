"""the life of the data: sealed rows, the audit log, retention, holds, epochs

The tables item_… become one table whose rows are sealed; whatever columns they have by now go
along, so this migration comes after all that alter them.
"""

import json

import sqlalchemy as sa
from alembic import context, op

from app.settings import Settings
from app.store.keys import keyring_of
from app.store.seal import Seal
from app.store.unlock import unlock

revision = "0004_life"
down_revision = "0003_sight"
branch_labels = None
depends_on = None

_ID = sa.String(80)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete=ON")  # the open words that were there are overwritten
    op.create_table(
        "key",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("scope", _ID, primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", _ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("board", _ID, nullable=False),
        sa.Column("item", _ID, nullable=False),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_audit_board", "audit", ["board"])
    _only_written_to()
    op.create_table(
        "retention",
        sa.Column("scope", _ID, primary_key=True),
        sa.Column("months", sa.Integer(), nullable=False),
    )
    op.create_table(
        "item",
        sa.Column("board_id", _ID, primary_key=True),
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("board", sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "family", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false())
    )

    url = context.config.attributes.get("url")
    seal = Seal(keyring_of(Settings(**({"database_url": url} if url else {}))))
    unlock(op.get_bind(), seal)
    _seal_items(seal)
    _seal_column(seal, "event", "body", ("board_id", "seq"))
    _seal_column(seal, "text", "state", ("board_id", "item_id", "field"))
    _seal_column(seal, "family", "name", ("id",), "name")
    _seal_column(seal, "account", "name", ("id",), "name")
    _seal_column(seal, "account", "totp_secret", ("id",), "totp_secret")


def _seal_items(seal: Seal) -> None:
    connection = op.get_bind()
    item = sa.Table("item", sa.MetaData(), autoload_with=connection)
    for name in sa.inspect(connection).get_table_names():
        if not name.startswith("item_"):
            continue
        kind = name.removeprefix("item_")
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        for row in connection.execute(sa.select(table)).mappings().all():
            values = {
                key: value for key, value in row.items() if key not in ("board_id", "born", "rev")
            }
            body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
            place = {"board_id": row["board_id"], "id": row["id"]}
            sealed = seal.close(body, "item", *place.values())
            numbers = {"born": row["born"], "rev": row["rev"]}
            connection.execute(sa.insert(item), place | numbers | {"kind": kind, "body": sealed})
        op.drop_table(name)


def _seal_column(seal: Seal, table: str, column: str, keys: tuple, *rest: str) -> None:
    """Seals a column: into one beside it first, which then takes its name."""
    connection = op.get_bind()
    beside = sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    op.add_column(table, beside)
    now = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for row in connection.execute(sa.select(now)).mappings().all():
        plain = row[column]
        plain = plain.encode() if isinstance(plain, str) else bytes(plain)
        where = [now.c[key] == row[key] for key in keys]
        sealed = seal.close(plain, table, *(row[key] for key in keys), *rest)
        connection.execute(sa.update(now).where(*where).values(sealed=sealed))
    op.drop_column(table, column)
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN sealed TO "{column}"')


def _only_written_to() -> None:
    """Nobody edits the audit log, not even by SQL; what gets past this the hashes show."""
    says = "the audit log is only written to"
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit"
                f" BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{says}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
    )


def downgrade() -> None:
    raise NotImplementedError("what is sealed does not go back to open words")
