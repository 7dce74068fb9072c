"""The first schema, as it was: what ``schema`` has become since is for later steps to add."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, and the one row of the revision counter."""
    op.create_table(
        "incidents",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("publish", sa.Text(), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("published_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("human", sa.Boolean(), nullable=False),
        sa.Column("scheduled_for", Moment, nullable=True),
        sa.Column("scheduled_until", Moment, nullable=True),
        sa.CheckConstraint("impact IN ('none', 'minor', 'major', 'critical')", name=op.f("ck_incidents_impact_known")),
        sa.CheckConstraint("kind IN ('outage', 'maintenance')", name=op.f("ck_incidents_kind_known")),
        sa.CheckConstraint("origin IN ('automation', 'operator')", name=op.f("ck_incidents_origin_known")),
        sa.CheckConstraint(
            "publish IN ('automatically', 'after_approval', 'never')", name=op.f("ck_incidents_publish_known")
        ),
        sa.CheckConstraint(
            "status IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'completed', 'cancelled')",
            name=op.f("ck_incidents_status_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_closed_at", "incidents", ["closed_at"], unique=False)
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "moves",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("old_address", sa.Text(), nullable=False),
        sa.Column("new_address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "old_address", name=op.f("pk_moves")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "telegram_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", Moment, nullable=False),
        sa.Column("handled_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_telegram_updates")),
    )
    op.create_index(
        "ix_telegram_updates_unhandled",
        "telegram_updates",
        ["update_id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "incident_components",
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_components_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "component", name=op.f("pk_incident_components")),
    )
    op.create_index(
        "ix_incident_components_component", "incident_components", ["component", "incident_id"], unique=False
    )
    op.create_index(
        "uq_incident_components_claimed",
        "incident_components",
        ["component"],
        unique=True,
        sqlite_where=sa.text("claimed"),
        postgresql_where=sa.text("claimed"),
    )
    op.create_table(
        "problems",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('firing', 'resolved')", name=op.f("ck_problems_state_known")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_problems_incident_id")),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_problems")),
    )
    op.create_index("ix_problems_incident_id", "problems", ["incident_id", "state"], unique=False)
    op.create_index("ix_problems_seen_at", "problems", ["seen_at"], unique=False)
    op.create_table(
        "updates",
        sa.Column("id", Id, nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("deadline", Moment, nullable=True),
        sa.Column("on_deadline", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (number IS NOT NULL)", name=op.f("ck_updates_numbered_when_published")
        ),
        sa.CheckConstraint("impact IN ('none', 'minor', 'major', 'critical')", name=op.f("ck_updates_impact_known")),
        sa.CheckConstraint("state IN ('draft', 'published', 'dropped')", name=op.f("ck_updates_state_known")),
        sa.CheckConstraint(
            "status IN ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'completed', 'cancelled')",
            name=op.f("ck_updates_status_known"),
        ),
        sa.CheckConstraint("(deadline IS NULL) = (on_deadline IS NULL)", name=op.f("ck_updates_deadline_has_an_end")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_updates_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_updates_incident_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_updates_drafts",
        "updates",
        ["deadline"],
        unique=False,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("update_id", Id, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=True),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_notices_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("update_id", "language", name=op.f("uq_notices_update_id_language")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("notice_id", Id, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owed_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("leased_by", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("settled_at", Moment, nullable=True),
        sa.CheckConstraint("(state = 'leased') = (lease IS NOT NULL)", name=op.f("ck_deliveries_leased_by_somebody")),
        sa.CheckConstraint("action IN ('post', 'edit', 'pin', 'unpin')", name=op.f("ck_deliveries_action_known")),
        sa.CheckConstraint("state <> 'sent' OR receipt IS NOT NULL", name=op.f("ck_deliveries_sent_has_receipt")),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dead', 'superseded', 'unknown')",
            name=op.f("ck_deliveries_state_known"),
        ),
        sa.CheckConstraint("(lease IS NULL) = (leased_by IS NULL)", name=op.f("ck_deliveries_lease_has_a_holder")),
        sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_deliveries_lease_ends")),
        sa.CheckConstraint("(notice_id IS NULL) <> (text IS NULL)", name=op.f("ck_deliveries_notice_or_text")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_deliveries_incident_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deliveries_sent",
        "deliveries",
        ["channel", "address", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'sent'"),
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_index("ix_deliveries_incident_id", "deliveries", ["incident_id", "state"], unique=False)
    op.create_index("ix_deliveries_lane", "deliveries", ["lane", "id"], unique=False)
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_pending_address",
        "deliveries",
        ["channel", "address", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_deliveries_settled_at", "deliveries", ["settled_at"], unique=False)
    op.create_index(
        "uq_deliveries_leased",
        "deliveries",
        ["channel", "address"],
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.execute("INSERT INTO revision (id, number) VALUES (1, 0)")
