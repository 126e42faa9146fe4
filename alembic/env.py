"""Runs migrations on the database that KINBOARD_DATABASE_URL names."""

from alembic import context

from app.settings import read_settings
from app.store.engine import database_url, make_engine
from app.store.migrating import take_turn
from app.store.tables import metadata

url = context.config.attributes.get("url") or read_settings().database_url
engine = make_engine(database_url(url))
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        take_turn(connection)
        context.run_migrations()
engine.dispose()
