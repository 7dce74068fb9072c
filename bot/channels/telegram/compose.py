"""The words of one delivery, laid out as Telegram shows them. Pure; the words themselves come frozen in the notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.channels.telegram.dates import dated
from bot.channels.telegram.entities import MOST_UNITS, Formatted, directed, joined, limited, plain, quoted, units
from bot.channels.telegram.markdown import render
from bot.domain.delivery import Delivery
from bot.domain.model import Notice
from bot.domain.stated import Stated
from bot.errors import Permanent, Reason


def compose(delivery: Delivery) -> Formatted:
    """What the reader of this delivery sees: a notice, or a text for an operator.

    Raises Permanent (REFUSED) when it is empty or longer than one Telegram text may be; a notice in two parts could
    not be kept up to date by editing.
    """
    if delivery.notice is None:
        return _text(delivery.text or "")
    notice, opening = delivery.notice, delivery.opening or delivery.notice
    return _notice(notice, notice.moments, opening, opening.moments)


@lru_cache(maxsize=64)
def _text(text: str) -> Formatted:
    return _fitting(render(text))


@lru_cache(maxsize=64)
def _notice(notice: Notice, moments: Sequence[Stated], opening: Notice, opening_moments: Sequence[Stated]) -> Formatted:
    """Worked out once for all who get the same. moments: named, for notices that differ in them only are equal."""
    return _fitting(joined((dated(_state(notice), moments), dated(_story(opening), opening_moments))))


def _fitting(whole: Formatted) -> Formatted:
    formatted = limited(whole)
    length = units(formatted.text)
    if length > MOST_UNITS:
        raise Permanent(
            f"the text has {length} UTF-16 units, Telegram takes at most {MOST_UNITS}", reason=Reason.REFUSED
        )
    if not formatted.text:
        raise Permanent("there are no words to send", reason=Reason.REFUSED)
    return formatted


def earlier(delivery: Delivery) -> tuple[Formatted, ...]:
    """What the reader would see of an uncertain post, should it have left before its words were replaced."""
    return tuple(compose(replace(delivery, notice=notice)) for notice in delivery.earlier)


def _state(notice: Notice) -> Formatted:
    """The one line that says where things stand; the only part that changes when a first post is edited."""
    return directed(plain(notice.state), notice.direction)


def _story(notice: Notice) -> Formatted:
    parts = (
        plain(notice.title, style="bold"),
        plain(notice.label or "", style="italic"),
        render(notice.body),
        quoted(render(notice.instead or "")),
        render(notice.more),
    )
    return directed(joined(parts), notice.direction)
