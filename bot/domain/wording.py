"""Which words exactly: a short name for the notices of a draft, so that a yes to other words can be told. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from bot.domain.model import Notice

_LENGTH = 12


def wording_of(notices: Mapping[str, Notice]) -> str:
    """12 hexadecimal digits; equal for equal words in every language, with the same status and impact."""
    whole = [
        [tag, each.status, each.impact, each.state, each.title, each.label, each.body, each.instead, each.more]
        for tag, each in sorted(notices.items())
    ]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:_LENGTH]
