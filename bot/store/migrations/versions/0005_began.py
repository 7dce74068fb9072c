"""Since when the service keeps a record: what pages say about days without incidents is true from there on."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

from bot import clock

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; where there are incidents already, the first of them is the beginning."""
    moment = sa.DateTime(timezone=True)
    op.add_column("revision", sa.Column("began_at", moment, nullable=True))
    now = clock.now()
    sqlite = op.get_bind().dialect.name == "sqlite"
    value = sa.bindparam("now", now.astimezone(UTC).replace(tzinfo=None) if sqlite else now, type_=moment)
    statement = sa.text("UPDATE revision SET began_at = coalesce((SELECT min(started_at) FROM incidents), :now)")
    op.get_bind().execute(statement.bindparams(value))
