"""Words that may be replaced: what they were before, how they are marked, and which are wanted from a machine."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ACTIONS_BEFORE = "action IN ('post', 'edit', 'pin', 'unpin')"
_ACTIONS = "action IN ('post', 'edit', 'pin', 'unpin', 'amend')"
_MARKS = "mark IN ('translated', 'corrected', 'retracted')"
_MARKED = "(mark IS NULL) = (label IS NULL)"


def upgrade() -> None:
    """Add columns, tables and indexes, and widen the one constraint that names the actions."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _widen_in_place() if sqlite else _widen()
    moment = "DATETIME" if sqlite else "TIMESTAMP WITH TIME ZONE"
    for column in (
        f"mark TEXT CONSTRAINT ck_notices_mark_known CHECK ({_MARKS})",
        f"label TEXT CONSTRAINT ck_notices_marked_in_words CHECK ({_MARKED})",
        f"amended_at {moment}",
    ):
        op.execute(f"ALTER TABLE notices ADD COLUMN {column}")
    _create_former_notices()
    _create_translations()


def _widen() -> None:
    op.drop_constraint("ck_deliveries_action_known", "deliveries")
    op.create_check_constraint(op.f("ck_deliveries_action_known"), "deliveries", _ACTIONS)


def _widen_in_place() -> None:
    """SQLite has no statement for it, but a procedure, for changes that touch nothing that is stored:
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'deliveries'", (_ACTIONS_BEFORE, _ACTIONS)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _create_former_notices() -> None:
    op.create_table(
        "former_notices",
        _id(),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=True),
        sa.CheckConstraint(_MARKS, name=op.f("ck_former_notices_mark_known")),
        sa.CheckConstraint(_MARKED, name=op.f("ck_former_notices_marked_in_words")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_former_notices_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_notices")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_former_notices_notice_id", "former_notices", ["notice_id", "until"])


def _create_translations() -> None:
    op.create_table(
        "translations",
        _id(),
        sa.Column("update_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'done', 'failed')", name=op.f("ck_translations_state_known")),
        sa.CheckConstraint(
            "claimed_by IS NULL OR state = 'pending'", name=op.f("ck_translations_claimed_while_pending")
        ),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_translations_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint("update_id", "language", name=op.f("uq_translations_update_id_language")),
        sqlite_autoincrement=True,
    )
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_translations_pending", "translations", ["deadline"], sqlite_where=pending, postgresql_where=pending
    )
