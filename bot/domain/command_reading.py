"""How what operators type is read: text in, a command out. Pure.

A command comes back only when it is complete and well formed; whether incident 12 exists is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.domain import component_names, maintenance_reading
from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    DropDraft,
    ExtendMaintenance,
    Help,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    ShowDrafts,
    ShowStatus,
    SilenceComponents,
    Start,
    Translate,
)
from bot.domain.dates import Here
from bot.domain.durations import duration
from bot.domain.model import Impact, Status
from bot.domain.nearest import no_such, quoted
from bot.domain.own_words import by_language, is_tagged
from bot.errors import CommandError

T = TypeVar("T")

LONGEST_SILENCE = timedelta(days=30)
"""A silence is for a while; what is never to be told is a rule's matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What reading depends on: the operator's language, the configured ones, the components' names, when and where."""

    language: str
    languages: Sequence[str]
    components: Mapping[str, Collection[str]]
    here: Here

    def texts(self, text: str) -> dict[str, str]:
        return by_language(text, language=self.language, languages=self.languages)


_COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]+))?(?=\s|$)")


def is_command(text: str) -> bool:
    """Whether a text is meant as a command, known or not."""
    return _COMMAND.match(text.lstrip()) is not None


def addressee(text: str) -> str | None:
    """The bot a command names (``/status@notice_bot``), None when it names none or is no command."""
    match = _COMMAND.match(text.lstrip())
    return None if match is None else match[2]


def parse(
    text: str,
    *,
    language: str,
    languages: Sequence[str],
    components: Mapping[str, Collection[str]],
    bot_username: str | None,
    here: Here,
) -> Command:
    """The command an operator typed.

    language: the operator's own, for free text without a tag; languages: those notices are published in;
    components: id -> its names in all languages, either of which the operator may type, in any case;
    bot_username: ours, without @; None while unknown: any name after ``@`` is then taken for ours;
    here: what times of day are relative to.
    Raises CommandError, with what is wrong, the nearest match and the usage.
    """
    text = text.lstrip()
    match = _COMMAND.match(text)
    if match is None:
        raise CommandError("that is not a command. /help lists them all.")
    if match[2] and bot_username and match[2].lower() != bot_username.lower():
        raise CommandError(f"that is for another bot: {match[2]}.")
    form = _FORMS.get(match[1].lower())
    if form is None:
        raise CommandError(no_such("command", f"/{match[1]}", [f"/{name}" for name in _FORMS]))
    usage, read = form
    setting = _Setting(language=language, languages=languages, components=components, here=here)
    try:
        return read(text[match.end() :].strip(), setting)
    except CommandError as error:
        raise CommandError(f"{error}\nUsage: {usage}") from None


def _open_incident(rest: str, setting: _Setting) -> OpenIncident:
    components, rest = component_names.take(rest, setting.components)
    impact, rest = _one_of("impact", _IMPACTS, rest)
    return OpenIncident(components=components, impact=impact, texts=setting.texts(rest))


def _add_update(rest: str, setting: _Setting) -> AddUpdate:
    incident_id, rest = _number("incident", rest)
    for other, spelling in _SPELT_OTHERWISE:
        rest = other.sub(spelling, rest)
    status, rest = _one_of("status", _STATUSES, rest)
    return AddUpdate(incident_id=incident_id, status=status, texts=setting.texts(rest))


def _resolve(rest: str, setting: _Setting) -> Resolve:
    incident_id, rest = _number("incident", rest)
    return Resolve(incident_id=incident_id, texts=setting.texts(rest))


def _translate(rest: str, setting: _Setting) -> Translate:
    incident_id, rest = _number("incident", rest)
    number = None
    if not is_tagged(rest, setting.languages):  # else a text that begins with a number would be taken for an update's
        number, rest = _number("update", rest) if _NUMBER.match(rest) else (None, rest)
        if not is_tagged(rest, setting.languages):
            raise CommandError(f"say the language first, such as {setting.languages[-1]}: ...")
    return Translate(incident_id=incident_id, number=number, texts=setting.texts(rest))


def _plan(rest: str, setting: _Setting) -> PlanMaintenance:
    components, rest = component_names.take(rest, setting.components)
    window, impact, text = maintenance_reading.take_plan(rest, setting.here, setting.languages)
    return PlanMaintenance(components=components, window=window, impact=impact, texts=setting.texts(text))


def _postpone(rest: str, setting: _Setting) -> PostponeMaintenance:
    incident_id, rest = _number("incident", rest)
    starts, ends, text = maintenance_reading.take_move(rest, setting.here)
    return PostponeMaintenance(incident_id=incident_id, starts=starts, ends=ends, texts=setting.texts(text))


def _extend(rest: str, setting: _Setting) -> ExtendMaintenance:
    incident_id, rest = _number("incident", rest)
    by, text = maintenance_reading.take_extension(rest, setting.here)
    return ExtendMaintenance(incident_id=incident_id, by=by, texts=setting.texts(text))


def _publish(rest: str, _: _Setting) -> PublishDraft:
    return PublishDraft(draft_id=_only_number("draft", rest))


def _drop(rest: str, _: _Setting) -> DropDraft:
    return DropDraft(draft_id=_only_number("draft", rest))


def _silence(rest: str, setting: _Setting) -> SilenceComponents:
    if not rest:
        return SilenceComponents(components=(), length=timedelta())
    components, rest = component_names.take(rest, setting.components)
    length = duration(rest.lower())
    if not length or length > LONGEST_SILENCE:
        raise CommandError(f"expected how long, such as 30m, 2h or 1d (at most 30d), not {quoted(rest)}.")
    return SilenceComponents(components=components, length=length)


def _lift(rest: str, setting: _Setting) -> LiftSilence:
    components, more = component_names.take(rest, setting.components)
    if more:
        raise CommandError(f"what does {quoted(more)} mean?")
    return LiftSilence(components=components)


def _why(rest: str, _: _Setting) -> AskWhy:
    return AskWhy(incident_id=_only_number("incident", rest) if rest else None)


_FORMS: Mapping[str, tuple[str, Callable[[str, _Setting], Command]]] = {
    "incident": (OpenIncident.usage, _open_incident),
    "update": (AddUpdate.usage, _add_update),
    "resolve": (Resolve.usage, _resolve),
    "translate": (Translate.usage, _translate),
    "maintenance": (PlanMaintenance.usage, _plan),
    "postpone": (PostponeMaintenance.usage, _postpone),
    "extend": (ExtendMaintenance.usage, _extend),
    "status": (ShowStatus.usage, lambda *_: ShowStatus()),
    "drafts": (ShowDrafts.usage, lambda *_: ShowDrafts()),
    "publish": (PublishDraft.usage, _publish),
    "drop": (DropDraft.usage, _drop),
    "silence": (SilenceComponents.usage, _silence),
    "unsilence": (LiftSilence.usage, _lift),
    "why": (AskWhy.usage, _why),
    "help": (Help.usage, lambda *_: Help()),
    "start": (Start.usage, lambda *_: Start()),
}
_IMPACTS = {impact.value: impact for impact in Impact}
_STATUSES = {status.value: status for status in Status}
_SPELT_OTHERWISE = (
    (re.compile(r"\Ain[\s-]+progress\b", re.IGNORECASE), Status.IN_PROGRESS.value),
    (re.compile(r"\Acanceled\b", re.IGNORECASE), Status.CANCELLED.value),
)
_NUMBER = re.compile(r"#?(\d{1,9})(?!\S)")


def _one_of(what: str, words: Mapping[str, T], rest: str) -> tuple[T, str]:
    [word, *_] = rest.split(maxsplit=1) or [""]
    if word.lower() not in words:
        raise CommandError(no_such(what, word, words))
    return words[word.lower()], rest[len(word) :].strip()


def _number(of_what: str, rest: str) -> tuple[int, str]:
    match = _NUMBER.match(rest)
    if match is None or int(match[1]) == 0:
        found = f", not {quoted(rest)}" if rest else ""
        raise CommandError(f"expected the number of the {of_what}, such as 12{found}.")
    return int(match[1]), rest[match.end() :].strip()


def _only_number(of_what: str, rest: str) -> int:
    number, more = _number(of_what, rest)
    if more:
        raise CommandError(f"one {of_what} at a time; what does {quoted(more)} mean?")
    return number
