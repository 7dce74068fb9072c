"""The tables of those who command the bot: who they are, what they did, what they look at and are in the middle of."""

from __future__ import annotations

import sqlalchemy as sa

from bot.domain.model import Role
from bot.domain.proposals import Deed
from bot.store.columns import JSON, Id, Moment, Word, metadata, one_of, word

# What was changed by command; whoever is not here is what the configuration says.
operators = sa.Table(
    "operators",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", Word(Role)),  # NULL: an operator no more
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    one_of("role", Role),
)

# Who did what. Rows are added, never changed or taken away; triggers see to that.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("telegram_id", sa.BigInteger),  # NULL for the service itself
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),  # such as "publish"
    sa.Column("incident_id", sa.ForeignKey("incidents.id")),
    sa.Column("details", sa.Text, nullable=False),
    sa.Index("ix_audit_incident_id", "incident_id", "id"),
    sqlite_autoincrement=True,
)

# What Telegram has been told to offer: commands and words about the bot, see ``hearing.offers``.
menus = sa.Table(
    "menus",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),  # "" for all that have none of their own
    sa.Column("digest", sa.Text, nullable=False),
)

# Until when we have heard all that people did in chats. One row.
hearing = sa.Table(
    "hearing",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("caught_up_at", Moment, nullable=False),
)

# Who has said yes to a draft that needs more than one.
approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("update_id", sa.ForeignKey("updates.id"), primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# Changes of what was published that more than one must agree to, and who has.
proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", Id, primary_key=True),
    *word("deed", Deed),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("number", sa.Integer),  # the update's, NULL to withdraw the whole story
    sa.Column("texts", JSON, nullable=False),
    sa.Column("wording", sa.Text, nullable=False),  # names the words these would take the place of
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),  # NULL while it waits
    sa.Column("ended_by", sa.Text),  # who dropped it, NULL when it was done
    sa.CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name="ended_at_some_time"),
    sqlite_autoincrement=True,
)

assents = sa.Table(
    "assents",
    metadata,
    sa.Column("proposal_id", sa.ForeignKey("proposals.id"), primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# Texts with buttons that are kept up to date where they stand: one for each subject and chat.
cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),  # "draft:12", "dialogue:3", ...
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.BigInteger, nullable=False),  # of a forum; 0 for none, as NULLs are never the same
    sa.Column("language", sa.Text, nullable=False),  # what its reader reads
    sa.Column("page", sa.Text),  # which part of it is shown, such as a notice's language
    sa.Column("shown", sa.Text, nullable=False),  # a digest of what it shows, so that nothing is edited in vain
    sa.Column("redraw_at", Moment),  # when it must be drawn anew though nobody does anything
    sa.UniqueConstraint("subject", "chat_id", "topic"),
    sa.Index("ix_cards_redraw_at", "redraw_at", sqlite_where=sa.text("redraw_at IS NOT NULL"),
             postgresql_where=sa.text("redraw_at IS NOT NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip

# Drafts whose cards are still to be drawn: a few in each transaction.
undrawn = sa.Table(
    "undrawn",
    metadata,
    sa.Column("update_id", sa.ForeignKey("updates.id"), primary_key=True),
    sa.Column("at", Moment, nullable=False),  # not before
)

# What an operator is in the middle of saying, button by button.
dialogues = sa.Table(
    "dialogues",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.BigInteger),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),  # 1 and up; buttons of an earlier one are old
    sa.Column("answers", JSON, nullable=False),  # what has been said so far
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Index("uq_dialogues_open", "chat_id", "telegram_id", unique=True, sqlite_where=sa.text("ended_at IS NULL"),
             postgresql_where=sa.text("ended_at IS NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip

# Maintenance that comes again and again.
recurrences = sa.Table(
    "recurrences",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("components", JSON, nullable=False),
    sa.Column("every", sa.Text, nullable=False),  # see ``domain.recurring``
    sa.Column("starts", Moment, nullable=False),  # of the first window
    sa.Column("minutes", sa.Integer, nullable=False),  # how long each lasts
    sa.Column("next_starts", Moment, nullable=False),  # of the next one to be announced
    sa.Column("plan_at", Moment),  # when it is to be announced, NULL when no more are
    sa.Column("update_id", sa.ForeignKey("updates.id"), nullable=False),  # the first: its words are those of all
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Index("ix_recurrences_plan_at", "plan_at", sqlite_where=sa.text("plan_at IS NOT NULL"),
             postgresql_where=sa.text("plan_at IS NOT NULL")),
    sqlite_autoincrement=True,
)  # fmt: skip
