"""Windows of planned maintenance that an update sets: a draft must know what it would move the plan to."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHOLE = "(scheduled_for IS NULL) = (scheduled_until IS NULL)"
_ENDS = "scheduled_until > scheduled_for"


def upgrade() -> None:
    """Add two columns, and what must hold between them; SQLite takes a constraint only along with a column."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    moment = "DATETIME" if sqlite else "TIMESTAMP WITH TIME ZONE"
    op.execute(f"ALTER TABLE updates ADD COLUMN scheduled_for {moment}")
    constraints = (
        f" CONSTRAINT ck_updates_window_is_whole CHECK ({_WHOLE}) CONSTRAINT ck_updates_window_ends CHECK ({_ENDS})"
    )
    op.execute(f"ALTER TABLE updates ADD COLUMN scheduled_until {moment}{constraints}")
