"""Those who command the bot, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person who may command the bot.

    telegram_id: also their private chat's; name: what other operators read; language: a BCP 47 tag, what they are
    answered in and what their free text is taken to be in.
    """

    telegram_id: int
    name: str
    role: Role
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One entry of the audit log. telegram_id: None for the service itself; deed: such as "publish";

    incident_id: None when it is about none; details: plain text.
    """

    id: int
    at: datetime
    telegram_id: int | None
    name: str
    deed: str
    incident_id: int | None
    details: str
