"""Pages from boards and stories, in one language each, as bytes. The same arguments give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.characters import clean
from bot.channels.markup import moment, paragraphs, until
from bot.channels.website.assets import Asset
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Incident, Notice, Story
from bot.domain.overview import overview, state_of
from bot.resources import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page is. path: after the language, ``/`` or ``/incidents/7``; listed: False for pages of no address."""

    title: str
    path: str = "/"
    listed: bool = True
    kind: str = "website"


class Website:
    """Renders every page. Holds the templates; knows nothing of requests."""

    def __init__(
        self,
        settings: Settings,
        words: Mapping[str, Words],
        assets: Mapping[str, Asset],
        *,
        templates: Path = SITE / "pages",
    ) -> None:
        """words: of every language in ``settings.languages``; assets: ``style.css`` and ``icon.svg`` at least."""
        self._settings = settings
        self._words = words
        self._root = urlsplit(settings.public_url).path
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            settings=settings,
            assets={name: self._root + asset.path for name, asset in assets.items()},
            root=self._root,
            moment=moment,
            paragraphs=paragraphs,
            until=until,
            state_of=state_of,
        )

    def front(self, board: Board) -> bytes:
        """How everything stands: headline, open stories with all updates, maintenance to come, components, the past."""
        words = self._words[board.language]
        view = overview(board.open, self._settings.components)
        title = f"{words.plain(f'headline.{view.headline}')} · {self._settings.company.name}"
        return self._render("front.html", words, _Place(title=title), board=board, view=view)

    def incident(self, language: str, story: Story) -> bytes:
        """One story with every update."""
        notice = story.latest.notice
        title = f"{notice.title} · {self._settings.company.name}"
        place = _Place(title=title, path=f"/incidents/{story.incident.id}", kind="article")
        return self._render("incident.html", self._words[language], place, story=story)

    def history(self, language: str, stories: Sequence[Story], *, page: int, pages: int) -> bytes:
        """Past stories, newest first. page: 1 to ``pages``, which is at least 1."""
        words = self._words[language]
        title = f"{words.plain('section.history')} · {self._settings.company.name}"
        place = _Place(title=title, path="/history" if page == 1 else f"/history?page={page}")
        return self._render("history.html", words, place, stories=stories, page=page, pages=pages)

    def missing(self, language: str) -> bytes:
        """What to show where there is nothing."""
        return self._apology(language, "missing")

    def unavailable(self, language: str) -> bytes:
        """What to show when the store does not answer."""
        return self._apology(language, "unavailable")

    def _apology(self, language: str, key: str) -> bytes:
        words = self._words[language]
        title = f"{words.plain(f'{key}.title')} · {self._settings.company.name}"
        return self._render("apology.html", words, _Place(title=title, listed=False), key=key)

    def _render(self, template: str, words: Words, place: _Place, **parts: object) -> bytes:
        page = self._environment.get_template(template).render(
            words=words,
            place=place,
            languages=[self._words[language] for language in self._settings.languages],
            home=f"{self._root}/{words.language}",
            spoken=_Spoken(words.language),
            affected=_Affected(words, self._settings),
            **parts,
        )
        return clean(page).encode()


class _Spoken:
    """Attributes that declare the language of a notice, where it is not the page's."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, notice: Notice) -> Markup:
        if notice.lang == self._language:
            return Markup()
        return Markup(' lang="{}" dir="{}"').format(notice.lang, notice.direction)


class _Affected:
    """The names of the components an incident concerns, as far as they are still configured."""

    def __init__(self, words: Words, settings: Settings) -> None:
        self._words = words
        self._components = settings.components

    def __call__(self, incident: Incident) -> Markup:
        known = (self._components[id].name for id in incident.components if id in self._components)
        return Markup(" · ").join(self._words.name_html(name) for name in known)
