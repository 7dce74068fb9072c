"""Any RSS or Atom feed of incidents. Such a feed is a history: what goes on now is what does not say that it is over.

Three habits are known: one item per incident, whose text begins with its newest update (Statuspage, incident.io); one
item per update, whose title says how things stand (Amazon); and only what is open, without a word (Meta, Azure), which
has to be configured as ``only_open``. An item without a known word is unknown otherwise: never up, never down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from bot.domain.model import SignalState
from bot.sources.upstream.base import UNRATED, Finding, Report, StatusPage
from bot.sources.upstream.feeds import Item, items

_OVER = SignalState.RESOLVED
_NOW = SignalState.FIRING
_WORDS: Mapping[str, SignalState] = {
    "resolved": _OVER,
    "completed": _OVER,
    "postmortem": _OVER,
    "closed": _OVER,
    "cancelled": _OVER,
    "service is operating normally": _OVER,
    "scheduled": _OVER,  # not yet, which is not now either
    "investigating": _NOW,
    "identified": _NOW,
    "monitoring": _NOW,
    "update": _NOW,
    "service impact": _NOW,
    "service degradation": _NOW,
    "service disruption": _NOW,
    "performance issues": _NOW,
    "informational message": _NOW,
    "in progress": SignalState.MAINTENANCE,
    "verifying": SignalState.MAINTENANCE,
}
_ANY = "|".join(map(re.escape, _WORDS))
_BRACKETS = re.compile(rf"\[({_ANY})\]", re.IGNORECASE)
_PREFIX = re.compile(rf"({_ANY})\s*[:\u2013-]\s+", re.IGNORECASE)
_IN_TEXT = re.compile(rf"\bstatus:\s*({_ANY})\b|(?:^|\s)({_ANY})\s+-\s", re.IGNORECASE)
_STAMP = re.compile(r"_[0-9]{9,11}$")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndicationFeed(StatusPage):
    """An RSS or Atom feed, whose product is always ``page``.

    only_open: the feed holds nothing but what goes on now, so that an item without a word for it does too.
    """

    type: ClassVar[str] = "syndication_feed"

    def report(self, answers: Sequence[bytes]) -> Report:
        """What goes on now, as the newest word on each story has it."""
        return Report(findings=list(findings_in(items(answers[0]), only_open=self.only_open)))


def findings_in(found: Sequence[Item], *, only_open: bool) -> Iterator[Finding]:
    """One per story that is not known to be over; its beginning is that of its oldest item."""
    stories: dict[str, list[Item]] = {}
    for item in found:
        stories.setdefault(_story(item), []).append(item)
    for told in stories.values():
        item = max(told, key=lambda each: each.at or _EARLIEST)  # the first of equals: feeds begin with the newest
        word = word_of(item)
        state = _WORDS.get(word, _NOW if only_open else SignalState.UNKNOWN)
        if state is not _OVER:
            finding = Finding(product="", state=state, status=word, title=item.title, url=item.url, at=_oldest(told))
            yield replace(finding, impact=UNRATED) if state is _NOW else finding


def word_of(item: Item) -> str:
    """The word for how things stand: in the title, else the first in the text, where feeds put the newest update.

    In small letters; "" when there is no known one.
    """
    found = _BRACKETS.search(item.title) or _PREFIX.match(item.title) or _IN_TEXT.search(item.text)
    return next(filter(None, found.groups()), "").lower() if found else ""


def _story(item: Item) -> str:
    """What items about the same incident share.

    Titles that carry a word, and identities that end in a time, mean one item per update; otherwise an item is a story.
    """
    thread = _STAMP.sub("", item.identity)
    title = _PREFIX.sub("", _BRACKETS.sub("", item.title), count=1)
    title = " ".join(title.casefold().split())
    if thread != item.identity:
        return f"{thread} {title}"
    return title if title != item.title.casefold() or not thread else thread


def _oldest(told: Iterable[Item]) -> datetime | None:
    return min((item.at for item in told if item.at is not None), default=None)
