"""What a sentence about an incident may speak of, already in one language. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Impact, Kind, Occasion, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a notice template can use.

    company, components: names in the notice's language, plain text, may hold anything (they are escaped);
    started_at: when it began; at: when this update was made (for an ending status: when it ended);
    scheduled_for, scheduled_until: the planned window, set for maintenance only;
    timezone: IANA name, the zone times are written in; instead: Markdown, one paragraph per way to reach the company;
    text: an operator's own words in this very language (Markdown), None for the template's;
    url: absolute address of the incident's page in this language;
    component_ids: what the configuration calls the components; exactly one may have words of its own;
    occasion: why the words differ from those of the status alone, None when they do not;
    upstream: the platform at fault, set for ``Kind.UPSTREAM`` only;
    promised_at: by when there will be more news, None when that is not said.
    """

    kind: Kind
    status: Status
    impact: Impact
    company: str
    components: tuple[str, ...]
    started_at: datetime
    at: datetime
    timezone: str
    url: str
    instead: tuple[str, ...] = ()
    text: str | None = None
    component_ids: tuple[str, ...] = ()
    occasion: Occasion | None = None
    upstream: str | None = None
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    promised_at: datetime | None = None
