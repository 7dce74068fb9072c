"""The words of one delivery, laid out as Telegram shows them. Pure; the words themselves come frozen in the notice."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.telegram.entities import MOST_UNITS, Formatted, directed, joined, limited, plain, quoted, units
from bot.channels.telegram.markdown import render
from bot.domain.delivery import Delivery
from bot.domain.model import Notice
from bot.errors import Permanent, Reason


def compose(delivery: Delivery) -> Formatted:
    """What the reader of this delivery sees: a notice, or a text for an operator.

    Raises Permanent (REFUSED) when it is empty or longer than one Telegram text may be; a notice in two parts could
    not be kept up to date by editing.
    """
    formatted = limited(_layout(delivery))
    length = units(formatted.text)
    if length > MOST_UNITS:
        raise Permanent(
            f"the text has {length} UTF-16 units, Telegram takes at most {MOST_UNITS}", reason=Reason.REFUSED
        )
    if not formatted.text:
        raise Permanent("there are no words to send", reason=Reason.REFUSED)
    return formatted


def _layout(delivery: Delivery) -> Formatted:
    if delivery.notice is None:
        return render(delivery.text or "")
    return joined((_state(delivery.notice), _story(delivery.opening or delivery.notice)))


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
