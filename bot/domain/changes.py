"""What came of a command, and what operators look at: the values that intake gives and answers are made from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.model import Impact, Incident, Notice, OnDeadline, Status, UpdateState


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One update made, published or dropped.

    incident: as it is after the change; update_id: what /publish and /drop take;
    number: the update's within the incident, None unless it is published; draft: True while it waits for a yes;
    languages: those it was rendered in; own_words: those of them that carry the operator's text, not the template's;
    translating: those of the others that a machine has been asked for;
    deliveries: channel -> deliveries made by this change; waiting: deliveries of the incident not sent yet;
    page: absolute address of the incident's page.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Words of a published update replaced. number: the update's; languages: whose words have changed, may be none;

    deliveries: channel -> posts that are brought up to them; page: absolute address of the incident's page.
    """

    incident: Incident
    number: int
    languages: tuple[str, ...]
    deliveries: Mapping[str, int] = field(default_factory=dict)
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An update that waits for an operator's yes, or its deadline.

    id: the update's, what /publish and /drop take; status, impact: what the incident's would become;
    deadline: None waits for ever; on_deadline: what happens then, None exactly when there is no deadline;
    because: plain text, who or what asked for it;
    notices: language -> the exact words customers would read.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A component about which automation begins nothing. by: the operator, or "maintenance" for a planned window."""

    component: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One update of a story, and why it was made. by: who wrote it or decided on it, None for automation."""

    status: Status
    state: UpdateState
    at: datetime
    because: str
    by: str | None


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

    open: open published incidents, oldest first; drafts: how many wait; waiting: channel -> deliveries not sent yet;
    dead: deliveries given up in the last 24 hours; unknown: deliveries nobody can say were published or not.
    """

    open: tuple[Incident, ...]
    drafts: int
    waiting: Mapping[str, int]
    dead: int
    unknown: int
