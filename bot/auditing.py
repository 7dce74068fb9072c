"""``python -m bot audit``: who did what, read while the service runs or not. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from bot.config.settings import Settings
from bot.domain.staff import Deed
from bot.store.looking import open_to_look
from bot.store.staff import history


async def show(
    settings: Settings,
    *,
    incident_id: int | None,
    since: datetime | None,
    for_programs: bool,
    say: Callable[[str], object],
) -> int:
    """Say every entry, the oldest first; how many there were. Raises StoreBusy.

    since: aware; for_programs: one JSON object a line; say: prints one line.
    """
    count = 0
    async with open_to_look(settings.database) as connection:
        async for deed in history(connection, incident_id=incident_id, since=since):
            say(as_json(deed) if for_programs else as_text(deed))
            count += 1
    return count


def as_text(deed: Deed) -> str:
    """``2026-03-02T10:00:00Z  Anna (1001)  publish  incident 12  update 1``"""
    who = "automation" if deed.telegram_id is None else f"{deed.name} ({deed.telegram_id})"
    about = "" if deed.incident_id is None else f"incident {deed.incident_id}"
    details = " ".join(deed.details.split())
    return "  ".join(part for part in (_time(deed), who, deed.deed, about, details) if part)


def as_json(deed: Deed) -> str:
    """The same with every field, on one line; telegram_id and incident_id are null where there are none."""
    values = {
        "id": deed.id,
        "at": _time(deed),
        "telegram_id": deed.telegram_id,
        "name": deed.name,
        "deed": deed.deed,
        "incident_id": deed.incident_id,
        "details": deed.details,
    }
    return json.dumps(values, ensure_ascii=False)


def _time(deed: Deed) -> str:
    return f"{deed.at:%Y-%m-%dT%H:%M:%SZ}"
