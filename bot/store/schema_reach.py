"""The table of what far sides let us do no longer, as operators have been told."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import Moment, metadata

barred = sa.Table(
    "barred",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("topic", sa.BigInteger, primary_key=True, autoincrement=False),  # 0 for the chat itself
    sa.Column("deed", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.CheckConstraint("deed IN ('post', 'edit', 'pin')", name="deed_known"),
)
