"""The tables. Illegal states are unstorable where the database can say so. ``migrations`` creates them."""

from __future__ import annotations

import sqlalchemy as sa

from bot.domain.decisions import Waits
from bot.domain.delivery import Action, DeliveryState
from bot.domain.marks import Mark
from bot.domain.model import Impact, Kind, Occasion, OnDeadline, Origin, Publish, SignalState, Status, UpdateState
from bot.domain.translation import TranslationState
from bot.store import schema_operators, schema_reach, schema_subscribers  # noqa: F401 - the metadata is whole by them
from bot.store.columns import JSON, Id, Moment, Word, metadata, one_of, word

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    *word("kind", Kind),
    *word("origin", Origin),
    *word("status", Status),
    *word("impact", Impact),
    *word("publish", Publish),
    sa.Column("upstream", sa.Text),
    sa.Column("cluster", sa.Text),
    sa.Column("unstable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("remind_at", Moment),  # when operators are to be reminded of news they promised, NULL when not
    sa.Column("tell_at", Moment),  # when to tell customers of components that joined, NULL when they know of all
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("human", sa.Boolean, nullable=False),
    sa.Column("scheduled_for", Moment),
    sa.Column("scheduled_until", Moment),
    sa.Index("ix_incidents_open", "id", sqlite_where=sa.text("closed_at IS NULL"),
             postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index("ix_incidents_closed_at", "closed_at"),
    sa.Index("ix_incidents_remind_at", "remind_at", sqlite_where=sa.text("remind_at IS NOT NULL"),
             postgresql_where=sa.text("remind_at IS NOT NULL")),
    sa.Index("ix_incidents_tell_at", "tell_at", sqlite_where=sa.text("tell_at IS NOT NULL"),
             postgresql_where=sa.text("tell_at IS NOT NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip

incident_components = sa.Table(
    "incident_components",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("component", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    # True while automation holds the component: one open incident of its own per component, whoever races.
    sa.Column("claimed", sa.Boolean, nullable=False),
    sa.Index("uq_incident_components_claimed", "component", unique=True, sqlite_where=sa.text("claimed"),
             postgresql_where=sa.text("claimed")),
    sa.Index("ix_incident_components_component", "component", "incident_id"),
)  # fmt: skip

problems = sa.Table(
    "problems",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("state", Word(SignalState), nullable=False),
    sa.CheckConstraint("state IN ('firing', 'resolved')", name="state_known"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("incident_id", sa.ForeignKey("incidents.id")),
    sa.Column("reason", sa.Text, nullable=False),
    # What the sender said, to judge it again when its time has come.
    sa.Column("labels", JSON, nullable=False, server_default=sa.text("'{}'")),
    sa.Column("summary", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("changes", JSON, nullable=False, server_default=sa.text("'[]'")),  # ISO 8601, oldest first
    sa.Column("waits", Word(Waits)),
    sa.Column("due_at", Moment),
    sa.Column("spoken_at", Moment),  # when the last statement taken of it was made
    one_of("waits", Waits),
    sa.CheckConstraint("due_at IS NULL OR waits IS NOT NULL", name="due_waits"),
    sa.Index("ix_problems_incident_id", "incident_id", "state"),
    sa.Index("ix_problems_seen_at", "seen_at"),
    sa.Index("ix_problems_due_at", "due_at", sqlite_where=sa.text("due_at IS NOT NULL"),
             postgresql_where=sa.text("due_at IS NOT NULL")),
    sa.Index("ix_problems_waits", "waits", sqlite_where=sa.text("waits IS NOT NULL"),
             postgresql_where=sa.text("waits IS NOT NULL")),
)  # fmt: skip

updates = sa.Table(
    "updates",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("number", sa.Integer),  # 1 and up in order of publication
    *word("state", UpdateState),
    *word("status", Status),
    *word("impact", Impact),
    sa.Column("at", Moment, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("author", sa.Text),  # an operator's name, NULL for automation
    sa.Column("decided_by", sa.Text),  # the operator who published or dropped the draft, NULL for nobody
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("texts", JSON, nullable=False),
    sa.Column("deadline", Moment),
    sa.Column("on_deadline", Word(OnDeadline)),
    sa.Column("occasion", Word(Occasion)),
    sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()),  # operators got no card of it
    sa.Column("promised_at", Moment),  # by when it promises more news, NULL when it does not
    sa.Column("touched_by", sa.Text),  # the operator who last had a hand in the draft, NULL for nobody
    sa.Column("ended_at", Moment),  # when it was a draft no more, NULL while it is one, and if it never was
    sa.Column("ended_because", sa.Text, nullable=False, server_default=sa.text("''")),  # why, where nobody decided
    sa.Column("scheduled_for", Moment),  # the window a plan gets by it, NULL when it stays as it is
    sa.Column("scheduled_until", Moment),
    one_of("occasion", Occasion),
    sa.CheckConstraint("(state = 'published') = (number IS NOT NULL)", name="numbered_when_published"),
    sa.CheckConstraint("(deadline IS NULL) = (on_deadline IS NULL)", name="deadline_has_an_end"),
    sa.CheckConstraint("(scheduled_for IS NULL) = (scheduled_until IS NULL)", name="window_is_whole"),
    sa.CheckConstraint("scheduled_until > scheduled_for", name="window_ends"),
    sa.UniqueConstraint("incident_id", "number"),
    sa.Index("ix_updates_at", "at"),
    sa.Index("ix_updates_drafts", "deadline", sqlite_where=sa.text("state = 'draft'"),
             postgresql_where=sa.text("state = 'draft'")),
    sqlite_autoincrement=True,
)  # fmt: skip

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("update_id", sa.ForeignKey("updates.id"), nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("instead", sa.Text),
    sa.Column("more", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("mark", Word(Mark)),
    sa.Column("label", sa.Text),
    sa.Column("moments", JSON),  # where the words name instants, see ``domain.stated``
    sa.Column("amended_at", Moment),  # since when it has these words, NULL for ever since it was published
    one_of("mark", Mark),
    sa.CheckConstraint("(mark IS NULL) = (label IS NULL)", name="marked_in_words"),
    sa.UniqueConstraint("update_id", "language"),
)

# What customers read before a notice got the words it has now. Rows are added, never changed.
former_notices = sa.Table(
    "former_notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("notice_id", sa.ForeignKey("notices.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("instead", sa.Text),
    sa.Column("more", sa.Text, nullable=False),
    sa.Column("mark", Word(Mark)),
    sa.Column("label", sa.Text),
    sa.Column("until", Moment, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("replaced_by", sa.Text),  # an operator's name, NULL for automation
    one_of("mark", Mark),
    sa.CheckConstraint("(mark IS NULL) = (label IS NULL)", name="marked_in_words"),
    sa.Index("ix_former_notices_notice_id", "notice_id", "until"),
    sqlite_autoincrement=True,
)

# Texts wanted from the machine that translates.
translations = sa.Table(
    "translations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("update_id", sa.ForeignKey("updates.id"), nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    *word("state", TranslationState),
    sa.Column("deadline", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claimed_by", sa.BigInteger),  # the process, see ``nodes``
    sa.Column("error", sa.Text),
    sa.CheckConstraint("claimed_by IS NULL OR state = 'pending'", name="claimed_while_pending"),
    sa.UniqueConstraint("update_id", "language"),
    sa.Index("ix_translations_pending", "deadline", sqlite_where=sa.text("state = 'pending'"),
             postgresql_where=sa.text("state = 'pending'")),
    sqlite_autoincrement=True,
)  # fmt: skip

_GIVEN_UP = "state IN ('dead', 'superseded', 'unknown')"

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    *word("action", Action),
    sa.Column("incident_id", sa.ForeignKey("incidents.id")),
    sa.Column("notice_id", sa.ForeignKey("notices.id")),
    sa.Column("text", sa.Text),
    sa.Column("keyboard", JSON),  # the buttons below a text, see ``domain.buttons``
    sa.Column("topic", sa.BigInteger),  # of a forum, NULL for the chat itself
    sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),  # arrives without a sound
    sa.Column("broadcast_id", Id),  # what owes it to a subscriber
    *word("state", DeliveryState),
    sa.Column("uncertain", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("owed_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("lease", sa.Text),
    sa.Column("leased_until", Moment),
    sa.Column("leased_by", sa.BigInteger),  # the process, see ``nodes``
    sa.Column("receipt", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("settled_at", Moment),
    sa.CheckConstraint("(notice_id IS NULL) <> (text IS NULL)", name="notice_or_text"),
    sa.CheckConstraint("(state = 'leased') = (lease IS NOT NULL)", name="leased_by_somebody"),
    sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="lease_ends"),
    sa.CheckConstraint("(lease IS NULL) = (leased_by IS NULL)", name="lease_has_a_holder"),
    sa.CheckConstraint("state <> 'sent' OR receipt IS NOT NULL", name="sent_has_receipt"),
    # One request at a time per destination: that is what lets an uncertain post be looked for.
    sa.Index("uq_deliveries_leased", "channel", "address", unique=True, sqlite_where=sa.text("state = 'leased'"),
             postgresql_where=sa.text("state = 'leased'")),
    sa.Index("ix_deliveries_pending", "priority", "due_at", "id", sqlite_where=sa.text("state = 'pending'"),
             postgresql_where=sa.text("state = 'pending'")),
    sa.Index("ix_deliveries_pending_address", "channel", "address", "priority", "id", "incident_id",
             sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'")),
    sa.Index("ix_deliveries_lane", "lane", "id"),
    sa.Index("ix_deliveries_sent", "channel", "address", "id", sqlite_where=sa.text("state = 'sent'"),
             postgresql_where=sa.text("state = 'sent'")),
    sa.Index("ix_deliveries_incident_id", "incident_id", "state", "channel"),
    sa.Index("ix_deliveries_given_up", "channel", "address", sqlite_where=sa.text(_GIVEN_UP),
             postgresql_where=sa.text(_GIVEN_UP)),
    sa.Index("ix_deliveries_tried", "channel", "due_at", sqlite_where=sa.text("state = 'pending' AND attempts > 0"),
             postgresql_where=sa.text("state = 'pending' AND attempts > 0")),
    sa.Index("ix_deliveries_settled_at", "settled_at", sqlite_where=sa.text("settled_at IS NOT NULL"),
             postgresql_where=sa.text("settled_at IS NOT NULL")),
    sa.Index("ix_deliveries_broadcast_id", "broadcast_id", "state", "notice_id", "id", "uncertain",
             sqlite_where=sa.text("broadcast_id IS NOT NULL"), postgresql_where=sa.text("broadcast_id IS NOT NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip

moves = sa.Table(
    "moves",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("old_address", sa.Text, primary_key=True),
    sa.Column("new_address", sa.Text, nullable=False),
)

telegram_updates = sa.Table(
    "telegram_updates",
    metadata,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sender", sa.BigInteger),  # who speaks, until it is handled
    sa.Column("made_after", Moment),  # nobody said or pressed it earlier; NULL: nobody knows
    sa.Column("kept_at", Moment, nullable=False),
    sa.Column("handled_at", Moment),
    sa.Index("ix_telegram_updates_unhandled", "update_id", sqlite_where=sa.text("handled_at IS NULL"),
             postgresql_where=sa.text("handled_at IS NULL")),
)  # fmt: skip

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("component", sa.Text, primary_key=True),
    sa.Column("until", Moment, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

# When sources that must not fall silent were last heard. told_at: when operators were told that one has.
heard = sa.Table(
    "heard",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("heard_at", Moment, nullable=False),
    sa.Column("told_at", Moment),
)

# What operators are told of at once, and then only now and then with a count.
digests = sa.Table(
    "digests",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("told_at", Moment, nullable=False),
    sa.Column("untold", sa.Integer, nullable=False),
)

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("began_at", Moment),  # since when there is a record
    sa.CheckConstraint("id = 1", name="one_row"),
)
