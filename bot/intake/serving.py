"""What of an update serves a reader: which of its notices, and whether in their sleep. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.model import Impact, Incident, Notice
from bot.languages.negotiate import closest
from bot.store.incidents import UpdateRow


def notice_for(language: str, notices: Mapping[str, tuple[int, Notice]]) -> tuple[int, Notice]:
    """The notice of an update in the language nearest to one; in the default language when none is near.

    notices: row id and notice by language, at least one. The default language is written first.
    """
    nearest = closest(language, list(notices))
    return notices[nearest] if nearest else min(notices.values(), key=lambda row: row[0])


def pierces(incident: Incident, update: UpdateRow) -> bool:
    """Whether an update is worth waking people for. Planned work is not, however bad: they know of it."""
    return update.impact is Impact.CRITICAL and not incident.kind.planned
