"""The pieces of HTML that pages and feeds share. What may stand in a notice's HTML is ``languages.markdown``'s say."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from markupsafe import Markup, escape

from bot.channels.words import Words
from bot.languages.markdown import to_html


@lru_cache(maxsize=4096)
def paragraphs(markdown: str) -> Markup:
    """A notice's Markdown as HTML. Kept, for after a change most notices of a page are those from before."""
    return Markup(to_html(markdown))  # noqa: S704  # to_html escapes all that is not its own


def moment(at: datetime, words: Words) -> Markup:
    """``<time>``: as the language writes it for people, in UTC to the second for programs."""
    return _time(at, words.moment(at))


def until(start: datetime, end: datetime, words: Words) -> Markup:
    """The end of a stretch of time as ``<time>``, without its day when that is the day of the start."""
    return _time(end, words.clock(end) if words.same_day(start, end) else words.moment(end))


def _time(at: datetime, shown: str) -> Markup:
    # Markup.format would do, at ten times the cost, and a page has dozens of these.
    written = f'<time datetime="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}">{escape(shown)}</time>'
    return Markup(written)  # noqa: S704  # all of it is escaped
