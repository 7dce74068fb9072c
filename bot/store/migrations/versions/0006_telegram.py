"""Operators by command, their cards and dialogues, the audit log; buttons below texts, topics, silent posts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tables, columns and indexes. What was said and has been handled is kept no longer."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _create_cards()
    _create_dialogues()
    _create_hearing()
    _create_menus()
    _create_operators()
    _create_audit()
    _create_proposals()
    _create_approvals()
    _create_assents()
    _create_recurrences()
    _create_undrawn()
    moment = "DATETIME" if sqlite else "TIMESTAMP WITH TIME ZONE"
    json, false = ("JSON", "0") if sqlite else ("JSONB", "false")
    for table, column in (
        ("incidents", f"remind_at {moment}"),
        ("updates", f"promised_at {moment}"),
        ("updates", "touched_by TEXT"),
        ("updates", f"ended_at {moment}"),
        ("updates", "ended_because TEXT DEFAULT '' NOT NULL"),
        ("notices", f"moments {json}"),
        ("telegram_updates", "sender BIGINT"),
        ("telegram_updates", f"made_after {moment}"),
        ("deliveries", f"keyboard {json}"),
        ("deliveries", "topic BIGINT"),
        ("deliveries", f"silent BOOLEAN DEFAULT {false} NOT NULL"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute("CREATE INDEX ix_incidents_remind_at ON incidents (remind_at) WHERE remind_at IS NOT NULL")
    op.execute("UPDATE telegram_updates SET body = '' WHERE handled_at IS NOT NULL")
    _keep_audit_as_it_is(sqlite=sqlite)


def _keep_audit_as_it_is(*, sqlite: bool) -> None:
    """Rows of the audit log are added only."""
    said = "the audit log is only ever added to"
    if sqlite:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit()"
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("redraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("subject", "chat_id", "topic", name=op.f("uq_cards_subject_chat_id_topic")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_cards_redraw_at",
        "cards",
        ["redraw_at"],
        unique=False,
        sqlite_where=sa.text("redraw_at IS NOT NULL"),
        postgresql_where=sa.text("redraw_at IS NOT NULL"),
    )


def _create_dialogues() -> None:
    op.create_table(
        "dialogues",
        sa.Column("id", _ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("answers", _JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogues")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_dialogues_open",
        "dialogues",
        ["chat_id", "telegram_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_hearing() -> None:
    op.create_table(
        "hearing",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("caught_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_hearing")),
    )


def _create_menus() -> None:
    op.create_table(
        "menus",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", "language", name=op.f("pk_menus")),
    )


def _create_operators() -> None:
    op.create_table(
        "operators",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'drafter', 'publisher', 'admin')", name=op.f("ck_operators_role_known")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_operators")),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("incident_id", _ID, nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_audit_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_incident_id", "audit", ["incident_id", "id"], unique=False)


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", _ID, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("incident_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("texts", _JSON, nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint("deed IN ('correct', 'translate', 'retract')", name=op.f("ck_proposals_deed_known")),
        sa.CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name=op.f("ck_proposals_ended_at_some_time")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_proposals_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_autoincrement=True,
    )


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("update_id", _ID, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_approvals_update_id")),
        sa.PrimaryKeyConstraint("update_id", "telegram_id", name=op.f("pk_approvals")),
    )


def _create_assents() -> None:
    op.create_table(
        "assents",
        sa.Column("proposal_id", _ID, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_assents_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "telegram_id", name=op.f("pk_assents")),
    )


def _create_recurrences() -> None:
    op.create_table(
        "recurrences",
        sa.Column("id", _ID, nullable=False),
        sa.Column("components", _JSON, nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("next_starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("update_id", _ID, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_recurrences_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_recurrences_plan_at",
        "recurrences",
        ["plan_at"],
        unique=False,
        sqlite_where=sa.text("plan_at IS NOT NULL"),
        postgresql_where=sa.text("plan_at IS NOT NULL"),
    )


def _create_undrawn() -> None:
    op.create_table(
        "undrawn",
        sa.Column("update_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_undrawn_update_id")),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_undrawn")),
    )
