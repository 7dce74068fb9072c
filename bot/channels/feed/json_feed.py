"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), which feedgen does not know."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from bot.channels.feed.entries import Entry, Feed


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1, UTF-8."""
    author = {"name": feed.company, "url": feed.company_url}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.home,
        "feed_url": f"{feed.address}.json",
        "language": feed.language,
        "authors": [author],
        **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": Markup(entry.summary).striptags(),  # noqa: S704  # text comes out, not markup
        "content_html": entry.html,
        "date_published": _moment(entry.published),
        "date_modified": _moment(entry.updated),
        "language": entry.lang,
        "tags": list(entry.categories),
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
