"""From what a sender wrote to a Signal that is safe to store, log and show. Every source makes its signals here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed

LONGEST_NAME = 200
LONGEST_VALUE = 1000
LONGEST_SUMMARY = 500
LONGEST_KEY = 300
LONGEST_STATEMENT = 3000
LONGEST_URL = 2000
MOST_LABELS = 200

_SPACING = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Controls, what turns the direction of the text around it, halves of surrogate pairs, and two that XML cannot carry.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_URL = re.compile(r"https?://[^\s/?#@\"'<>]+([/?#][^\s\"'<>]*)?", re.IGNORECASE)


def signal(
    source: str,
    *,
    key: str,
    state: SignalState,
    labels: Mapping[str, str] | None = None,
    summary: str = "",
    at: datetime | None = None,
    url: str = "",
    statement: str = "",
    ordered: bool = False,
) -> Signal:
    """A Signal whose texts are clean and of sane length. url: "" or anything that is no http address becomes None;
    statement: keeps its line breaks; labels: of more than ``MOST_LABELS`` the last are kept.

    Raises Malformed for a blank key, which every other nameless problem would have too.
    """
    if not key.replace("/", "").strip():  # one of several empty texts is spelled with a slash between each
        raise Malformed("nothing in it names the problem")
    named = list((labels or {}).items())[-MOST_LABELS:]
    return Signal(
        source=source,
        key=key if len(key) <= LONGEST_KEY and key.isprintable() else _sha256(key),
        state=state,
        labels={clean(name, LONGEST_NAME): clean(value, LONGEST_VALUE) for name, value in named},
        summary=clean(summary, LONGEST_SUMMARY).strip(),
        at=at,
        url=url if is_url(url) else None,
        statement=_several_lines(statement),
        ordered=ordered,
    )


def _several_lines(text: str) -> str:
    return "\n".join(clean(line, LONGEST_STATEMENT) for line in text.splitlines())[:LONGEST_STATEMENT].strip()


def clean(text: str, longest: int) -> str:
    """One line without control characters and direction overrides, at most ``longest`` characters."""
    if not text.isprintable():
        text = _INVISIBLE.sub("", _SPACING.sub(" ", text))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def is_url(text: str) -> bool:
    """True for an absolute http or https address of sane length, without white space, quotes or angle brackets.

    One with a name and password in it, as checks of protected sites have, is none: it would be stored and shown.
    """
    return len(text) <= LONGEST_URL and text.isprintable() and _URL.fullmatch(text) is not None


def digest(labels: Mapping[str, str]) -> str:
    """A name for a problem that has nothing but its labels: their hash, whatever their order."""
    return _sha256(json.dumps(sorted(labels.items())))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
