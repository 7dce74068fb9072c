"""JSON as every channel writes it for programs: UTF-8, readable, and with no character that breaks somebody's parser.

No document of its own; what is in one is each channel's say.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.channels.characters import clean


def json_text(document: object) -> bytes:
    """The document as UTF-8, a space per level, ending in a line end. Control characters are escaped, as JSON asks;

    lone surrogates, which no UTF-8 can carry, are left out.
    """
    return clean(json.dumps(document, ensure_ascii=False, indent=1)).encode() + b"\n"


def moment(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: ``2025-03-04T08:17:30.000Z``, as Statuspage and JavaScript write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
