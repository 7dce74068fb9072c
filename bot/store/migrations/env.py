"""How Alembic runs here: always on the connection the service hands over, inside its transaction."""

from alembic import context

from bot.store import schema  # noqa: F401 - it fills the metadata
from bot.store.columns import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
