"""What many texts for operators are made of: times, lists, names of languages, how an incident stands. Pure.

tongue, everywhere: whose language it is said in; English when it is left out. What goes into Markdown is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton

from bot.domain.model import Impact, Incident, Role, Status
from bot.domain.texts import later
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue

_MOST_ELSEWHERE = 3
WORDS = (
    later("none"),
    later("minor"),
    later("major"),
    later("critical"),
    later("investigating"),
    later("identified"),
    later("monitoring"),
    later("resolved"),
    later("scheduled"),
    later("in progress"),
    later("completed"),
    later("cancelled"),
    later("viewer"),
    later("drafter"),
    later("publisher"),
    later("admin"),
    later("translated"),
    later("corrected"),
    later("retracted"),
    later("draft"),
    later("published"),
    later("dropped"),
)
"""Every impact, status, role, mark and state of an update, for ``Tongue.word``."""

_MOST_COMPONENTS = 3
_ENGLISH = {"MMMd": "d MMM", "yMMMEd": "EEE d MMM y", "Hm": "HH:mm"}


def standing(incident: Incident, tongue: Tongue = ENGLISH) -> str:
    """``shop, whatsapp · major · in progress``"""
    return stands(affected(incident, tongue), incident.impact, incident.status, tongue)


def stands(what: str, impact: Impact, status: Status, tongue: Tongue = ENGLISH) -> str:
    """The same of an update that is not there yet. what: as ``affected`` says it."""
    return " · ".join([tongue.shown(what), tongue.word(impact), tongue.word(status)])


def affected(incident: Incident, tongue: Tongue = ENGLISH) -> str:
    """``shop, whatsapp``: the ids of the first components, and how many more there are."""
    shown = incident.components[:_MOST_COMPONENTS]
    hidden = len(incident.components) - len(shown)
    names = escape(", ".join(shown))
    return tongue.say("{names} and {n} more", names=names, n=hidden) if hidden else names


def spoken(status: Status, tongue: Tongue = ENGLISH) -> str:
    """A status as words."""
    return tongue.word(status)


def own_words(tongue: Tongue) -> Mapping[str, str]:
    """What impacts and statuses are called in a language, in lower case -> their values, which commands take."""
    return {tongue.word(each).lower(): each.value for each in (*Impact, *Status)}


def capital(text: str) -> str:
    """The text as a sentence of its own begins."""
    return text[:1].upper() + text[1:]


def role_name(role: Role, tongue: Tongue = ENGLISH) -> str:
    """A role as a word."""
    return tongue.word(role)


def moment(at: datetime, *, zone: ZoneInfo, now: datetime, tongue: Tongue = ENGLISH) -> str:
    """``14:03`` today in ``zone``, else ``11 Dec 14:03``."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return clock_time(local, tongue) if local.date() == today else f"{day(local, tongue)} {clock_time(local, tongue)}"


def clock_time(local: datetime, tongue: Tongue = ENGLISH) -> str:
    """``14:03``, in its own zone."""
    return _formatted("Hm", local, tongue)


def day(local: datetime, tongue: Tongue = ENGLISH) -> str:
    """``11 Dec``, in its own zone."""
    return _formatted("MMMd", local, tongue)


def whole_day(local: datetime, tongue: Tongue = ENGLISH) -> str:
    """``Wed 11 Dec 2024``, in its own zone."""
    return _formatted("yMMMEd", local, tongue)


def _formatted(skeleton: str, local: datetime, tongue: Tongue) -> str:
    if tongue.language == "en":
        return format_datetime(local.replace(tzinfo=None), _ENGLISH[skeleton], locale=tongue.locale)
    return format_skeleton(skeleton, local.replace(tzinfo=None), locale=tongue.locale)


def language_name(tag: str, tongue: Tongue = ENGLISH) -> str:
    """``Portuguese (Brazil)`` for pt-BR, since a bare ``it`` or ``no`` reads as a word; an unknown tag as it is."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(tongue.locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def spelt_out(languages: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """``English, Italian and Spanish``; at least one."""
    return listed([language_name(tag, tongue) for tag in languages], tongue)


def listed(items: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """``a, b and c``, for Markdown; at least one."""
    return tongue.listed([escape(item) for item in items])


def more(n: int, tongue: Tongue = ENGLISH) -> list[str]:
    """``... and 3 more.`` as the last line of a list that was cut; nothing when it was not."""
    return [tongue.say("... and {n} more.", n=n)] if n > 0 else []


def told_elsewhere(incidents: Sequence[int], tongue: Tongue) -> list[str]:
    """Lines that name the first open incidents that tell of the same: a second story may be one too many. Markdown."""
    return [
        tongue.say("Incident {id} is open about it: {command} goes on with that.", id=each, command=f"`/update {each}`")
        for each in incidents[:_MOST_ELSEWHERE]
    ]
