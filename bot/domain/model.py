"""The nouns of the story, as frozen values. No behaviour beyond what follows from the value itself.

What is owed to whom is in ``delivery``.

Times are aware UTC. Languages are BCP 47 tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.marks import Mark
from bot.domain.stated import Stated

Direction = Literal["ltr", "rtl"]


class SignalState(StrEnum):
    """What a sender says about a problem. Only FIRING and RESOLVED can ever reach customers."""

    FIRING = "firing"
    RESOLVED = "resolved"
    PENDING = "pending"  # the sender is not sure yet
    MAINTENANCE = "maintenance"  # the sender has silenced it
    ACKNOWLEDGED = "acknowledged"  # somebody took it; nothing changed
    NO_DATA = "no_data"  # the sender cannot see; neither up nor down
    TEST = "test"  # somebody tries the connection
    STATEMENT = "statement"  # a human wrote words for those concerned; nothing else changed
    UNKNOWN = "unknown"  # a word we do not know; never up, never down


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one source said about one problem at one instant, in our terms.

    source: the configured name of the source; key: names the problem within the source, at most 300 characters;
    at: when the sender says it began (firing) or ended (resolved), None when it does not say;
    labels: what rules match on; summary: the sender's own words, for operators only, never published;
    url: the sender's page about it, for operators only;
    statement: what a human wrote for those concerned, "" for nothing; it may become a draft, never more by itself;
    ordered: True when ``at`` puts the sender's words in order, so that older ones are late however late they come.
    """

    source: str
    key: str
    state: SignalState
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    at: datetime | None = None
    url: str | None = None
    statement: str = ""
    ordered: bool = False


class Kind(StrEnum):
    """What sort of story an incident is; the first half of a sentence's name in the templates."""

    OUTAGE = "outage"
    DEGRADED = "degraded"  # it works, but slowly
    UPSTREAM = "upstream"  # somebody else's platform fails; ours works
    DATA_DELAY = "data_delay"  # it works, but shows old data
    SECURITY = "security"
    MAINTENANCE = "maintenance"

    @property
    def planned(self) -> bool:
        """True for a story with a window of time that was known before."""
        return self is Kind.MAINTENANCE


class Status(StrEnum):
    """Where the story stands. The first four are for what happens to us, the last four for what is planned."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def planned(self) -> bool:
        """True when it belongs to stories of a planned kind."""
        return self in _OF_MAINTENANCE

    @property
    def ends(self) -> bool:
        """True when an update with this status closes the story."""
        return self in _ENDINGS


_OF_MAINTENANCE = frozenset({Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED})
_ENDINGS = frozenset({Status.RESOLVED, Status.COMPLETED, Status.CANCELLED})


class Occasion(StrEnum):
    """Why an update is worded otherwise than its status alone would have it; takes the status's place in a sentence's
    name.
    """

    UNSTABLE = "unstable"  # it comes and goes; news only once it is calm
    STABLE = "stable"  # the all-clear after that
    REMINDER = "reminder"  # planned maintenance begins soon
    EXTENDED = "extended"  # maintenance takes longer than planned
    CORRECTION = "correction"  # an earlier notice was wrong
    RETRACTION = "retraction"  # an earlier notice should not have been


class Impact(StrEnum):
    """How bad it is for customers, from not at all to everything is down. Compare by ``weight``."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """0 for none ... 3 for critical."""
        return list(Impact).index(self)


def worst(*impacts: Impact) -> Impact:
    """The heaviest of the impacts; ``Impact.NONE`` when there are none."""
    return max(impacts, key=lambda impact: impact.weight, default=Impact.NONE)


class Origin(StrEnum):
    """Who opened an incident."""

    AUTOMATION = "automation"
    OPERATOR = "operator"


class Publish(StrEnum):
    """How a rule lets its signals reach customers."""

    AUTOMATICALLY = "automatically"
    AFTER_APPROVAL = "after_approval"
    NEVER = "never"


class OnDeadline(StrEnum):
    """What becomes of a draft nobody acted on when its deadline passes."""

    PUBLISH = "publish"
    DROP = "drop"


class Role(StrEnum):
    """What an operator may do: look; write drafts; publish; appoint operators. Each includes those before it."""

    VIEWER = "viewer"
    DRAFTER = "drafter"
    PUBLISHER = "publisher"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """True when this role may do all that the other may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The customer-visible story of one problem.

    id: 1 and up, what operators type and page addresses contain;
    started_at: when it began as far as we know, what customers read as "since";
    published_at: when its first update was published, None while that is a draft;
    closed_at: when an update ended it or its opening draft was dropped, None while open;
    human: True once an operator has written into it: automation then only proposes;
    publish: how automation's later updates may be published;
    upstream: the platform at fault as customers know it ("Meta"), None when it is not somebody else's;
    cluster: what a rule's ``group`` gathers into this incident, None when nothing does;
    unstable: True while it comes and goes and customers have been told so;
    scheduled_for, scheduled_until: the planned window of maintenance, None for all other kinds.
    """

    id: int
    kind: Kind
    origin: Origin
    status: Status
    impact: Impact
    components: tuple[str, ...]
    started_at: datetime
    published_at: datetime | None = None
    closed_at: datetime | None = None
    human: bool = False
    publish: Publish = Publish.AFTER_APPROVAL
    upstream: str | None = None
    cluster: str | None = None
    unstable: bool = False
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None

    @property
    def open(self) -> bool:
        """True until an update ends it or its opening draft is dropped."""
        return self.closed_at is None


class UpdateState(StrEnum):
    """Whether customers see an update."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One update in one language, rendered and frozen: the exact words customers read.

    language: the language of the destination it is for; lang: the BCP 47 tag of the words actually used, which differs
    from ``language`` only when a text had to fall back; direction: of those words;
    state: one ready-made plain-text line ("Resolved after 1 h 20 min");
    title: plain text; body: Markdown (CommonMark, no raw HTML);
    instead: Markdown, where else to reach the company meanwhile, None when there is nothing to say;
    more: Markdown, one link to ``url``, the incident's page in this language (absolute);
    mark, label: what must be said about these words, and the plain text that says it in their language, to be shown
    with them; None, both or neither; moments: where the words name instants, which is no part of what they say.
    """

    language: str
    lang: str
    direction: Direction
    status: Status
    impact: Impact
    state: str
    title: str
    body: str
    instead: str | None
    more: str
    url: str
    mark: Mark | None = None
    label: str | None = None
    moments: tuple[Stated, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryUpdate:
    """One published update as a page or feed in one language shows it. number: 1 and up within the incident.

    at: when it was published; amended_at: when its words were last replaced, None when they never were;
    occasion: why it is worded otherwise than its status alone would have it, None when it is not.
    """

    id: int
    number: int
    status: Status
    impact: Impact
    at: datetime
    notice: Notice
    amended_at: datetime | None = None
    occasion: Occasion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One published incident with its published updates in one language, oldest first; never empty."""

    incident: Incident
    updates: tuple[StoryUpdate, ...]

    @property
    def latest(self) -> StoryUpdate:
        """The newest update."""
        return self.updates[-1]

    @property
    def changed_at(self) -> datetime:
        """When an update was last published, or the words of one replaced."""
        return max(update.amended_at or update.at for update in self.updates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All that a page or feed in one language is made from.

    revision: grows with every commit that changes what customers see; equal revision means equal board;
    changed_at: when an update was last published or its words replaced, None when there is none;
    open: stories of open incidents, newest first; scheduled maintenance that has not begun included;
    past: closed ones, newest first, at most as many as were asked for.
    """

    revision: int
    language: str
    changed_at: datetime | None
    open: tuple[Story, ...]
    past: tuple[Story, ...]
