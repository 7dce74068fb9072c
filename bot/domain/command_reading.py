"""How what operators type is read: text in, a command out. Pure.

A command comes back only when it is complete and well formed; whether incident 12 exists is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from bot.domain import component_names, maintenance_reading
from bot.domain.beginnings import begun
from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    Correct,
    DropDraft,
    ExtendMaintenance,
    Guided,
    Help,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    Retract,
    RewordDraft,
    ShowDeliveries,
    ShowDrafts,
    ShowQuick,
    ShowRecurring,
    ShowStatus,
    SilenceComponents,
    Start,
    Translate,
)
from bot.domain.dates import Here
from bot.domain.durations import duration
from bot.domain.model import Impact, Status
from bot.domain.nearest import Word, no_such, quoted
from bot.domain.number_reading import begins_with_number, only_number, take_number
from bot.domain.own_words import by_language, is_tagged
from bot.domain.promises import take_promise
from bot.domain.staff_commands import ChooseLanguage, ShowLog, ShowReach, StaffCommand
from bot.domain.staff_reading import OPERATORS, read_language, read_operators
from bot.errors import CommandError

T = TypeVar("T")

LONGEST_SILENCE = timedelta(days=30)
"""A silence is for a while; what is never to be told is a rule's matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What reading depends on: the operator's language, the configured ones, the components' names, when and where, and
    the operator's own words for impacts and statuses.
    """

    language: str
    languages: Sequence[str]
    components: Mapping[str, Collection[str]]
    here: Here
    words: Mapping[str, str]

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
    aliases: Mapping[str, str] = MappingProxyType({}),
    words: Mapping[str, str] = MappingProxyType({}),
    offered: Sequence[str] = (),
) -> Command | Guided | StaffCommand:
    """The command an operator typed.

    language: the operator's own, for free text without a tag; languages: those notices are published in;
    components: id -> its names in all languages, either of which the operator may type, in any case;
    bot_username: ours, without @; None while unknown: any name after ``@`` is then taken for ours;
    here: what times of day are relative to; aliases: other names of commands, in lower case -> the name in English;
    words: what impacts and statuses are called in the operator's language, in lower case -> their values;
    offered: the commands that are proposed in place of an unknown one, empty for all.
    Raises CommandError, with what is wrong, the nearest match and the usage.
    """
    text = text.lstrip()
    match = _COMMAND.match(text)
    if match is None:
        raise CommandError("that is not a command. /help lists them all.")
    if match[2] and bot_username and match[2].lower() != bot_username.lower():
        raise CommandError("that is for another bot: {name}.", name=match[2])
    name = aliases.get(match[1].lower(), match[1].lower())
    form = _FORMS.get(name)
    if form is None:
        raise no_such("command", f"/{match[1]}", [f"/{name}" for name in offered or NAMES])
    usage, read = form
    rest = text[match.end() :].strip()
    if beginning := begun(name, rest, components):
        return beginning
    setting = _Setting(language=language, languages=languages, components=components, here=here, words=words)
    try:
        return read(rest, setting)
    except CommandError as error:
        raise CommandError("{error}\nUsage: {usage}", error=error, usage=usage) from None


def _open_incident(rest: str, setting: _Setting) -> OpenIncident:
    components, rest = component_names.take(rest, setting.components)
    impact, rest = _one_of("impact", _IMPACTS, _in_english(rest, setting.words))
    promised_at, rest = take_promise(rest, setting.here)
    return OpenIncident(components=components, impact=impact, texts=setting.texts(rest), promised_at=promised_at)


def _add_update(rest: str, setting: _Setting) -> AddUpdate:
    incident_id, rest = take_number("incident", rest)
    for other, spelling in _SPELT_OTHERWISE:
        rest = other.sub(spelling, rest)
    status, rest = _one_of("status", _STATUSES, _in_english(rest, setting.words))
    promised_at, rest = take_promise(rest, setting.here)
    texts = setting.texts(rest)
    return AddUpdate(incident_id=incident_id, status=status, texts=texts, promised_at=promised_at)


def _resolve(rest: str, setting: _Setting) -> Resolve:
    incident_id, rest = take_number("incident", rest)
    return Resolve(incident_id=incident_id, texts=setting.texts(rest))


def _translate(rest: str, setting: _Setting) -> Translate:
    incident_id, number, texts = _words_for(rest, setting)
    return Translate(incident_id=incident_id, number=number, texts=texts)


def _correct(rest: str, setting: _Setting) -> Correct:
    incident_id, number, texts = _words_for(rest, setting)
    return Correct(incident_id=incident_id, number=number, texts=texts)


def _retract(rest: str, _: _Setting) -> Retract:
    incident_id, rest = take_number("incident", rest)
    return Retract(incident_id=incident_id, number=only_number("update", rest) if rest else None)


def _words_for(rest: str, setting: _Setting) -> tuple[int, int | None, dict[str, str]]:
    """An incident, perhaps the number of an update, and words that each say their language."""
    incident_id, rest = take_number("incident", rest)
    number = None
    if not is_tagged(rest, setting.languages):  # else a text that begins with a number would be taken for an update's
        number, rest = take_number("update", rest) if begins_with_number(rest) else (None, rest)
        if not is_tagged(rest, setting.languages):
            raise CommandError("say the language first, such as {example}", example=f"{setting.languages[-1]}: ...")
    return incident_id, number, setting.texts(rest)


def _plan(rest: str, setting: _Setting) -> PlanMaintenance:
    components, rest = component_names.take(rest, setting.components)
    window, every, impact, text = maintenance_reading.take_plan(rest, setting.here, setting.languages)
    texts = setting.texts(text)
    return PlanMaintenance(components=components, window=window, impact=impact, texts=texts, every=every)


def _postpone(rest: str, setting: _Setting) -> PostponeMaintenance:
    incident_id, rest = take_number("incident", rest)
    starts, ends, text = maintenance_reading.take_move(rest, setting.here)
    return PostponeMaintenance(incident_id=incident_id, starts=starts, ends=ends, texts=setting.texts(text))


def _extend(rest: str, setting: _Setting) -> ExtendMaintenance:
    incident_id, rest = take_number("incident", rest)
    by, text = maintenance_reading.take_extension(rest, setting.here)
    return ExtendMaintenance(incident_id=incident_id, by=by, texts=setting.texts(text))


def _publish(rest: str, _: _Setting) -> PublishDraft:
    return PublishDraft(draft_id=only_number("draft", rest))


def _drop(rest: str, _: _Setting) -> DropDraft:
    return DropDraft(draft_id=only_number("draft", rest))


def _reword(rest: str, setting: _Setting) -> RewordDraft:
    draft_id, rest = take_number("draft", rest)
    if not rest:
        raise CommandError("expected the words it shall have.")
    return RewordDraft(draft_id=draft_id, texts=setting.texts(rest))


def _deliveries(rest: str, _: _Setting) -> ShowDeliveries:
    return ShowDeliveries(incident_id=only_number("incident", rest))


def _silence(rest: str, setting: _Setting) -> SilenceComponents:
    if not rest:
        return SilenceComponents(components=(), length=timedelta())
    components, rest = component_names.take(rest, setting.components)
    length = duration(rest.lower())
    if not length or length > LONGEST_SILENCE:
        raise CommandError("expected how long, such as 30m, 2h or 1d (at most 30d), not {typed}.", typed=quoted(rest))
    return SilenceComponents(components=components, length=length)


def _lift(rest: str, setting: _Setting) -> LiftSilence:
    components, more = component_names.take(rest, setting.components)
    if more:
        raise CommandError("what does {typed} mean?", typed=quoted(more))
    return LiftSilence(components=components)


def _why(rest: str, _: _Setting) -> AskWhy:
    return AskWhy(incident_id=only_number("incident", rest) if rest else None)


def _quick(rest: str, _: _Setting) -> ShowQuick:
    if rest.lower() not in ("", "on", "off"):
        raise CommandError("what does {typed} mean?", typed=quoted(rest))
    return ShowQuick(on=rest.lower() != "off")


def _log(rest: str, _: _Setting) -> ShowLog:
    return ShowLog(incident_id=only_number("incident", rest) if rest else None)


_FORMS: Mapping[str, tuple[str, Callable[[str, _Setting], Command | Guided | StaffCommand]]] = {
    "incident": (OpenIncident.usage, _open_incident),
    "update": (AddUpdate.usage, _add_update),
    "resolve": (Resolve.usage, _resolve),
    "translate": (Translate.usage, _translate),
    "correct": (Correct.usage, _correct),
    "retract": (Retract.usage, _retract),
    "maintenance": (PlanMaintenance.usage, _plan),
    "postpone": (PostponeMaintenance.usage, _postpone),
    "extend": (ExtendMaintenance.usage, _extend),
    "quick": (ShowQuick.usage, _quick),
    "recurring": (ShowRecurring.usage, lambda *_: ShowRecurring()),
    "status": (ShowStatus.usage, lambda *_: ShowStatus()),
    "drafts": (ShowDrafts.usage, lambda *_: ShowDrafts()),
    "publish": (PublishDraft.usage, _publish),
    "drop": (DropDraft.usage, _drop),
    "deliveries": (ShowDeliveries.usage, _deliveries),
    "reword": (RewordDraft.usage, _reword),
    "silence": (SilenceComponents.usage, _silence),
    "unsilence": (LiftSilence.usage, _lift),
    "why": (AskWhy.usage, _why),
    "operators": (OPERATORS, lambda rest, setting: read_operators(rest, setting.languages)),
    "language": (ChooseLanguage.usage, lambda rest, setting: read_language(rest, setting.languages)),
    "log": (ShowLog.usage, _log),
    "reach": (ShowReach.usage, lambda *_: ShowReach()),
    "help": (Help.usage, lambda *_: Help()),
    "start": (Start.usage, lambda *_: Start()),
}
NAMES = tuple(_FORMS)
"""What commands are called, in English."""

_IMPACTS = {impact.value: impact for impact in Impact}
_STATUSES = {status.value: status for status in Status}
_SPELT_OTHERWISE = (
    (re.compile(r"\Ain[\s-]+progress\b", re.IGNORECASE), Status.IN_PROGRESS.value),
    (re.compile(r"\Acanceled\b", re.IGNORECASE), Status.CANCELLED.value),
)


def _one_of(what: Word, words: Mapping[str, T], rest: str) -> tuple[T, str]:
    [word, *_] = rest.split(maxsplit=1) or [""]
    if word.lower() not in words:
        raise no_such(what, word, [*words])
    return words[word.lower()], rest[len(word) :].strip()


def _in_english(rest: str, words: Mapping[str, str]) -> str:
    """The text with the impact or status it begins with as commands call it, where it has the operator's own word."""
    lowered = rest.lower()
    own = max((each for each in words if re.match(rf"{re.escape(each)}(?=\s|\Z)", lowered)), key=len, default="")
    return f"{words[own]}{rest[len(own) :]}" if own and len(lowered) == len(rest) else rest
