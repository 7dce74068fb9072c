"""From an update to its notices: the facts it is told with, in every language. Stores nothing, owes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.settings import Settings, Way
from bot.config.values import Localised
from bot.domain.facts import Facts
from bot.domain.model import Impact, Incident, Notice, Occasion, Status
from bot.domain.windows import Window
from bot.errors import CommandError
from bot.languages.catalogue import Catalogue
from bot.languages.length import excess


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an update is to say.

    texts: a human's own words by language; author: the operator's name, None for automation;
    occasion: why the template's words differ from those of the status; quiet: operators get no card of the draft;
    window: what a plan becomes by it, None for what it is; planner: the operator who decided on what automation tells;
    promised_at: by when there will be more news, None for no promise;
    touched_by: the operator who has had automation's draft in hand, None for nobody.
    """

    status: Status
    impact: Impact
    because: str
    texts: Mapping[str, str]
    author: str | None
    occasion: Occasion | None = None
    quiet: bool = False
    window: Window | None = None
    planner: str | None = None
    promised_at: datetime | None = None
    touched_by: str | None = None


class Renderer:
    """Writes notices."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self._catalogue = settings, catalogue

    def render(self, incident: Incident, words: Words, ways: Sequence[Way], *, now: datetime) -> list[Notice]:
        """The update's notice in every configured language. ways: how else to reach the company.

        Raises CommandError when a text is too long to publish.
        """
        notices = self.render_in(self._settings.languages, incident, words, ways, now=now)
        fewer = [most for most in (10, 3, 1) if most < len(incident.components)]
        while fewer and any(map(excess, notices)):
            notices = self.render_in(self._settings.languages, _of_few(incident, fewer.pop(0)), words, ways, now=now)
        refuse_too_long(notices)
        return notices

    def render_in(
        self, languages: Sequence[str], incident: Incident, words: Words, ways: Sequence[Way], *, now: datetime
    ) -> list[Notice]:
        """The same in these languages, however long."""
        return [
            self._catalogue.render(self._facts(incident, words, ways, language, now), language)
            for language in languages
        ]

    def _facts(self, incident: Incident, words: Words, ways: Sequence[Way], language: str, now: datetime) -> Facts:
        known = self._settings.components
        return Facts(
            kind=incident.kind,
            status=words.status,
            impact=words.impact,
            company=self._settings.company.name,
            components=tuple(
                in_language(known[name].name, language) if name in known else name for name in incident.components
            ),
            started_at=incident.started_at,
            at=now,
            timezone=self._settings.timezone,
            url=page_of(self._settings, language, incident.id),
            instead=tuple(in_language(way.text, language) for way in ways),
            text=words.texts.get(language),
            component_ids=incident.components,
            occasion=words.occasion,
            upstream=incident.upstream,
            scheduled_for=incident.scheduled_for,
            scheduled_until=incident.scheduled_until,
            promised_at=words.promised_at,
        )


def _of_few(incident: Incident, most: int) -> Incident:
    """The incident as far as one notice can name what it concerns; pages name all of it."""
    return replace(incident, components=(*incident.components[:most], "…"))


def refuse_too_long(notices: Iterable[Notice]) -> None:
    """Raises CommandError when one of them is too long to publish, while it can still be shortened."""
    for notice in notices:
        if over := excess(notice):
            raise CommandError(
                "the notice in {language} would be {n} characters too long; shorten the text",
                language=notice.language,
                n=over,
            )


def in_language(text: Localised, language: str) -> str:
    """A configured text in one configured language; the configuration was checked to have it."""
    return text if isinstance(text, str) else text[language]


def page_of(settings: Settings, language: str, incident_id: int) -> str:
    """Absolute address of the incident's page in a language."""
    return f"{settings.public_url.rstrip('/')}/{language}/incidents/{incident_id}"
