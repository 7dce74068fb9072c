"""Which texts a language file must hold, and which placeholders each may use. Holds no text itself.

docs/languages.md explains the same to those who write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from bot.domain.model import Impact, Status
from bot.errors import Problem
from bot.languages.files import Entry

UNITS = ("day", "hour", "minute")
STATES = ("operational", *(impact for impact in Impact if impact is not Impact.NONE), "maintenance")
"""What a component can be in. The page's headline has these and ``none``: something is open that no customer feels."""
PARTS = ("state", "title", "body")

_NOTHING: frozenset[str] = frozenset()
_SITUATION = frozenset({"kind", "status", "impact"})
_STORY = _SITUATION | {"company", "components", "since", "at", "duration", "window", "starts", "ends"}
_INSTANT = frozenset({"weekday", "day", "date", "month", "time", "hour", "minute", "zone", "city"})
_OPEN = "when.zones."


def shape(plurals: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Every required path with the placeholders its text may use.

    plurals: CLDR's plural categories that numbers take in the language, "other" among them.
    """
    return dict(_paths(plurals))


def _paths(plurals: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    yield from ((path, _NOTHING) for path in ("language", "reviewed"))
    yield from ((f"words.status.{status}", _NOTHING) for status in Status)
    yield from ((f"words.impact.{impact}", _NOTHING) for impact in Impact)
    yield from ((f"words.component.{state}", _NOTHING) for state in STATES)
    yield from ((f"words.headline.{state}", _NOTHING) for state in (*STATES, "none"))
    yield "when.moment", _INSTANT
    yield "when.window.one_day", _INSTANT | {"until", "until_hour", "until_minute"}
    yield "when.window.days", frozenset({"starts", "ends"})
    yield "when.window.open", frozenset({"starts"})
    yield "when.duration.under_a_minute", _NOTHING
    yield "when.duration.both", frozenset({"first", "second"})
    yield from ((f"when.duration.{unit}.{plural}", frozenset({"n"})) for unit in UNITS for plural in sorted(plurals))
    yield from ((f"{status.kind}.{status}.{part}", _STORY) for status in Status for part in PARTS)
    yield from ((path, _SITUATION) for path in ("instead", "more"))


def compare(found: Mapping[str, Entry], expected: Mapping[str, frozenset[str]], file: str) -> Iterator[Problem]:
    """What is missing, empty or not known, in that order."""
    for path in expected:
        if path not in found:
            yield Problem(file=file, line=None, path=path, text="missing")
    for path, entry in found.items():
        if path not in expected and not path.startswith(_OPEN):
            near = get_close_matches(path, expected, n=1)
            yield Problem(
                file=file, line=entry.line, path=path, text="not a known key", nearest=near[0] if near else None
            )
        elif not entry.text:
            yield Problem(file=file, line=entry.line, path=path, text="empty")
