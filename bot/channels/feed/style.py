"""What a feed looks like to somebody who opens it in a browser: a list of titles under a line that says what it is.

A style sheet and no more: browsers are dropping XSLT, and scripts have no business in a feed.
"""

from __future__ import annotations

from pathlib import Path

from bot.channels.words import Words
from bot.resources import SITE


def style(words: Words, file: Path = SITE / "feed.css") -> bytes:
    """The style sheet for feeds in one language. Raises OSError when its file cannot be read."""
    own = f":root{{direction:{words.direction}}}\n:root::before{{content:{_quoted(words.plain('feed.about'))}}}\n"
    return (file.read_text("utf-8") + own).encode()


def _quoted(text: str) -> str:
    """A CSS string (https://drafts.csswg.org/css-syntax/#consume-string-token)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ")
    return f'"{escaped}"'
