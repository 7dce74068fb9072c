"""Where the feeds are: two kinds in three forms, per language, of everything and of one component."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.config.settings import Settings

FORMS = ("rss", "atom", "json")
"""The formats; each is the ending of an address."""


class FeedKind(StrEnum):
    """What an item is: one per incident, or one per update."""

    INCIDENTS = "feed"
    UPDATES = "updates"


def path(kind: FeedKind, component: str | None) -> str:
    """What follows the language, without the ending. component: None for the feed of everything."""
    return str(kind) if component is None else f"components/{component}/{kind}"


def stylesheet(settings: Settings, language: str) -> str:
    """Absolute address of what makes feeds in this language readable for people who open them in a browser."""
    return f"{settings.public_url}/{language}/feed.css"


def addresses(settings: Settings, components: Iterable[str]) -> list[str]:
    """The absolute address of every feed of everything, and of these components, in every language and form."""
    places: list[str | None] = [None, *components]
    return [
        f"{settings.public_url}/{language}/{path(kind, component)}.{form}"
        for component in places
        for language in settings.languages
        for kind in FeedKind
        for form in FORMS
    ]
