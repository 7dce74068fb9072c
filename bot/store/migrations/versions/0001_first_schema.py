"""The first schema."""

from alembic import op

from bot.store import schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table as ``schema`` has it, and the one row of the revision counter."""
    connection = op.get_bind()
    schema.metadata.create_all(connection)
    connection.execute(schema.revision.insert().values(id=1, number=0))
