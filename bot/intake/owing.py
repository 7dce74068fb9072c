"""From what an update owes to the rows of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.buttons import to_json
from bot.domain.delivery import Action, Priority
from bot.domain.model import Incident
from bot.domain.routing import Owed, lane_of
from bot.intake.keyboards import Keyboards


def rows_of(
    planned: Iterable[Owed], incident: Incident, notice_ids: Mapping[str, int], keyboards: Keyboards, *, first: bool
) -> Iterator[dict[str, Any]]:
    """The rows, in the same order. notice_ids: the notice of each language; first: the update opens the story.

    Only the story's first post has buttons; whatever changes it later shows the same ones.
    """
    for each in planned:
        to = each.destination
        opens = first and each.action is Action.POST
        yield {
            "channel": to.channel,
            "address": to.address,
            "lane": lane_of(to, incident.id),
            "priority": Priority.CHANNEL,
            "action": each.action,
            "incident_id": incident.id,
            "notice_id": notice_ids[to.language],
            "topic": to.topic,
            "silent": each.silent,
            "keyboard": to_json(keyboards.below(incident, to.language)) if opens else None,
        }
