"""What came of a command, and what operators look at: the values that intake gives and answers are made from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.following import Progress
from bot.domain.model import Impact, Incident, Notice, OnDeadline, Origin, Status, UpdateState
from bot.domain.recurring import Again
from bot.domain.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One update made, published or dropped.

    incident: as it is after the change; update_id: what /publish and /drop take;
    number: the update's within the incident, None unless it is published; draft: True while it waits for a yes;
    languages: those it was rendered in; own_words: those of them that carry the operator's text, not the template's;
    translating: those of the others that a machine has been asked for;
    deliveries: channel -> deliveries made by this change; waiting: deliveries of the incident not sent yet;
    page: absolute address of the incident's page; again: how the maintenance that this began comes again, None for
    not at all; approvals, needed: who has said yes to a draft, and how many must; promised_at: as for ``Draft``.
    """

    incident: Incident
    update_id: int
    number: int | None
    draft: bool
    languages: tuple[str, ...]
    own_words: tuple[str, ...] = ()
    translating: tuple[str, ...] = ()
    deliveries: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    page: str
    again: Again | None = None
    approvals: tuple[str, ...] = ()
    needed: int = 1
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Words of a published update replaced. number: the update's; languages: whose words have changed, may be none;

    templated: those of them that have the template's words now, as nobody gave others;
    deliveries: channel -> posts that are brought up to them; page: absolute address of the incident's page.
    """

    incident: Incident
    number: int
    languages: tuple[str, ...]
    templated: tuple[str, ...] = ()
    deliveries: Mapping[str, int] = field(default_factory=dict)
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An update that waits for an operator's yes, or its deadline.

    id: the update's, what /publish and /drop take; status, impact: what the incident's would become;
    deadline: None waits for ever; on_deadline: what happens then, None exactly when there is no deadline;
    because: plain text, what asked for it, "" for nothing but its author; author: the operator, or the source, in
    whose words it is, None for nobody; touched_by: the operator who last had a hand in it since, None for nobody;
    notices: language -> the exact words customers would read; wording: names these words, see ``wording``;
    quiet: operators are not told of it unasked;
    state: whether it still waits; approvals: the names of those who have said yes; needed: how many must;
    promised_at: by when it promises more news, None when it does not;
    ended_at: when it stopped waiting, None while it waits; ended_by: the operator who decided, None for nobody;
    ended_because: why, where nobody decided, else "";
    window: of the maintenance, None when it does not change; again: how that comes again, None for not at all;
    page: absolute address of the incident's page; own_words: the languages in which a human has worded it;
    elsewhere: the open incidents that tell of the same components already, where this would begin another one.
    """

    id: int
    incident: Incident
    status: Status
    impact: Impact
    made_at: datetime
    deadline: datetime | None
    on_deadline: OnDeadline | None
    because: str
    notices: Mapping[str, Notice]
    wording: str = ""
    quiet: bool = False
    state: UpdateState = UpdateState.DRAFT
    approvals: tuple[str, ...] = ()
    needed: int = 1
    promised_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_because: str = ""
    author: str | None = None
    touched_by: str | None = None
    window: Window | None = None
    again: Again | None = None
    page: str = ""
    elsewhere: tuple[int, ...] = ()
    own_words: tuple[str, ...] = ()

    @property
    def begins(self) -> bool:
        """Whether automation would begin a story by it."""
        return self.incident.origin is Origin.AUTOMATION and self.incident.published_at is None

    def is_of(self, name: str) -> bool:
        """Whether it is this operator's own: written by them, and changed by nobody else since."""
        return not self.because and self.author == name and self.touched_by in (None, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A component about which automation begins nothing. by: the operator, or "maintenance" for a planned window."""

    component: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One update of a story, and why it was made.

    because: "" for nothing but its author; by: who decided on it or wrote it, None for automation; author: who wrote
    it, None for nobody.
    """

    status: Status
    state: UpdateState
    at: datetime
    because: str
    by: str | None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One problem an incident came from. reason: of the last decision on it; waits: what for, None when for nothing."""

    source: str
    key: str
    summary: str
    firing: bool
    seen_at: datetime
    reason: str
    waits: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What an incident came from, and why each of its updates was made, oldest first. problems: how many in all."""

    incident: Incident
    steps: tuple[Step, ...]
    causes: tuple[Cause, ...]
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How things stand.

    open: open published incidents, oldest first; drafts, proposals: how many wait; waiting: channel -> deliveries
    not sent yet;
    oldest: channel -> since when the first of these waits;
    dead: deliveries given up in the last 24 hours; unknown: deliveries nobody can say were published or not;
    failed_in: incidents that these belong to, the newest first; broadcasts: on their way to subscribers;
    unspoken: how many problems fire that customers are not told of; silences: what operators have silenced;
    silent: sources that should have been heard by now; nodes: processes at work.
    """

    open: tuple[Incident, ...]
    drafts: int
    waiting: Mapping[str, int]
    dead: int
    unknown: int
    oldest: Mapping[str, datetime] = field(default_factory=dict)
    failed_in: tuple[int, ...] = ()
    broadcasts: tuple[Progress, ...] = ()
    unspoken: int = 0
    silences: tuple[Silence, ...] = ()
    silent: tuple[str, ...] = ()
    nodes: int = 1
    proposals: int = 0
