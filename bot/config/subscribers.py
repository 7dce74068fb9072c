"""The section ``channels.telegram.subscribers``: people who get notices in their private chat with the bot."""

from __future__ import annotations

from pydantic import field_validator

from bot.config.part import Part
from bot.config.values import Flag
from bot.domain import quiet_hours
from bot.domain.model import Impact


class SubscriberSettings(Part):
    """Notices in private chats, for whoever asks the bot for them."""

    silent: tuple[Impact, ...] = (Impact.NONE, Impact.MINOR)
    """Of incidents with these impacts, notices arrive without a sound. ``[]``: every one may be heard."""
    paid: Flag = False
    """Let Telegram take Stars from the bot's balance for more than 30 notices a second, up to 1,000."""
    quiet_hours: str | None = None
    """When new subscribers hear of critical incidents only, as 22:00-07:00 on the company's clock. Absent: never."""

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str | None) -> str | None:
        if value is not None and quiet_hours.read(value) is None:
            raise ValueError("expected hours such as 22:00-07:00")
        return value
