"""What operators are told unasked, as Markdown: the texts behind ``intake.telling.Cards``. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cards import Card, Reader
from bot.domain.changes import Change, Draft
from bot.domain.delivery import Action, Delivery
from bot.domain.model import Incident, Signal
from bot.domain.proposals import Proposal
from bot.domain.texts import later
from bot.languages.markdown import escape
from bot.languages.tongue import Tongue, Tongues
from bot.operators import proposing
from bot.operators.drafts.card import card
from bot.operators.drafts.shortening import shortened
from bot.operators.phrases import clock_time, language_name, moment, spelt_out, standing
from bot.operators.promising import kept, reminder

_MOST_EXAMPLES = 3
_LONGEST = 300
_TOPICS = {
    "unmatched": later("**Since {time}: {n} more** signals that no rule matches."),
    "noticed": later("**Since {time}: {n} more** signals that customers are not told of."),
    "storm": later("**Since {time}: {n} more** notices became drafts (`/drafts`)."),
    "crowd": later("**Since {time}: {n} more** drafts without a card (`/drafts`)."),
}
_KEEPS = later("**Not changed at {address}**: {what}; the post there keeps its former words.")
_NOT_DONE = {
    Action.POST: later("**Not published at {address}**: {what}."),
    Action.EDIT: _KEEPS,
    Action.AMEND: _KEEPS,
    Action.PIN: later("**Not pinned at {address}**: {what}."),
    Action.UNPIN: later("**Not unpinned at {address}**: {what}."),
}
_CHANGED_AGAIN = later("**Posts can be changed again at {address}**, for the first time since {time}.")
_PINNED_AGAIN = later("**Posts can be pinned again at {address}**, for the first time since {time}.")
_AGAIN = {
    Action.POST: later("**Posts reach {address} again**, for the first time since {time}."),
    Action.EDIT: _CHANGED_AGAIN,
    Action.AMEND: _CHANGED_AGAIN,
    Action.PIN: _PINNED_AGAIN,
    Action.UNPIN: _PINNED_AGAIN,
}
_REPLACED = later(
    "**A post is gone from {address}**: {what}. Somebody has deleted it there; another one takes its place."
)
_LEFT_ALONE = later(
    "**A post is gone from {address}**: {what}. Somebody has deleted it there, so it is left alone from now on; further"
    " updates are still posted."
)


class Told:
    """The texts, each in its reader's language, with times in the company's zone."""

    def __init__(self, zone: ZoneInfo, tongues: Tongues) -> None:
        self._zone, self._tongues = zone, tongues

    def draft(self, draft: Draft, reader: Reader, page: str | None, now: datetime) -> Card:
        """A draft that waits for a yes, or what became of it."""
        return card(draft, reader, page, tongue=self._tongues.of(reader.language), zone=self._zone, now=now)

    def proposal(self, proposal: Proposal, reader: Reader, now: datetime) -> Card:
        """A change of what was published that more than one must agree to, or what became of it."""
        return proposing.card(proposal, reader, tongue=self._tongues.of(reader.language), zone=self._zone, now=now)

    def promised(self, incident: Incident, promised_at: datetime, reader: Reader, now: datetime) -> Card:
        """Customers were promised news by then, and nothing newer was published."""
        tongue = self._tongues.of(reader.language)
        return reminder(incident, promised_at, reader, tongue=tongue, zone=self._zone, now=now)

    def promise_kept(self, incident_id: int, at: datetime, language: str) -> str:
        """The news was published then."""
        return kept(incident_id, at, tongue=self._tongues.of(language), zone=self._zone)

    def published(self, change: Change, because: str, language: str) -> str:
        """Automation has published an update."""
        tongue = self._tongues.of(language)
        head = tongue.say(
            "**Published by itself: incident {id}, update {number}** ({standing})",
            id=change.incident.id,
            number=change.number,
            standing=standing(change.incident, tongue),
        )
        return f"{head}\n{_reason(because)}\n<{change.page}>"

    def withdrawn(self, incident: Incident, because: str, language: str) -> str:
        """A draft was withdrawn before anybody decided on it."""
        tongue = self._tongues.of(language)
        head = tongue.say(
            "**Draft withdrawn: incident {id}** ({standing})", id=incident.id, standing=standing(incident, tongue)
        )
        never = incident.published_at is None
        fate = tongue.say("Customers never heard of it.") if never else tongue.say("The story stays as it is.")
        return f"{head}\n{tongue.shown(_reason(because))}. {fate}"

    def unmatched(self, signals: Sequence[Signal], language: str) -> str:
        """These signals came in and no rule says what they mean."""
        tongue = self._tongues.of(language)
        counted = Counter(signal.source for signal in signals).items()
        by_source = ", ".join(tongue.say("{n} from {source}", n=n, source=escape(source)) for source, n in counted)
        head = tongue.say(
            "**Signals that no rule matches: {sources}.** Customers are not told; `/incident` tells them.",
            sources=by_source,
        )
        shown = [f"• {_reason(signal.summary or signal.key)}" for signal in signals[:_MOST_EXAMPLES]]
        return "\n".join([head, *shown, *_more(len(signals) - len(shown), tongue)])

    def noticed(self, held: Sequence[tuple[Signal, str]], language: str) -> str:
        """Signals that automation keeps to itself, with the reason of each."""
        tongue = self._tongues.of(language)
        shown = [
            f"• {_reason(signal.statement or signal.summary or signal.key)} ({_reason(why)})"
            for signal, why in held[:_MOST_EXAMPLES]
        ]
        head = tongue.say("**Not told to customers:**")
        return "\n".join([head, *shown, *_more(len(held) - len(shown), tongue)])

    def storm(self, notices: int, within: timedelta, language: str) -> str:
        """Automation has published so many notices in so long that all further ones become drafts."""
        return self._tongues.of(language).say(
            "**Storm brake: automation has published {n} notices in {minutes} min.** All further ones become drafts"
            " without a card and wait for you: `/drafts`.",
            n=notices,
            minutes=round(within.total_seconds() / 60),
        )

    def crowd(self, drafts: int, within: timedelta, language: str) -> str:
        """So many of automation's drafts have come in so long that all further ones get no card."""
        return self._tongues.of(language).say(
            "**{n} drafts of the last {minutes} min wait for you.** Further ones come without a card: `/drafts`.",
            n=drafts,
            minutes=round(within.total_seconds() / 60),
        )

    def untranslated(self, incident: Incident, number: int, absent: Mapping[str, str], language: str) -> str:
        """An update has own words, but not in these languages; why, where a machine was asked."""
        tongue = self._tongues.of(language)
        head = tongue.say(
            "**Incident {id}, update {number}: the own words are missing in {languages}.**",
            id=incident.id,
            number=number,
            languages=spelt_out([*absent], tongue),
        )
        by_reason: dict[str, list[str]] = {}
        for tag, error in absent.items():
            by_reason.setdefault(error, []).append(tag)
        reasons = [f"• {spelt_out(tags, tongue)}: {_reason(error)}" for error, tags in by_reason.items() if error]
        example = " | ".join(f"{tag}: ..." for tag in list(absent)[:_MOST_EXAMPLES])
        say = tongue.say(
            "Readers have the template's words there. {command} gives them yours.",
            command=f"`/translate {incident.id} {number} {example}`",
        )
        return "\n".join([head, *reasons[:_MOST_EXAMPLES], say])

    def more(self, topic: str, count: int, since: datetime, language: str) -> str:
        """So much more has come since operators were told of the topic then."""
        tongue = self._tongues.of(language)
        return tongue.say(_TOPICS[topic], time=clock_time(since.astimezone(self._zone), tongue), n=count)

    def silent(self, source: str, since: datetime, language: str) -> str:
        """A source that must not fall silent has been so since then."""
        tongue = self._tongues.of(language)
        return tongue.say(
            "**Nothing heard from {source} since {time}.** While it is silent, outages it would have reported are not"
            " noticed.",
            source=escape(source),
            time=moment(since, zone=self._zone, now=since, tongue=tongue),
        )

    def heard_again(self, source: str, language: str) -> str:
        """A source that operators were told was silent speaks again."""
        return self._tongues.of(language).say("**{source} is heard again.**", source=escape(source))

    def given_up(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, or nobody can tell whether it was published."""
        return f"{self._not_done(delivery, language)}\n{_reason(because)}"

    def shut_out(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, as all further ones to its address will; said once until it works again."""
        more = self._tongues.of(language).say(
            "Nor will anything else be until that is mended. This is said once; you will hear when it works again."
        )
        return f"{self._not_done(delivery, language)}\n{_reason(because)}. {more}"

    def open_again(self, delivery: Delivery, since: datetime, language: str) -> str:
        """What was not allowed where this delivery went, since then, works again."""
        tongue = self._tongues.of(language)
        at = moment(since, zone=self._zone, now=since, tongue=tongue)
        return tongue.say(_AGAIN[delivery.action], address=_place(delivery, tongue), time=at)

    def gone(self, delivery: Delivery, because: str, language: str, *, replaced: bool) -> str:
        """The post that a delivery was to change has been deleted; said once for an incident."""
        tongue = self._tongues.of(language)
        text = _REPLACED if replaced else _LEFT_ALONE
        said = tongue.say(text, address=_place(delivery, tongue), what=_subject(delivery, tongue))
        return f"{said}\n{_reason(because)}"

    def _not_done(self, delivery: Delivery, language: str) -> str:
        tongue = self._tongues.of(language)
        address, what = _place(delivery, tongue), _subject(delivery, tongue)
        return tongue.say(_NOT_DONE[delivery.action], address=address, what=what)


def _place(delivery: Delivery, tongue: Tongue) -> str:
    """The chat, with its topic, and the bot where that is not the usual one."""
    address, bot = escape(delivery.address), delivery.channel.partition(".")[2]
    if delivery.topic is not None:
        address = tongue.say("{address} (topic {topic})", address=address, topic=delivery.topic)
    return tongue.say("{address} (bot {bot})", address=address, bot=escape(bot)) if bot else address


def _subject(delivery: Delivery, tongue: Tongue) -> str:
    """What it was about, and where more is said: the title names the components, in the chat's language."""
    if delivery.notice is None:
        return tongue.say("a text")
    title, language = escape(delivery.notice.title), escape(language_name(delivery.notice.language, tongue))
    if delivery.incident_id is None:
        return f"{tongue.shown(title)} ({language})"
    return tongue.say(
        "incident {id}, {title} ({language}; {command} shows where it went)",
        id=delivery.incident_id,
        title=title,
        language=language,
        command=f"`/deliveries {delivery.incident_id}`",
    )


def _more(n: int, tongue: Tongue) -> list[str]:
    return [tongue.say("... and {n} more", n=n)] if n > 0 else []


def _reason(text: str) -> str:
    return escape(shortened(text, _LONGEST))
