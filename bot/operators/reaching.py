"""The answer to /reach: who is told, by language, and how many have left. Markdown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.config.telegram import TelegramSettings
from bot.domain.following import Departure, Reach
from bot.domain.texts import later
from bot.languages.tongue import Tongue
from bot.operators.phrases import language_name

_WHY = {
    Departure.STOPPED: later("{n} said stop"),
    Departure.FORGOTTEN: later("{n} wanted to be forgotten"),
    Departure.BLOCKED: later("{n} blocked the bot"),
    Departure.DELETED: later("{n} deleted their account"),
}


def chats_of(telegram: TelegramSettings | None) -> Mapping[str, int]:
    """By language, how many chats the bots post in. telegram: None when it is off."""
    bots = telegram.all_bots.values() if telegram else ()
    return Counter(chat.language for bot in bots for chat in bot.chats)


def reach(chats: Mapping[str, int], found: Reach, left: Mapping[Departure, int], tongue: Tongue) -> str:
    """chats: by language; found: the subscribers; left: how many have left of late, by the reason."""
    languages = sorted({*chats, *found.subscribers}, key=lambda tag: (-found.subscribers.get(tag, 0), tag))
    lines = [_line(tag, chats.get(tag, 0), found.subscribers.get(tag, 0), tongue) for tag in languages]
    total, stopped = sum(found.subscribers.values()), found.stopped
    quiet = [tongue.many("{n} wants nothing at present.", "{n} want nothing at present.", n=stopped)] if stopped else []
    return "\n".join(
        [
            tongue.say("**Who is told**"),
            *lines,
            "",
            tongue.many("{n} subscriber in all.", "{n} subscribers in all.", n=total),
            *quiet,
            _departures(left, tongue),
        ]
    )


def _line(tag: str, chats: int, subscribers: int, tongue: Tongue) -> str:
    told = tongue.many("{n} chat", "{n} chats", n=chats)
    people = tongue.many("{n} subscriber", "{n} subscribers", n=subscribers)
    return f"{tongue.shown(language_name(tag, tongue))}: {told}, {people}"


def _departures(left: Mapping[Departure, int], tongue: Tongue) -> str:
    reasons = [tongue.say(_WHY[why], n=n) for why, n in left.items() if n]
    if not reasons:
        return tongue.say("Nobody has left in the last 30 days.")
    return tongue.say("Left in the last 30 days: {reasons}.", reasons=", ".join(reasons))
