"""What judgement needs: more kinds of stories, problems that wait, silences, sources that must be heard."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS_BEFORE = "kind IN ('outage', 'maintenance')"
_KINDS = "kind IN ('outage', 'degraded', 'upstream', 'data_delay', 'security', 'maintenance')"
_OCCASIONS = "occasion IN ('unstable', 'stable', 'reminder', 'extended', 'correction', 'retraction')"
_WAITS = "waits IN ('confirm', 'recover', 'calm', 'inhibited', 'silenced')"


def upgrade() -> None:
    """Add columns, tables and indexes, and widen the one constraint that names the kinds."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _widen_in_place() if sqlite else _widen()
    moment, yes_or_no, json = (
        ("DATETIME", "BOOLEAN", "JSON") if sqlite else ("TIMESTAMP WITH TIME ZONE", "BOOLEAN", "JSONB")
    )
    no = "0" if sqlite else "false"
    for table, column in (
        ("incidents", "upstream TEXT"),
        ("incidents", "cluster TEXT"),
        ("incidents", f"unstable {yes_or_no} DEFAULT {no} NOT NULL"),
        ("incidents", f"tell_at {moment}"),
        ("problems", f"labels {json} DEFAULT '{{}}' NOT NULL"),
        ("problems", "summary TEXT DEFAULT '' NOT NULL"),
        ("problems", f"changes {json} DEFAULT '[]' NOT NULL"),
        ("problems", f"waits TEXT CONSTRAINT ck_problems_waits_known CHECK ({_WAITS})"),
        (
            "problems",
            f"due_at {moment} CONSTRAINT ck_problems_due_waits CHECK (due_at IS NULL OR waits IS NOT NULL)",
        ),
        ("problems", f"spoken_at {moment}"),
        ("updates", f"occasion TEXT CONSTRAINT ck_updates_occasion_known CHECK ({_OCCASIONS})"),
        ("updates", f"quiet {yes_or_no} DEFAULT {no} NOT NULL"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for table, column in (("incidents", "tell_at"), ("problems", "due_at"), ("problems", "waits")):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)
    op.create_index("ix_updates_at", "updates", ["at"])
    _create_tables()


def _widen() -> None:
    op.drop_constraint("ck_incidents_kind_known", "incidents")
    op.create_check_constraint(op.f("ck_incidents_kind_known"), "incidents", _KINDS)


def _widen_in_place() -> None:
    """SQLite has no statement for it, but a procedure, for changes that touch nothing that is stored:
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'incidents'", (_KINDS_BEFORE, _KINDS)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def _create_tables() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "silences",
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("component", name=op.f("pk_silences")),
    )
    op.create_table(
        "heard",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("heard_at", moment, nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_heard")),
    )
    op.create_table(
        "digests",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("told_at", moment, nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_digests")),
    )
