"""Subscribers and what is sent to all of them; which chats shut the bot out; indexes for very many deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANGED_INDEXES = (
    "ix_deliveries_incident_id", "ix_deliveries_pending", "ix_deliveries_pending_address", "ix_deliveries_settled_at",
)  # fmt: skip


def upgrade() -> None:
    """Add tables, a column and indexes; nothing that is stored changes."""
    id_ = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE deliveries ADD COLUMN broadcast_id {id_}")
    for name in _CHANGED_INDEXES:
        op.drop_index(name, table_name="deliveries")
    _index_deliveries()
    _create_barred()
    _create_departures()
    _create_erasures()
    _create_subscribers()
    _create_missed()
    _create_subscriber_components()
    _create_broadcasts()


def _index_deliveries() -> None:
    op.create_index(
        "ix_deliveries_broadcast_id",
        "deliveries",
        ["broadcast_id", "state", "notice_id", "id", "uncertain"],
        unique=False,
        sqlite_where=sa.text("broadcast_id IS NOT NULL"),
        postgresql_where=sa.text("broadcast_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_given_up",
        "deliveries",
        ["channel", "address"],
        unique=False,
        sqlite_where=sa.text("state IN ('dead', 'superseded', 'unknown')"),
        postgresql_where=sa.text("state IN ('dead', 'superseded', 'unknown')"),
    )
    op.create_index("ix_deliveries_incident_id", "deliveries", ["incident_id", "state", "channel"], unique=False)
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["priority", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_pending_address",
        "deliveries",
        ["channel", "address", "priority", "id", "incident_id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_settled_at",
        "deliveries",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NOT NULL"),
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_tried",
        "deliveries",
        ["channel", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND attempts > 0"),
        postgresql_where=sa.text("state = 'pending' AND attempts > 0"),
    )


def _create_barred() -> None:
    op.create_table(
        "barred",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topic", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("deed IN ('post', 'edit', 'pin')", name=op.f("ck_barred_deed_known")),
        sa.PrimaryKeyConstraint("channel", "address", "topic", "deed", name=op.f("pk_barred")),
    )


def _create_departures() -> None:
    op.create_table(
        "departures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('stopped', 'forgotten', 'blocked', 'deleted')", name=op.f("ck_departures_reason_known")
        ),
        sa.PrimaryKeyConstraint("day", "language", "reason", name=op.f("pk_departures")),
    )


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_id", _ID, nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_look_at", "erasures", ["look_at"], unique=False)


def _create_subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_subscribers_quiet_is_whole")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_subscribers")),
    )
    op.create_index(
        "ix_subscribers_language",
        "subscribers",
        ["language", "chat_id"],
        unique=False,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_index(
        "ix_subscribers_quiet_from",
        "subscribers",
        ["quiet_from", "chat_id"],
        unique=False,
        sqlite_where=sa.text("quiet_from IS NOT NULL"),
        postgresql_where=sa.text("quiet_from IS NOT NULL"),
    )


def _create_missed() -> None:
    op.create_table(
        "missed",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["subscribers.chat_id"], name=op.f("fk_missed_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_missed_incident_id")),
        sa.PrimaryKeyConstraint("chat_id", "incident_id", name=op.f("pk_missed")),
    )
    op.create_index("ix_missed_wake_at", "missed", ["wake_at"], unique=False)


def _create_subscriber_components() -> None:
    op.create_table(
        "subscriber_components",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["subscribers.chat_id"], name=op.f("fk_subscriber_components_chat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "component", name=op.f("pk_subscriber_components")),
    )


def _create_broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.Column("update_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amends", _JSON, nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("hushed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_sent", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('spreading', 'sending', 'done', 'superseded')", name=op.f("ck_broadcasts_state_known")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_broadcasts_incident_id")),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_broadcasts_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcasts_incident_id", "broadcasts", ["incident_id"], unique=False)
    op.create_index(
        "ix_broadcasts_open",
        "broadcasts",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
