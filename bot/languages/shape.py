"""Which texts a language file must hold or may hold, and which placeholders each may use. Holds no text itself.

docs/languages.md explains the same to those who write them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product

from bot.domain.model import Impact, Kind, Occasion, Status
from bot.errors import Problem
from bot.languages.files import Entry

UNITS = ("day", "hour", "minute")
STATES = ("operational", *(impact for impact in Impact if impact is not Impact.NONE), "maintenance")
"""What a component can be in. The page's headline has these and ``none``: something is open that no customer feels."""
BUTTONS = ("page", "calendar", "subscribe")
"""What may stand below a post in Telegram."""
PARTS = ("state", "title", "body")
TERMS = (
    *("website", "shop", "checkout", "orders", "payments", "deliveries", "app", "account", "login"),
    *("messages", "support", "phone", "email", "status_page", "update"),
)
"""What translators and machines must call the same everywhere; words for impacts and kinds come on top."""

_NOTHING: frozenset[str] = frozenset()
_SITUATION = frozenset({"kind", "status", "impact"})
_STORY = _SITUATION | {"company", "components", "since", "at", "duration", "window", "starts", "ends"}
_INSTANT = frozenset({"weekday", "day", "date", "month", "time", "hour", "minute", "zone", "city"})
_ZONES = "when.zones."
_COMPONENTS = "components"

_PLAIN = ("title", "body")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    **{f"outage.{status}": PARTS for status in Status if not status.planned},
    "outage.unstable": PARTS,
    "outage.stable": _PLAIN,
    "degraded.investigating": _PLAIN,
    "degraded.resolved": _PLAIN,
    **{f"upstream.{status}": _PLAIN for status in Status if not status.planned},
    "data_delay.investigating": _PLAIN,
    "data_delay.resolved": _PLAIN,
    **{f"security.{status}": _PLAIN for status in Status if not status.planned},
    **{f"maintenance.{status}": PARTS for status in Status if status.planned},
    "maintenance.reminder": _PLAIN,
    "maintenance.extended": _PLAIN,
    "correction": _PLAIN,
    "retraction": PARTS,
}
"""The parts without which some update would have to borrow words that do not fit it; ``naming`` says who borrows what.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a file may hold: placeholders by path. components: the ids a company may write sentences of its own for."""

    required: Mapping[str, frozenset[str]]
    optional: Mapping[str, frozenset[str]]
    components: frozenset[str]

    def placeholders(self, path: str) -> frozenset[str] | None:
        """What the text at ``path`` may use, None where no text may stand."""
        if path.startswith(_ZONES):
            return _NOTHING
        component = particular_of(path)
        if component is None:
            return self.required.get(path, self.optional.get(path))
        common = path.removeprefix(particular_to(component, ""))
        return self.optional.get(common) if component in self.components else None

    def nearest(self, path: str) -> str | None:
        """The known path that a wrong one most resembles."""
        component = particular_of(path)
        known = [*self.required, *self.optional]
        if component is not None:
            near = get_close_matches(component, self.components, n=1)
            known = [particular_to(each, name) for each in near for name in self.optional]
        matches = get_close_matches(path, known, n=1)
        return matches[0] if matches else None


def particular_of(path: str) -> str | None:
    """The component a text is for (``components.shop.outage.resolved.body``), None for one that is for all."""
    first, _, rest = path.partition(".")
    return rest.partition(".")[0] if first == _COMPONENTS else None


def particular_to(component: str, path: str) -> str:
    """The path of a text for one component."""
    return f"{_COMPONENTS}.{component}.{path}"


def shape(plurals: frozenset[str], components: Collection[str] = ()) -> Shape:
    """What a file must and may hold.

    plurals: CLDR's plural categories that numbers take in the language, "other" among them;
    components: the configured ids.
    """
    return Shape(required=dict(_required(plurals)), optional=dict(_optional()), components=frozenset(components))


def _required(plurals: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    yield from ((path, _NOTHING) for path in ("language", "reviewed"))
    yield from ((f"words.status.{status}", _NOTHING) for status in (*Status, *Occasion))
    yield from ((f"words.kind.{kind}", _NOTHING) for kind in Kind)
    yield from ((f"words.impact.{impact}", _NOTHING) for impact in Impact)
    yield from ((f"words.component.{state}", _NOTHING) for state in STATES)
    yield from ((f"words.headline.{state}", _NOTHING) for state in (*STATES, "none"))
    yield "words.translated", _NOTHING
    yield from ((f"words.button.{button}", _NOTHING) for button in BUTTONS)
    yield from ((f"glossary.{term}", _NOTHING) for term in TERMS)
    yield "when.moment", _INSTANT
    yield "when.window.one_day", _INSTANT | {"until", "until_hour", "until_minute"}
    yield "when.window.days", frozenset({"starts", "ends"})
    yield "when.window.open", frozenset({"starts"})
    yield "when.duration.under_a_minute", _NOTHING
    yield "when.duration.both", frozenset({"first", "second"})
    yield from ((f"when.duration.{unit}.{plural}", frozenset({"n"})) for unit in UNITS for plural in sorted(plurals))
    yield from ((f"{name}.{part}", _usable(name, part)) for name, parts in _NEEDED.items() for part in parts)
    yield from ((path, _SITUATION) for path in ("instead", "more"))
    yield "promise", frozenset({"promised"})


def _optional() -> Iterator[tuple[str, frozenset[str]]]:
    """Every text of every kind, whether or not it could also borrow another's."""
    kinds = (f"{kind}.{step}" for kind in Kind for step in (*Status, *Occasion))
    for name, part in product((*kinds, Occasion.CORRECTION, Occasion.RETRACTION), PARTS):
        yield f"{name}.{part}", _usable(name, part)


def _usable(name: str, part: str) -> frozenset[str]:
    kind, _, step = name.rpartition(".")
    more = {"upstream"} if kind == Kind.UPSTREAM else set()
    if step == Occasion.CORRECTION and part == "body":
        more.add("body")
    return _STORY | more


def compare(found: Mapping[str, Entry], expected: Shape, file: str) -> Iterator[Problem]:
    """What is missing, empty or not known, in that order. file: where what is missing should stand."""
    for path in expected.required:
        if path not in found:
            yield Problem(file=file, line=None, path=path, text="missing")
    for path, entry in found.items():
        if expected.placeholders(path) is None:
            near = expected.nearest(path)
            yield Problem(file=entry.file, line=entry.line, path=path, text="not a known key", nearest=near)
        elif not entry.text:
            yield Problem(file=entry.file, line=entry.line, path=path, text="empty")
