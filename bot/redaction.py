"""Secrets out of texts, before anybody reads them. Knows no log and no file; text in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from urllib.parse import quote, quote_plus

MASK = "***"

_SHAPES = re.compile(
    r"""
      (?<!\d) \d{6,} (?: : | %3A ) [A-Za-z0-9_-]{30,}      # a Telegram bot token
    | (?P<scheme> \b (?: Bearer | Basic ) \s+ ) [^\s"',;]+   # an Authorization header
    | (?P<name> \b token= ) [^\s&"'<>]+                    # a hook's secret in its URL
    | (?P<user> :// [^\s/:@]* : ) [^\s/@]+ (?=@)           # a password in an address
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Redactor:
    """Replaces the given secrets, and whatever is shaped like one, by ``***``.

    secrets: as configured; empty ones are ignored. They are found as they are, URL-quoted, and as Python or JSON print
    them.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        forms = {form for secret in secrets if secret.strip() for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return _SHAPES.sub(_masked, self._known.sub(MASK, text))


def _forms(secret: str) -> set[str]:
    quoted = {
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    }
    lower = {re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), form) for form in quoted}
    return {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]} | quoted | lower


def _masked(found: re.Match[str]) -> str:
    kept = found["scheme"] or found["name"] or found["user"] or ""
    return kept + MASK
