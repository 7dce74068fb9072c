"""Pages from boards and stories, in one language each, as bytes. The same arguments give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.characters import clean
from bot.channels.markup import moment, paragraphs, until
from bot.channels.website.assets import Asset
from bot.channels.website.frame import frames
from bot.channels.website.listing import listed
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Incident, Notice, Story
from bot.domain.months import Chapter
from bot.domain.overview import overview, state_of
from bot.domain.uptime import Record
from bot.resources import SITE

_AS_OF = b"<!--as-of-->"
"""Where a page has room for words about its age."""


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
        """words: of every language in ``settings.languages``; assets: as ``load_assets`` gives them."""
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
        self._frames = frames(self._environment, settings, words, self._root)

    def front(self, board: Board, record: Record) -> bytes:
        """How everything stands: headline, open stories with all updates, maintenance to come, components, the past.

        record: of every configured component.
        """
        words = self._words[board.language]
        view = overview(board.open, self._settings.components)
        groups = listed(view, self._settings, words, record)
        title = f"{words.plain(f'headline.{view.headline}')} · {self._settings.company.name}"
        strips = [row.strip for group in groups for row in group.rows if row.strip]
        figures = any(strip.share or strip.bars for strip in strips)
        parts = {"board": board, "view": view, "groups": groups, "recorded": bool(strips), "figures": figures}
        return self._render("front.html", words, _Place(title=title), **parts)

    def incident(self, language: str, story: Story) -> bytes:
        """One story with every update."""
        notice = story.latest.notice
        title = f"{notice.title} · {self._settings.company.name}"
        place = _Place(title=title, path=f"/incidents/{story.incident.id}", kind="article")
        return self._render("incident.html", self._words[language], place, story=story)

    def history(self, language: str, chapter: Chapter | None, *, newest: bool) -> bytes:
        """The past of one month. chapter: None when there is no past; newest: at the address without a month."""
        words = self._words[language]
        title = f"{words.plain('section.history')} · {self._settings.company.name}"
        if chapter is not None:
            title = f"{words.month(chapter.month)} · {title}"
        path = "/history" if newest or chapter is None else f"/history/{chapter.month}"
        return self._render("history.html", words, _Place(title=title, path=path), chapter=chapter)

    def as_of(self, page: bytes, language: str, at: datetime) -> bytes:
        """A page of this class, with words at its top that say since when it may be out of date."""
        words = self._words[language]
        told = Markup('<p class="card stale" role="note">{}</p>').format(words.html("stale", moment=moment(at, words)))
        return page.replace(_AS_OF, told.encode(), 1)

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
            frame=self._frames[words.language],
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
