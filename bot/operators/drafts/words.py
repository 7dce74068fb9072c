"""One language's words of a draft, exactly as customers will see them, and which language that is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.model import Notice
from bot.languages.length import plain
from bot.languages.markdown import escape, to_plain
from bot.languages.negotiate import closest
from bot.languages.text import utf16_length
from bot.languages.tongue import Tongue
from bot.operators.drafts.shortening import cut
from bot.operators.phrases import language_name


def opened_at(notices: Mapping[str, Notice], language: str) -> str:
    """The language a reader sees first: their own, else what comes closest, else the first."""
    return closest(language, tuple(notices)) or next(iter(notices))


def beside(notices: Mapping[str, Notice], shown: str) -> tuple[str, int, str]:
    """The language before the one that is shown, its place from 1 on, and the language after it, round and round."""
    order = list(notices)
    place = order.index(shown)
    return order[place - 1], place + 1, order[(place + 1) % len(order)]


def headline(notices: Mapping[str, Notice], shown: str, tongue: Tongue) -> str:
    """Which language this is, which of how many, and whether the words are in another one."""
    _, place, _ = beside(notices, shown)
    name, notice = language_name(shown, tongue), notices[shown]
    which = f"🌐 **{escape(name)}** · {place}/{len(notices)}" if len(notices) > 1 else f"🌐 **{escape(name)}**"
    if notice.lang == shown:
        return which
    return f"{which} · {tongue.say('in {language}', language=escape(language_name(notice.lang, tongue)))}"


def words(notice: Notice, *, most: int) -> str:
    """The notice as Markdown, in the order Telegram shows it. most: UTF-16 code units it may have; a longer body is
    cut.
    """
    over = utf16_length(plain(notice)) - most
    if over > 0:
        body = to_plain(notice.body)
        notice = replace(notice, body=escape(cut(body, max(1, utf16_length(body) - over))))
    return "\n\n".join(part for part in _parts(notice) if part)


def _parts(notice: Notice) -> tuple[str, ...]:
    return (
        escape(notice.state),
        f"**{escape(notice.title)}**",
        f"*{escape(notice.label)}*" if notice.label else "",
        notice.body,
        "\n".join(f"> {line}" for line in notice.instead.splitlines()) if notice.instead else "",
        notice.more,
    )
