"""The feed channel: a projection of a board as RSS 2.0, Atom or JSON Feed. Pure; nothing is sent anywhere.

Two kinds, because many readers never show a changed item again: ``feed`` has one item per incident, whose identity
stays while its words grow; ``updates`` has one item per update, which never changes.
"""

from bot.channels.feed.addresses import FORMS, FeedKind, addresses
from bot.channels.feed.entries import EMPTY_SINCE, Entry, Feed, draw
from bot.channels.feed.json_feed import json_feed
from bot.channels.feed.style import style
from bot.channels.feed.syndication import atom, rss

__all__ = [
    "EMPTY_SINCE",
    "FORMS",
    "Entry",
    "Feed",
    "FeedKind",
    "addresses",
    "atom",
    "draw",
    "json_feed",
    "rss",
    "style",
]
