"""A change of what was published that more than one must agree to, as a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """What is to be done to what was published."""

    CORRECT = "correct"
    TRANSLATE = "translate"
    RETRACT = "retract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody wants it done. number: the update's, None for the whole story to be withdrawn;

    texts: by language, none to withdraw; wording: names the words that they would take the place of; made_by: the
    operator; needed: how many must agree; approvals: the names of those who have; ended_at: when it was done or
    dropped, None while it waits; ended_by: who dropped it, None when it was done; present: what customers read there
    now, by language of the texts.
    """

    id: int
    deed: Deed
    incident_id: int
    number: int | None
    texts: Mapping[str, str]
    wording: str
    made_by: str
    made_at: datetime
    needed: int
    approvals: tuple[str, ...]
    ended_at: datetime | None
    ended_by: str | None
    present: Mapping[str, str] = field(default_factory=dict)
