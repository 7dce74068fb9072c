"""What operators are told unasked, as Markdown in English: the texts behind ``intake.telling.Cards``. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.changes import Change, Draft
from bot.domain.delivery import Action, Delivery
from bot.domain.model import Incident, Signal
from bot.languages.markdown import escape
from bot.operators.answers import moment, spelt_out, standing
from bot.operators.cards import card, shortened

_MOST_EXAMPLES = 3
_LONGEST = 300
_TOPICS = {
    "unmatched": "signals that no rule matches",
    "noticed": "signals that customers are not told of",
    "storm": "notices became drafts (`/drafts`)",
}

_FORMER = "; the post there keeps its former words"
_NOT_DONE = {
    Action.POST: ("Not published at", ""),
    Action.EDIT: ("Not changed at", _FORMER),
    Action.AMEND: ("Not changed at", _FORMER),
    Action.PIN: ("Not pinned at", ""),
    Action.UNPIN: ("Not unpinned at", ""),
}


class Told:
    """The texts, with times in the company's zone. language: not used yet, all are English."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def draft(self, draft: Draft, language: str) -> str:
        """A draft waits for a yes."""
        return card(draft, zone=self._zone, now=draft.made_at)

    def published(self, change: Change, because: str, language: str) -> str:
        """Automation has published an update."""
        incident = change.incident
        head = f"**Published by itself: incident {incident.id}, update {change.number}** ({standing(incident)})"
        return f"{head}\n{_reason(because)}\n<{change.page}>"

    def withdrawn(self, incident: Incident, because: str, language: str) -> str:
        """A draft was withdrawn before anybody decided on it."""
        fate = "Customers never heard of it." if incident.published_at is None else "The story stays as it is."
        return f"**Draft withdrawn: incident {incident.id}** ({standing(incident)})\n{_reason(because)}. {fate}"

    def unmatched(self, signals: Sequence[Signal], language: str) -> str:
        """These signals came in and no rule says what they mean."""
        sources = ", ".join(f"{count} from {source}" for source, count in Counter(s.source for s in signals).items())
        shown = [f"• {_reason(signal.summary or signal.key)}" for signal in signals[:_MOST_EXAMPLES]]
        more = [f"... and {len(signals) - len(shown)} more"] if len(signals) > len(shown) else []
        head = f"**Signals that no rule matches: {sources}.** Customers are not told; `/incident` tells them."
        return "\n".join([head, *shown, *more])

    def noticed(self, held: Sequence[tuple[Signal, str]], language: str) -> str:
        """Signals that automation keeps to itself, with the reason of each."""
        shown = [
            f"• {_reason(signal.statement or signal.summary or signal.key)} ({_reason(why)})"
            for signal, why in held[:_MOST_EXAMPLES]
        ]
        more = [f"... and {len(held) - len(shown)} more"] if len(held) > len(shown) else []
        return "\n".join(["**Not told to customers:**", *shown, *more])

    def storm(self, notices: int, within: timedelta, language: str) -> str:
        """Automation has published so many notices in so long that all further ones become drafts."""
        minutes = round(within.total_seconds() / 60)
        return (
            f"**Storm brake: automation has published {notices} notices in {minutes} min.** All further ones become"
            " drafts without a card and wait for you: `/drafts`."
        )

    def untranslated(self, incident: Incident, number: int, absent: Mapping[str, str], language: str) -> str:
        """An update has own words, but not in these languages; why, where a machine was asked."""
        head = f"**Incident {incident.id}, update {number}: the own words are missing in {spelt_out([*absent])}.**"
        by_reason: dict[str, list[str]] = {}
        for tag, error in absent.items():
            by_reason.setdefault(error, []).append(tag)
        reasons = [f"• {spelt_out(tags)}: {_reason(error)}" for error, tags in by_reason.items() if error]
        example = " | ".join(f"{tag}: ..." for tag in list(absent)[:_MOST_EXAMPLES])
        command = f"`/translate {incident.id} {number} {example}`"
        say = f"Readers have the template's words there. {command} gives them yours."
        return "\n".join([head, *reasons[:_MOST_EXAMPLES], say])

    def more(self, topic: str, count: int, since: datetime, language: str) -> str:
        """So much more has come since operators were told of the topic then."""
        at = f"{since.astimezone(self._zone):%H:%M}"
        return f"**Since {at}: {count} more** {_TOPICS[topic]}."

    def silent(self, source: str, since: datetime, language: str) -> str:
        """A source that must not fall silent has been so since then."""
        at = moment(since, zone=self._zone, now=since)
        return (
            f"**Nothing heard from {escape(source)} since {at}.** While it is silent, outages it would have reported"
            " are not noticed."
        )

    def heard_again(self, source: str, language: str) -> str:
        """A source that operators were told was silent speaks again."""
        return f"**{escape(source)} is heard again.**"

    def given_up(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, or nobody can tell whether it was published."""
        head, fate = _NOT_DONE[delivery.action]
        return f"**{head} {escape(delivery.address)}**: {_subject(delivery)}{fate}.\n{_reason(because)}"

    def shut_out(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, as all further ones to its address will; said once for an incident."""
        head, fate = _NOT_DONE[delivery.action]
        more = "Nor will anything else be until that is mended; of this incident this is said once."
        return f"**{head} {escape(delivery.address)}**: {_subject(delivery)}{fate}.\n{_reason(because)}. {more}"

    def gone(self, delivery: Delivery, because: str, language: str) -> str:
        """The post that a delivery was to change has been deleted; said once for an incident."""
        return (
            f"**A post is gone from {escape(delivery.address)}**: {_subject(delivery)}. Somebody has deleted it there,"
            f" so it is left alone from now on; further updates are still posted.\n{_reason(because)}"
        )


def _subject(delivery: Delivery) -> str:
    return f"{escape(delivery.notice.title)} ({delivery.notice.language})" if delivery.notice else "a text"


def _reason(text: str) -> str:
    return escape(shortened(text, _LONGEST))
