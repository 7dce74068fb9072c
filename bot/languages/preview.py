"""Every notice in every language, filled in with the company's own names and made-up times, to be read before use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.config.settings import Settings
from bot.config.values import Localised
from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Notice, Status
from bot.languages.catalogue import Catalogue
from bot.languages.length import plain
from bot.languages.samples import BEGAN, LASTED

_MOST_COMPONENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One notice as customers would read it, with the facts it was made of."""

    facts: Facts
    notice: Notice

    def __str__(self) -> str:
        """Plain text, under a line that says which notice it is: ``== it outage.resolved, impact major``."""
        notice = self.notice
        return f"== {notice.language} {notice.kind}.{notice.status}, impact {notice.impact}\n\n{plain(notice)}\n"


def preview(catalogue: Catalogue, settings: Settings, languages: Sequence[str]) -> str:
    """All previews in these languages as one plain text."""
    return "\n".join(str(each) for each in previews(catalogue, settings, languages))


def previews(catalogue: Catalogue, settings: Settings, languages: Sequence[str]) -> Iterator[Preview]:
    """In each language one preview of every status, and one of every impact whose words differ; the worst first."""
    for language in languages:
        for status in Status:
            told: set[tuple[str, str, str]] = set()
            for impact in reversed(Impact):
                facts = _facts(settings, status, impact, language)
                notice = catalogue.render(facts, language)
                words = (notice.state, notice.title, notice.body)
                if words not in told:
                    told.add(words)
                    yield Preview(facts=facts, notice=notice)


def _facts(settings: Settings, status: Status, impact: Impact, language: str) -> Facts:
    components = list(settings.components.values())[:_MOST_COMPONENTS]
    maintenance = status.kind is Kind.MAINTENANCE
    ways = (_own(component.instead, language) for component in components if component.instead)
    return Facts(
        kind=status.kind,
        status=status,
        impact=impact,
        company=settings.company.name,
        components=tuple(_own(component.name, language) for component in components),
        started_at=BEGAN,
        at=BEGAN + LASTED,
        timezone=settings.timezone,
        url=f"{settings.public_url.rstrip('/')}/{language}/incidents/1",
        instead=tuple(ways),
        scheduled_for=BEGAN if maintenance else None,
        scheduled_until=BEGAN + timedelta(hours=2) if maintenance else None,
    )


def _own(text: Localised, language: str) -> str:
    """A configured text in one configured language; the configuration was checked to have it."""
    return text if isinstance(text, str) else text[language]
