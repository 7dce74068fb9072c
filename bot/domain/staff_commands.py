"""What operators can say about themselves, each other and what they did, as values. Pure. All else: ``commands``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from bot.domain.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOperators:
    """Who may command the bot."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/operators"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOperator:
    """Let a person command the bot. telegram_id: theirs, 1 and up; name: what other operators read;

    language: a tag as configured, None for the language of whoever says it.
    """

    needs: ClassVar[Role] = Role.ADMIN
    usage: ClassVar[str] = "/operators add ID NAME ROLE [LANGUAGE]"
    telegram_id: int
    name: str
    role: Role
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    """Give an operator another role."""

    needs: ClassVar[Role] = Role.ADMIN
    usage: ClassVar[str] = "/operators role ID ROLE"
    telegram_id: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOperator:
    """Let a person command the bot no longer."""

    needs: ClassVar[Role] = Role.ADMIN
    usage: ClassVar[str] = "/operators remove ID"
    telegram_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseLanguage:
    """Be answered in another language. language: a tag as configured, None to be shown which one it is."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/language [LANGUAGE]"
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLog:
    """Who did what. incident_id: about this incident only, None for everything."""

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/log [INCIDENT]"
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReach:
    """Who is told: chats and subscribers, by language."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/reach"


StaffCommand: TypeAlias = (
    ShowOperators | AddOperator | ChangeRole | RemoveOperator | ChooseLanguage | ShowLog | ShowReach
)
"""All of them."""
