"""What operators read back about what they said to customers, as Markdown. Pure. Help is in ``manual``.

Commands stand in code spans: a tap on one copies all of it, where a tap on a bare ``/publish 7`` sends ``/publish``.
tongue, everywhere: whose language it is said in.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.changes import Amendment, Change, Draft
from bot.domain.model import Incident, Status
from bot.domain.texts import later
from bot.errors import CommandError
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue
from bot.operators.phrases import language_name, spelt_out, standing

NO_DRAFTS = later("No drafts wait.")
DEFECT = later("That did not work; it has been logged.")
TOO_LATE = later("this command is more than 15 minutes old: I was away when it came. Send it again if it still holds.")
PRESSED_TOO_LATE = later(
    "this button may have been pressed more than 15 minutes ago: I was away. Nothing was done. Press it again if it"
    " still holds."
)
TEXT_ONLY = later("I read text only. Send the command as plain text; pictures and files are not published.")


def published(change: Change, *, projections: Sequence[str], plan: Sequence[str] = (), tongue: Tongue = ENGLISH) -> str:
    """An update is published.

    projections: the channels that need no deliveries, such as website and feed; plan: lines about its window.
    """
    incident = change.incident
    head = tongue.say(
        "**Published: incident {id}, update {number}** ({standing})",
        id=incident.id,
        number=change.number,
        standing=standing(incident, tongue),
    )
    return "\n".join(
        [
            head,
            *plan,
            *_at_once(projections, tongue, change.languages),
            _deliveries(change, tongue),
            _words(change, tongue),
            f"<{change.page}>",
            next_steps(incident, tongue),
        ]
    )


def amended(amendment: Amendment, *, projections: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """Words of a published update were replaced. projections: as for ``published``."""
    which = {"id": amendment.incident.id, "number": amendment.number}
    if not amendment.languages:
        return tongue.say("Nothing changed: incident {id}, update {number} says that already.", **which)
    head = tongue.say(
        "**Your words are in: incident {id}, update {number}, in {languages}**",
        languages=spelt_out(amendment.languages, tongue),
        **which,
    )
    return "\n".join(
        [head, *_templated(amendment, tongue), _shown(amendment, projections, tongue), f"<{amendment.page}>"]
    )


def withdrawn(amendment: Amendment, *, projections: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """One update of a story says by now only that it was published in error. projections: as for ``published``."""
    which = {"id": amendment.incident.id, "number": amendment.number}
    if not amendment.languages:
        return tongue.say("Nothing changed: incident {id}, update {number} says that already.", **which)
    head = tongue.say(
        "**Withdrawn: incident {id}, update {number}.** In its place stands that it was published in error.", **which
    )
    return "\n".join([head, _shown(amendment, projections, tongue), f"<{amendment.page}>"])


def retracted(change: Change, *, projections: Sequence[str], tongue: Tongue = ENGLISH) -> str:
    """A whole story was withdrawn. projections: as for ``published``."""
    head = tongue.say(
        "**Withdrawn: incident {id}.** Every update of it says so now, and it is closed.", id=change.incident.id
    )
    return "\n".join(
        [head, *(f"{line}." for line in _at_once(projections, tongue)), _deliveries(change, tongue), f"<{change.page}>"]
    )


def drafted(change: Change, *, plan: Sequence[str] = (), tongue: Tongue = ENGLISH) -> str:
    """An update was written by somebody who may not publish it. plan: lines about its window."""
    incident = change.incident
    head = tongue.say(
        "**Draft {draft} waits for a publisher** (incident {id}: {standing})",
        draft=change.update_id,
        id=incident.id,
        standing=standing(incident, tongue),
    )
    return "\n".join(
        [head, tongue.say("Nothing is published yet."), *plan, _words(change, tongue), *_how_decided(change, tongue)]
    )


def _how_decided(change: Change, tongue: Tongue) -> list[str]:
    """Who has said yes to a draft, and who can."""
    commands = {"publish": f"`/publish {change.update_id}`", "drop": f"`/drop {change.update_id}`"}
    if not change.approvals:
        return [tongue.say("A publisher says {publish} or {drop}; `/drafts` shows its words.", **commands)]
    names, n = tongue.listed([escape(name) for name in change.approvals]), len(change.approvals)
    return [
        tongue.say("Yes from {names}: {n} of {needed}.", names=names, n=n, needed=change.needed),
        tongue.say("Another publisher says {publish} or {drop}; `/drafts` shows its words.", **commands),
    ]


def counted(draft: Draft, name: str, tongue: Tongue = ENGLISH) -> list[str]:
    """What who has just changed a draft must know where more than one must agree: nothing where one is enough.

    draft: as it is now; name: theirs.
    """
    if draft.needed < 2 or name not in draft.approvals:
        return []
    n = len(draft.approvals)
    return [tongue.say("Changing it counts as your yes: {n} of {needed}.", n=n, needed=draft.needed)]


def left_as_they_were(languages: Sequence[str], tongue: Tongue = ENGLISH) -> list[str]:
    """In which languages a draft still has a human's words from before it was reworded in others; none for none."""
    names = tongue.listed([language_name(each, tongue) for each in languages])
    return [tongue.say("Still as they were: the own words in {languages}.", languages=names)] if languages else []


def dropped(change: Change, tongue: Tongue = ENGLISH) -> str:
    """A draft was dropped."""
    if change.incident.published_at is None:
        fate = tongue.say("Customers never heard of it.")
    elif change.incident.open:
        fate = tongue.say("The story goes on.")
    else:
        fate = tongue.say("With it the incident is closed.")
    return tongue.say(
        "**Dropped: draft {draft} of incident {id}.** {fate}", draft=change.update_id, id=change.incident.id, fate=fate
    )


def refusal(error: CommandError, tongue: Tongue = ENGLISH) -> str:
    """A command was not carried out."""
    return tongue.say("**Not done:** {reason}", reason=escape(tongue.error(error)))


def named(channel: str, tongue: Tongue = ENGLISH) -> str:
    """A channel's name at the beginning of a line."""
    name = channel.capitalize()
    return tongue.say(name) if name in _CHANNELS else name


_CHANNELS = (later("Website"), later("Feed"), later("Website and feed"))


def _at_once(projections: Sequence[str], tongue: Tongue, languages: Sequence[str] = ()) -> list[str]:
    """Where it is already, and in which languages."""
    if not projections:
        return []
    where = named(" and ".join(projections), tongue)
    if not languages:
        return [tongue.say("{channels}: at once", channels=where)]
    spelt = spelt_out(languages, tongue)
    return [tongue.say("{channels}: at once, in {languages}.", channels=where, languages=spelt)]


def _templated(amendment: Amendment, tongue: Tongue) -> list[str]:
    """Where the template's words stand now because those that stood there came from the wrong ones."""
    if not amendment.templated:
        return []
    command = f"`/correct {amendment.incident.id} {amendment.number} {amendment.templated[0]}: ...`"
    return [
        tongue.say(
            "The template's words stand in {languages} now; {command} gives them yours.",
            languages=spelt_out(amendment.templated, tongue),
            command=command,
        )
    ]


def _shown(amendment: Amendment, projections: Sequence[str], tongue: Tongue) -> str:
    at_once = _at_once(projections, tongue)
    made = [
        tongue.many(
            "{channel}: {n} post edited", "{channel}: {n} posts edited", n=count, channel=named(channel, tongue)
        )
        for channel, count in amendment.deliveries.items()
    ]
    return f"{'; '.join([*at_once, *made]) or tongue.say('Nothing shows it')}."


def _deliveries(change: Change, tongue: Tongue) -> str:
    if not change.deliveries and not change.waiting:
        return tongue.say("No deliveries: no other channel is set up for it.")
    made = [
        tongue.many(
            "{channel}: {n} delivery made", "{channel}: {n} deliveries made", n=count, channel=named(channel, tongue)
        )
        for channel, count in change.deliveries.items()
    ]
    return tongue.say(
        "{made}; {n} of this incident waiting.",
        made="; ".join(made) or tongue.say("No deliveries made"),
        n=change.waiting,
    )


def _words(change: Change, tongue: Tongue) -> str:
    if not change.translating:
        return _whose(change, tongue)
    machine = tongue.say(
        "A machine translates them into {languages} now; the posts are edited when it is done.",
        languages=spelt_out(change.translating, tongue),
    )
    return f"{_whose(change, tongue)} {machine}"


def _whose(change: Change, tongue: Tongue) -> str:
    own = [language for language in change.languages if language in change.own_words]
    ready_made = [language for language in change.languages if language not in change.own_words]
    if not own:
        return tongue.say("Words: the template's in {languages}.", languages=spelt_out(ready_made, tongue))
    if not ready_made:
        return tongue.say("Words: hand-written in {languages}.", languages=spelt_out(own, tongue))
    return tongue.say(
        "Words: hand-written in {own}; the template's in {others}.",
        own=spelt_out(own, tongue),
        others=spelt_out(ready_made, tongue),
    )


def next_steps(incident: Incident, tongue: Tongue = ENGLISH) -> str:
    """What can be said next of a published incident, as commands."""
    if not incident.open:
        return tongue.say("The incident is closed.")
    order = list(Status)
    steps = [
        f"`/update {incident.id} {status.value.replace('_', ' ')}`"
        for status in order[order.index(incident.status) + 1 :]
        if status.planned is incident.kind.planned and not status.ends
    ]
    if incident.status is Status.IN_PROGRESS:
        steps = [f"`/extend {incident.id} 1h`"]
    end = f"update {incident.id} cancelled" if incident.status is Status.SCHEDULED else f"resolve {incident.id}"
    return tongue.say("Next: {commands}", commands=" ".join([*steps, f"`/{end}`"]))
