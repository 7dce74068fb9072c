"""What operators can say, as values. Pure; reading it is ``command_reading``'s work, carrying it out ``operators``'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from bot.domain.model import Impact, Role, Status
from bot.domain.recurring import Every
from bot.domain.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """Open an incident. components: ids, at least one, each once; texts: own words by language, may be empty;

    promised_at: by when there will be more news, None for no promise.
    """

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/incident COMPONENT[,COMPONENT...] IMPACT [next=30m] [text]"
    components: tuple[str, ...]
    impact: Impact
    texts: Mapping[str, str]
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUpdate:
    """Continue a story. incident_id: 1 and up; texts: own words by language, may be empty; promised_at: as above."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/update INCIDENT STATUS [next=30m] [text]"
    incident_id: int
    status: Status
    texts: Mapping[str, str]
    promised_at: datetime | None = None


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
class Correct:
    """Put other words where wrong ones were published. number: the update's, None for the newest;

    incident_id: 1 and up; texts: by language, at least one.
    """

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/correct INCIDENT [UPDATE] it: ... | es: ..."
    incident_id: int
    number: int | None
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract:
    """Withdraw what should not have been published. number: of one update, None for the whole story;

    incident_id: 1 and up.
    """

    needs: ClassVar[Role] = Role.PUBLISHER
    usage: ClassVar[str] = "/retract INCIDENT [UPDATE]"
    incident_id: int
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMaintenance:
    """Announce maintenance. components: ids, at least one, each once; texts: own words by language, may be empty;

    every: how often it comes again, None for once.
    """

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text]"
    components: tuple[str, ...]
    window: Window
    impact: Impact
    texts: Mapping[str, str]
    every: Every | None = None


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
    """Say no to a draft. draft_id: 1 and up, the number on its card. A drafter may to their own alone."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/drop DRAFT"
    draft_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RewordDraft:
    """Let a draft say something else. draft_id: 1 and up; texts: own words by language, empty for the template's."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/reword DRAFT it: ... | es: ..."
    draft_id: int
    texts: Mapping[str, str]


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
class ShowDeliveries:
    """Show where a story went, and what was lost on the way. incident_id: 1 and up."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/deliveries INCIDENT"
    incident_id: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Begin a dialogue. kind: the command's name; said: what the command itself has said already, by question.

    Some kinds need more than a drafter; whoever leads the dialogue sees to it.
    """

    needs: ClassVar[Role] = Role.DRAFTER
    kind: str
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowQuick:
    """Show the keyboard with which two taps publish, or take it away."""

    needs: ClassVar[Role] = Role.DRAFTER
    usage: ClassVar[str] = "/quick [off]"
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRecurring:
    """Show the maintenance that comes again and again."""

    needs: ClassVar[Role] = Role.VIEWER
    usage: ClassVar[str] = "/recurring"


Guided: TypeAlias = Begin | ShowQuick | ShowRecurring
"""What is answered with buttons."""

Command: TypeAlias = (
    OpenIncident
    | AddUpdate
    | Resolve
    | Translate
    | Correct
    | Retract
    | PlanMaintenance
    | PostponeMaintenance
    | ExtendMaintenance
    | ShowStatus
    | ShowDrafts
    | PublishDraft
    | DropDraft
    | RewordDraft
    | SilenceComponents
    | LiftSilence
    | AskWhy
    | ShowDeliveries
    | Help
    | Start
)
"""Everything an operator can ask for. ``needs`` is the least role that may; a drafter's words become a draft."""
