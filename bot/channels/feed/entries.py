"""From a board to the items of a feed, as values. No format here: RSS, Atom and JSON say the same things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.channels.characters import clean
from bot.channels.feed.addresses import FeedKind, path, stylesheet
from bot.channels.markup import moment, paragraphs
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Notice, Story, StoryUpdate

EMPTY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed without items says it was updated: both formats must say something, and "now" would never be true.

The W3C's validator holds everything before 1990 for a mistake.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item. id: a tag URI (RFC 4151) that never changes; url: absolute address of the incident's page;

    title: plain text, never empty; html: the whole content; summary: HTML, the newest update alone, equal to ``html``
    when there is no more; lang: of the words used; categories: component names;
    published, updated: aware, UTC.
    """

    id: str
    url: str
    title: str
    html: str
    summary: str
    lang: str
    categories: tuple[str, ...]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """All that a feed says, in any format.

    address: absolute, without the ending that names the format (``.rss``); home: the page of the same language;
    alternates: the same feed in every language, itself included, as (language, address without ending);
    stylesheet: absolute address of its looks in a browser; hub: of the WebSub hub that is told of changes, None for
    none;
    entries: newest first.
    """

    title: str
    description: str
    company: str
    company_url: str
    language: str
    address: str
    home: str
    alternates: tuple[tuple[str, str], ...]
    stylesheet: str
    hub: str | None
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        """When the newest entry changed; EMPTY_SINCE when there is none."""
        return max((entry.updated for entry in self.entries), default=EMPTY_SINCE)


def draw(board: Board, *, kind: FeedKind, component: str | None, settings: Settings, words: Words) -> Feed:
    """The feed of one kind in the board's language, of everything or of one component.

    It holds at most ``channels.feed.items`` items, the most recently changed ones.
    Raises KeyError when there is no such component.
    """
    stories = [
        story for story in (*board.open, *board.past) if component is None or component in story.incident.components
    ]
    where = path(kind, component)
    site = settings.public_url
    own = settings.channels.feed
    limit = own.items if own else 0
    make = _of_incident if kind is FeedKind.INCIDENTS else _of_update
    return Feed(
        title=_title(kind, component, settings, words),
        description=words.plain("description"),
        company=clean(settings.company.name),
        company_url=clean(settings.company.url),
        language=words.language,
        address=f"{site}/{words.language}/{where}",
        home=f"{site}/{words.language}/",
        alternates=tuple((language, f"{site}/{language}/{where}") for language in settings.languages),
        stylesheet=stylesheet(settings, words.language),
        hub=own.hub if own else None,
        entries=tuple(make(story, update, settings, words) for story, update in _newest(stories, kind, limit)),
    )


def _title(kind: FeedKind, component: str | None, settings: Settings, words: Words) -> str:
    subject = settings.company.name
    if component is not None:
        subject = f"{subject} · {words.name(settings.components[component].name)}"
    key = "feed.incidents.title" if kind is FeedKind.INCIDENTS else "feed.updates.title"
    return clean(words.plain(key, company=subject))


def _newest(stories: Iterable[Story], kind: FeedKind, limit: int) -> list[tuple[Story, StoryUpdate]]:
    """What the items are made of, the newest first."""
    told = [
        (story, update)
        for story in stories
        for update in (reversed(story.updates) if kind is FeedKind.UPDATES else [story.latest])
    ]
    return sorted(told, key=lambda pair: pair[1].at, reverse=True)[:limit]


def _of_incident(story: Story, latest: StoryUpdate, settings: Settings, words: Words) -> Entry:
    entry = _of_update(story, latest, settings, words)
    published = story.updates[0].at.astimezone(UTC)
    updated = story.changed_at.astimezone(UTC)
    return replace(entry, id=_tag(story, settings), html=_whole(story, words), published=published, updated=updated)


def _of_update(story: Story, update: StoryUpdate, settings: Settings, words: Words) -> Entry:
    components = [settings.components[id] for id in story.incident.components if id in settings.components]
    names = (clean(words.name(component.name)) for component in components)
    notice = update.notice
    newest = clean(_paragraphs(update, words) + _instead(notice))
    return Entry(
        id=f"{_tag(story, settings)}/update/{update.number}",
        url=f"{settings.public_url}/{words.language}/incidents/{story.incident.id}",
        title=clean(notice.title).strip() or "—",
        html=newest,
        summary=newest,
        lang=notice.lang,
        categories=tuple(name for name in names if name),
        published=update.at.astimezone(UTC),
        updated=(update.amended_at or update.at).astimezone(UTC),
    )


def _tag(story: Story, settings: Settings) -> str:
    """https://www.rfc-editor.org/rfc/rfc4151: the host is an ASCII name, the date one on which it was ours."""
    host = (urlsplit(settings.public_url).hostname or "localhost").encode("idna").decode()
    return f"tag:{host},{story.incident.started_at.astimezone(UTC):%Y-%m-%d}:incident/{story.incident.id}"


def _whole(story: Story, words: Words) -> str:
    """While it is open where else to reach the company comes first; then every update, newest first."""
    first = Markup() if story.latest.status.ends else _instead(story.latest.notice)
    return clean(first + Markup().join(_paragraphs(update, words) for update in reversed(story.updates)))


def _paragraphs(update: StoryUpdate, words: Words) -> Markup:
    status = words.plain(f"status.{update.status}")
    head = Markup("<p><strong>{}</strong> · {}</p>\n").format(status, moment(update.at, words))
    label = update.notice.label
    mark = Markup("<p><em>{}</em></p>\n").format(label) if label else Markup()
    return head + _spoken(update.notice, mark + paragraphs(update.notice.body))


def _instead(notice: Notice) -> Markup:
    return _spoken(notice, paragraphs(notice.instead)) if notice.instead else Markup()


def _spoken(notice: Notice, html: Markup) -> Markup:
    """Declares the language and direction of the words, of which a feed reader's own page says nothing."""
    return Markup('<div lang="{}" dir="{}">\n{}</div>\n').format(notice.lang, notice.direction, html)
