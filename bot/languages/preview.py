"""Every notice in every language, filled in with the company's own names and made-up times, to be read before use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from bot.config.settings import Settings
from bot.config.values import Localised
from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Notice, Occasion, Status
from bot.languages.catalogue import Catalogue
from bot.languages.length import plain
from bot.languages.samples import BEGAN, LASTED, steps
from bot.languages.shape import particular_to

_MOST_COMPONENTS = 2
_PLATFORM = "Meta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One notice as customers would read it, with the facts it was made of."""

    facts: Facts
    notice: Notice

    def __str__(self) -> str:
        """Plain text, under a line that says which notice it is: ``== it outage.resolved, impact major``."""
        facts = self.facts
        step = f"{facts.kind}.{facts.occasion or facts.status}"
        name = particular_to(facts.component_ids[0], step) if facts.component_ids else step
        return f"== {self.notice.language} {name}, impact {facts.impact}\n\n{plain(self.notice)}\n"


def preview(catalogue: Catalogue, settings: Settings, languages: Sequence[str]) -> str:
    """All previews in these languages as one plain text."""
    return "\n".join(str(each) for each in previews(catalogue, settings, languages))


def previews(catalogue: Catalogue, settings: Settings, languages: Sequence[str]) -> Iterator[Preview]:
    """In each language every notice whose words differ from those before it; the worst impact first.

    Then what a company says otherwise when a notice is about one of its components.
    """
    for language in languages:
        told: set[tuple[str, ...]] = set()
        for component in (None, *catalogue.components(language)):
            for facts in _facts(settings, language, component):
                notice = catalogue.render(facts, language)
                words = _telling(facts, notice)
                usual = replace(facts, component_ids=())
                own = component is None or words != _telling(usual, catalogue.render(usual, language))
                if own and words not in told:
                    told.add(words)
                    yield Preview(facts=facts, notice=notice)


def _telling(facts: Facts, notice: Notice) -> tuple[str, ...]:
    """The words that make a notice worth reading; a correction only repeats, after its title and a paragraph."""
    return (notice.title,) if facts.occasion is Occasion.CORRECTION else (notice.state, notice.title, notice.body)


def _facts(settings: Settings, language: str, component: str | None) -> Iterator[Facts]:
    """Every kind, step and impact, about that component or about the first few."""
    ids = [component] if component else list(settings.components)[:_MOST_COMPONENTS]
    components = [settings.components[each] for each in ids]
    facts = Facts(
        kind=Kind.OUTAGE,
        status=Status.INVESTIGATING,
        impact=Impact.CRITICAL,
        company=settings.company.name,
        components=tuple(_own(each.name, language) for each in components),
        component_ids=(component,) if component else (),
        started_at=BEGAN,
        at=BEGAN + LASTED,
        timezone=settings.timezone,
        url=f"{settings.public_url.rstrip('/')}/{language}/incidents/1",
        instead=tuple(_own(way.text, language) for each in components for way in each.ways),
    )
    for kind in Kind:
        facts = replace(
            facts,
            kind=kind,
            upstream=_PLATFORM if kind is Kind.UPSTREAM else None,
            scheduled_for=BEGAN if kind.planned else None,
            scheduled_until=BEGAN + timedelta(hours=2) if kind.planned else None,
        )
        for (status, occasion), impact in product(steps(kind), reversed(Impact)):
            yield replace(facts, status=status, occasion=occasion, impact=impact)


def _own(text: Localised, language: str) -> str:
    """A configured text in one configured language; the configuration was checked to have it."""
    return text if isinstance(text, str) else text[language]
