"""The tables of those who asked for notices, and of what is sent to all of them. No names: a chat and its choices."""

from __future__ import annotations

import sqlalchemy as sa

from bot.domain.following import BroadcastState, Departure
from bot.store.columns import JSON, Id, Moment, metadata, word

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("everything", sa.Boolean, nullable=False),  # all components; else those of subscriber_components
    sa.Column("quiet_from", sa.Integer),  # minutes after midnight in the company's zone
    sa.Column("quiet_until", sa.Integer),
    sa.Column("since", Moment, nullable=False),
    sa.Column("stopped_at", Moment),  # wants nothing at present, NULL while notices are wanted
    sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_is_whole"),
    sa.Index("ix_subscribers_language", "language", "chat_id", sqlite_where=sa.text("stopped_at IS NULL"),
             postgresql_where=sa.text("stopped_at IS NULL")),
    sa.Index("ix_subscribers_quiet_from", "quiet_from", "chat_id", sqlite_where=sa.text("quiet_from IS NOT NULL"),
             postgresql_where=sa.text("quiet_from IS NOT NULL")),
)  # fmt: skip

subscriber_components = sa.Table(
    "subscriber_components",
    metadata,
    sa.Column("chat_id", sa.ForeignKey("subscribers.chat_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("component", sa.Text, primary_key=True),
)

# How many have left, and why; nothing about whom.
departures = sa.Table(
    "departures",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.CheckConstraint("reason IN (" + ", ".join(f"'{each.value}'" for each in Departure) + ")", name="reason_known"),
)

# People of whom nothing may be left, once what is on its way to them has ended.
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_id", Id, nullable=False),  # the last delivery that must go; what came later is another story
    sa.Column("look_at", Moment, nullable=False),
    sa.Index("ix_erasures_look_at", "look_at"),
)

# One update, or new words of one, on its way to all subscribers. Rows of the outbox are made behind the cursor, a part
# at a time.
broadcasts = sa.Table(
    "broadcasts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("update_id", sa.ForeignKey("updates.id"), nullable=False),
    *word("state", BroadcastState),
    sa.Column("amends", JSON),  # the notices whose posts are still to get new words, NULL when they are to be posted
    sa.Column("cursor", sa.BigInteger),  # the last chat, or post, that was looked at, NULL before the first
    sa.Column("owed", sa.Integer, nullable=False),  # deliveries made so far
    sa.Column("hushed_at", Moment, nullable=False),  # until when those whose quiet time began have been looked for
    sa.Column("shown_at", Moment),  # when operators were last shown how far it is, and what had been sent then
    sa.Column("shown_sent", sa.Integer),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Index("ix_broadcasts_open", "id", sqlite_where=sa.text("ended_at IS NULL"),
             postgresql_where=sa.text("ended_at IS NULL")),
    sa.Index("ix_broadcasts_incident_id", "incident_id"),
    sqlite_autoincrement=True,
)  # fmt: skip

# What subscribers have not been sent because it was quiet time; they get it in one text on waking.
missed = sa.Table(
    "missed",
    metadata,
    sa.Column("chat_id", sa.ForeignKey("subscribers.chat_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("wake_at", Moment, nullable=False),
    sa.Index("ix_missed_wake_at", "wake_at"),
)
