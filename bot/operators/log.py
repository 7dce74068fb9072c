"""A page of the audit log as operators read it: Markdown, and the buttons below it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.buttons import Button, Buttons
from bot.domain.command_reading import NAMES
from bot.domain.presses import data_of
from bot.domain.staff import Deed
from bot.domain.texts import later
from bot.languages.markdown import escape
from bot.languages.tongue import Tongue
from bot.operators.drafts.shortening import shortened
from bot.operators.menus import called
from bot.operators.phrases import moment

PAGE = 15
"""How many entries are shown at once."""

_LONGEST = 120
_AGREED, _AGAIN = later("agreement"), later("another try")
_DEEDS = {
    "approve": _AGREED,
    "confirm": _AGREED,
    "denied": later("refused"),
    "propose": later("proposal"),
    "promise": later("promise of news"),
    "wait": later("more time"),
    "impact": later("other impact"),
    "end recurring maintenance": later("end of recurring maintenance"),
    "again": _AGAIN,
    "retry": _AGAIN,
    "there": later("found to be there"),
}
"""What is noted of presses, as nouns: who did it may be anybody."""

_NUMBERED = {
    "draft": later("draft {id}"),
    "update": later("update {id}"),
    "proposal": later("proposal {id}"),
    "delivery": later("delivery {id}"),
}
_NUMBER = re.compile(rf"\b({'|'.join(_NUMBERED)}) (\d{{1,18}})\b")
_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")


def page(deeds: Sequence[Deed], incident_id: int | None, *, zone: ZoneInfo, now: datetime, tongue: Tongue) -> str:
    """The newest entry first. deeds: one more than a page holds when there are older ones; zone: the company's own."""
    head = tongue.say("**Log**") if incident_id is None else tongue.say("**Log of incident {id}**", id=incident_id)
    if not deeds:
        return "\n".join([head, tongue.say("Nothing has been noted.")])
    lines = []
    for each in deeds[:PAGE]:
        details = _details(each.details, zone=zone, now=now, tongue=tongue)
        lines.append(_line(each, moment(each.at, zone=zone, now=now, tongue=tongue), details, tongue))
    return "\n".join([head, *lines])


def buttons(deeds: Sequence[Deed], incident_id: int, before: int | None, tongue: Tongue) -> Buttons:
    """Older and newest, where there is such a page. incident_id: 0 for all; before: where this one began, None: now."""
    row = []
    if len(deeds) > PAGE:
        row.append(Button(tongue.say("Older"), data_of("log", incident_id, "older", str(deeds[PAGE - 1].id))))
    if before is not None:
        row.append(Button(tongue.say("Newest"), data_of("log", incident_id, "newest")))
    return Buttons((tuple(row),) if row else ())


def _line(deed: Deed, at: str, details: str, tongue: Tongue) -> str:
    who = tongue.shown(escape(deed.name)) if deed.name else tongue.say("automation")
    story = tongue.say("incident {id}", id=deed.incident_id) if deed.incident_id else ""
    said = [tongue.shown(_what(deed.deed, tongue)), story, details]
    return f"{at} **{who}** {' · '.join(part for part in said if part)}"


def _what(deed: str, tongue: Tongue) -> str:
    """A deed as the reader's language has it: a command by its name there, what buttons do as words."""
    if deed in NAMES:
        return f"`/{called(deed, tongue)}`"
    return tongue.say(_DEEDS[deed]) if deed in _DEEDS else f"`{deed}`"


def _details(noted: str, *, zone: ZoneInfo, now: datetime, tongue: Tongue) -> str:
    """What was noted of it, with its numbers and times as the reader has them; what somebody typed stays as it is."""

    def numbered(found: re.Match[str]) -> str:
        return tongue.say(_NUMBERED[found[1]], id=int(found[2]))

    def timed(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        return moment(at, zone=zone, now=now, tongue=tongue)

    said = _NUMBER.sub(numbered, shortened(noted, _LONGEST))
    return tongue.shown(escape(_TIME.sub(timed, said)))
