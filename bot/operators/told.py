"""What operators are told unasked, as Markdown in English: the texts behind ``intake.telling.Cards``. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.changes import Change, Draft
from bot.domain.delivery import Delivery
from bot.domain.model import Incident, Signal
from bot.languages.markdown import escape
from bot.operators.answers import standing
from bot.operators.cards import card, shortened

_MOST_EXAMPLES = 3
_LONGEST = 300


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

    def given_up(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, or nobody can tell whether it was published."""
        what = f"{escape(delivery.notice.title)} ({delivery.notice.language})" if delivery.notice else "a text"
        return f"**Not published at {escape(delivery.address)}**: {delivery.action} of {what}.\n{_reason(because)}"


def _reason(text: str) -> str:
    return escape(shortened(text, _LONGEST))
