"""What kind of file a name stands for, as the service says it of the same address. Pure."""

from __future__ import annotations

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_FEEDS = ("feed.json", "updates.json")


def content_type(name: str) -> str:
    """The media type of a file of the site. name: relative, with slashes."""
    file = name.rpartition("/")[2]
    if file in _FEEDS:
        return "application/feed+json"
    return _TYPES.get(f".{file.rpartition('.')[2]}", "application/octet-stream")
