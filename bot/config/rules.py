"""The section ``rules``: what signals mean, and how customers may be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from bot.config.part import Part
from bot.config.values import Duration, RegexText, Slug, Wait
from bot.domain.model import Impact, OnDeadline, Publish


class Regex(Part):
    """A regular expression, where a plain text would have to be equal."""

    regex: RegexText
    """Must match the whole value."""


def _label_form(value: Any) -> str:
    return "(regex)" if isinstance(value, dict | Regex) else "(equal)"


LabelMatch = Annotated[
    Annotated[str, Tag("(equal)")] | Annotated[Regex, Tag("(regex)")],
    Discriminator(_label_form),
]
"""A label's whole value, or a regular expression it must match."""


class Match(Part):
    """Which signals a rule is about: those that meet every condition given."""

    source: Slug | None = None
    """The configured name of the source; absent: any."""
    labels: dict[str, LabelMatch] = Field(default_factory=dict)
    """Every label named here must be there and equal, or match. Absent: any labels."""


class Rule(Part):
    """What signals mean: which component, how bad, and how customers may be told."""

    match: Match
    """Which signals; ``{}`` is all. The first rule that matches decides."""
    component: Slug | None = None
    """What is affected. Absent, with an upstream source: every component that depends on the product."""
    kind: Literal["outage", "degraded", "upstream", "data_delay", "security"] | None = None
    """What sort of story it makes. Absent: upstream (somebody else's fault) for an upstream source, else outage."""
    upstream: str | None = Field(default=None, min_length=1, max_length=100)
    """kind: upstream only: the platform at fault as customers know it. Absent: the upstream source's ``name``."""
    impact: Impact = Impact.MAJOR
    """How bad it is for customers: none, minor, major or critical."""
    publish: Publish = Publish.AFTER_APPROVAL
    """automatically: at once; after_approval: a draft waits for an operator; never: only operators hear of it."""
    deadline: Wait | None = None
    """after_approval only: how long a draft waits for an operator before ``on_deadline`` happens. Absent: for ever."""
    on_deadline: OnDeadline = OnDeadline.PUBLISH
    """What becomes of a draft nobody acted on in time: publish or drop."""
    reopen_within: Duration = Field(default=timedelta(minutes=30), json_schema_extra={"default": "30m"})
    """A relapse this soon after the end continues the same story."""
    confirm_for: Duration = Field(default=timedelta(), json_schema_extra={"default": "0s"})
    """How long a problem must keep firing before anything is said."""
    recover_for: Duration = Field(default=timedelta(), json_schema_extra={"default": "0s"})
    """How long it must stay well before it counts as over."""
    group: Slug | None = None
    """Problems of one group that begin together are one incident with several components. Absent: each its own."""
    group_within: Wait = Field(default=timedelta(minutes=10), json_schema_extra={"default": "10m"})
    """How long after the start of its incident a group still gathers."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Rule:
        if self.component is None and self.publish is not Publish.NEVER and self.match.source is None:
            raise ValueError("component is missing (only publish: never and upstream sources do without)")
        if self.upstream is not None and self.kind != "upstream":
            raise ValueError("upstream only makes sense with kind: upstream")
        if self.deadline is not None and self.publish is not Publish.AFTER_APPROVAL:
            raise ValueError("deadline only makes sense with publish: after_approval")
        return self
