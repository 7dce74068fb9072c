"""A draft as operators see it: what happened, the words, what happens at the deadline, and how to answer. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.changes import Draft
from bot.domain.model import Notice, OnDeadline
from bot.languages.markdown import escape, to_plain
from bot.operators.answers import affected, language_name, moment, spelt_out, spoken

MOST = 10
"""How many cards one /drafts shows; the oldest first."""

_MOST_LANGUAGES = 6
_LONGEST_REASON = 300
_LONGEST_TITLE = 80
_LONGEST_BODY = 140


def card(draft: Draft, *, zone: ZoneInfo, now: datetime) -> str:
    """One draft, under Telegram's 4,096 UTF-16 units whatever it holds. zone: the company's, for times; now: aware."""
    because = escape(shortened(draft.because, _LONGEST_REASON))
    answer = f"`/publish {draft.id}` `/drop {draft.id}`"
    return "\n\n".join(
        [
            f"{_head(draft)}\n{because}",
            *_words(draft),
            f"{_deadline(draft, zone=zone, now=now)}\n{answer}",
        ]
    )


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut at the last space that leaves at most ``longest`` characters."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[longest // 2 :] else cut}…"


def _head(draft: Draft) -> str:
    incident = draft.incident
    what = f"{affected(incident)} · {draft.impact} · {spoken(draft.status)}"
    return f"**Draft {draft.id}** · incident {incident.id} · {what}"


def _words(draft: Draft) -> list[str]:
    shown = [_notice(language, notice) for language, notice in list(draft.notices.items())[:_MOST_LANGUAGES]]
    hidden = list(draft.notices)[_MOST_LANGUAGES:]
    return (
        [*shown, f"... and in {spelt_out(hidden[:_MOST_LANGUAGES])}{' ...' if len(hidden) > _MOST_LANGUAGES else '.'}"]
        if hidden
        else shown
    )


def _notice(language: str, notice: Notice) -> str:
    """The title goes first, so that the line reads in its direction."""
    fallback = f", in {language_name(notice.lang)}" if notice.lang != language else ""
    title = escape(shortened(notice.title, _LONGEST_TITLE))
    return (
        f"**{title}** ({language_name(language)}{fallback})\n{escape(shortened(to_plain(notice.body), _LONGEST_BODY))}"
    )


def _deadline(draft: Draft, *, zone: ZoneInfo, now: datetime) -> str:
    if draft.deadline is None:
        return "It waits until somebody says yes or no."
    then = "published" if draft.on_deadline is OnDeadline.PUBLISH else "dropped"
    return f"Without an answer it is {then} at {moment(draft.deadline, zone=zone, now=now)} ({zone.key})."
