"""What operators can say, as values. Pure; reading it is ``command_reading``'s work, carrying it out ``operators``'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from bot.domain.model import Impact, Role, Status
from bot.domain.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """Open an incident. components: ids, at least one, each once; texts: own words by language, may be empty."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/incident COMPONENT[,COMPONENT...] IMPACT [text]"
    components: tuple[str, ...]
    impact: Impact
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUpdate:
    """Continue a story. incident_id: 1 and up; texts: own words by language, may be empty."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/update INCIDENT STATUS [text]"
    incident_id: int
    status: Status
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """End a story, whatever its kind. incident_id: 1 and up; texts: own words by language, may be empty."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/resolve INCIDENT [text]"
    incident_id: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Translate:
    """Give a published update a human's words in more languages. number: the update's, None for the newest;

    incident_id: 1 and up; texts: by language, at least one.
    """

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/translate INCIDENT [UPDATE] it: ... | es: ..."
    incident_id: int
    number: int | None
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMaintenance:
    """Announce maintenance. components: ids, at least one, each once; texts: own words by language, may be empty."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/maintenance COMPONENT[,COMPONENT...] START - END [impact=IMPACT] [text]"
    components: tuple[str, ...]
    window: Window
    impact: Impact
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeMaintenance:
    """Move maintenance that has not begun. incident_id: 1 and up; ends: None for as long as it was planned;

    texts: own words by language, may be empty.
    """

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/postpone INCIDENT START [- END] [text]"
    incident_id: int
    starts: datetime
    ends: datetime | None
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendMaintenance:
    """Let maintenance that is in progress last longer. incident_id: 1 and up; by: how much longer than planned, or the
    new end; texts: own words by language, may be empty.
    """

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/extend INCIDENT 1h|until END [text]"
    incident_id: int
    by: timedelta | datetime
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus:
    """What is open, waiting and lost."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/status"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDrafts:
    """What waits for a publisher's yes."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/drafts"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDraft:
    """Say yes to a draft. draft_id: 1 and up, the number on its card."""

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/publish DRAFT"
    draft_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDraft:
    """Say no to a draft. draft_id: 1 and up, the number on its card."""

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/drop DRAFT"
    draft_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceComponents:
    """Have automation begin nothing about components for a while; without components: show what is silenced."""

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/silence [COMPONENT[,COMPONENT...] 2h]"
    components: tuple[str, ...]
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSilence:
    """End the silence of components. components: ids, at least one."""

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/unsilence COMPONENT[,COMPONENT...]"
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWhy:
    """Show what an incident came from, and why each update was made; None: what fires and customers are not told."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/why [INCIDENT]"
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Which commands there are."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What Telegram sends when somebody first opens the chat."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/start"


Command: TypeAlias = (
    OpenIncident
    | AddUpdate
    | Resolve
    | Translate
    | PlanMaintenance
    | PostponeMaintenance
    | ExtendMaintenance
    | ShowStatus
    | ShowDrafts
    | PublishDraft
    | DropDraft
    | SilenceComponents
    | LiftSilence
    | AskWhy
    | Help
    | Start
)
"""Everything an operator can ask for. ``needs`` is the least role that may; a drafter's words become a draft."""
