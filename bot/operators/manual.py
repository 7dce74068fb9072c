"""The help operators read, as Markdown, and what each command is for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    Correct,
    DropDraft,
    ExtendMaintenance,
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
    Translate,
)
from bot.domain.model import Impact, Role, Status
from bot.domain.staff_commands import (
    AddOperator,
    ChangeRole,
    ChooseLanguage,
    RemoveOperator,
    ShowLog,
    ShowOperators,
    ShowReach,
    StaffCommand,
)
from bot.domain.texts import later
from bot.languages.markdown import escape
from bot.languages.tongue import ENGLISH, Tongue
from bot.operators.phrases import language_name, role_name

Line = tuple[type[Command] | type[StaffCommand] | type[ShowQuick] | type[ShowRecurring], str]
"""A command, and what it is for."""

_MOST_COMPONENTS = 30
LINES: Sequence[Line] = (
    (ShowStatus, later("what is open, waiting and lost")),
    (ShowDrafts, later("what waits for a yes")),
    (ShowDeliveries, later("where a story went, and what was lost on the way")),
    (OpenIncident, later("tell customers that something is wrong")),
    (AddUpdate, later("tell them how it goes")),
    (Resolve, later("tell them that it is over")),
    (Translate, later("put your words where the template's or a machine's are")),
    (Correct, later("put right what was published, marked as corrected")),
    (Retract, later("withdraw an update, or all of an incident")),
    (PlanMaintenance, later("announce maintenance")),
    (PostponeMaintenance, later("move it")),
    (ExtendMaintenance, later("let it last longer")),
    (ShowRecurring, later("maintenance that comes again and again")),
    (RewordDraft, later("let a draft say something else")),
    (PublishDraft, later("say yes to a draft")),
    (DropDraft, later("say no to a draft, or take back your own")),
    (AskWhy, later("what an incident came from; alone: what fires and is not told")),
    (SilenceComponents, later("have automation begin nothing about it for a while")),
    (LiftSilence, later("end that")),
    (ShowQuick, later("the keyboard whose taps make drafts")),
    (ShowReach, later("who is told: chats and subscribers by language")),
    (ShowLog, later("who did what")),
    (ShowOperators, later("who may command the bot")),
    (AddOperator, later("let a person command the bot")),
    (ChangeRole, later("give an operator another role")),
    (RemoveOperator, later("let a person command the bot no longer")),
    (ChooseLanguage, later("the language you are answered in")),
    (Help, later("what you can say")),
)
"""Every command that is shown, in the order of the help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom the help is for. name: as other operators read it; language: what they are answered in, and write."""

    name: str
    role: Role
    language: str


def welcome(reader: Reader, tongue: Tongue = ENGLISH) -> str:
    """The answer to /start, and what a new operator is told."""
    who = {"name": escape(reader.name), "language": language_name(reader.language, tongue)}
    if reader.role is Role.ADMIN:
        return tongue.say(
            "Hello {name}. You are an admin, and what you write is taken to be in {language}. `/help` shows what you"
            " can say.",
            **who,
        )
    return tongue.say(
        "Hello {name}. You are a {role}, and what you write is taken to be in {language}. `/help` shows what you can"
        " say.",
        role=role_name(reader.role, tongue),
        **who,
    )


def commands(
    reader: Reader,
    *,
    languages: Sequence[str],
    components: Sequence[str],
    machine: bool = False,
    tongue: Tongue = ENGLISH,
) -> str:
    """The answer to /help: only what this reader's role may do. components: ids; machine: one translates."""
    lines = [
        f"{tongue.shown(f'`{command.usage}`')} {tongue.say(purpose)}"
        for command, purpose in LINES
        if reader.role.includes(command.needs)
    ]
    parts = ["\n".join(lines)]
    if reader.role.includes(Role.DRAFTER):
        parts += [_arguments(components, tongue), _writing(reader, languages, machine, tongue)]
    return "\n\n".join(parts)


def _arguments(components: Sequence[str], tongue: Tongue) -> str:
    known = ", ".join(components[:_MOST_COMPONENTS]) + (" ..." if len(components) > _MOST_COMPONENTS else "")
    statuses = ", ".join(status.value.replace("_", " ") for status in Status)
    return "\n".join(
        [
            tongue.say("COMPONENT: {names}, or its name", names=escape(known)),
            f"IMPACT: {', '.join(Impact)}",
            f"STATUS: {statuses}",
            tongue.say(
                "START, END: {examples}; for {end} also {length}",
                examples="`2026-12-01 02:00`, `1.12. 02:00`, `sat 02:00`, `tomorrow 02:00`, `02:00`, `in 2h`",
                end="`- END`",
                length="`for 2h`",
            ),
        ]
    )


def _writing(reader: Reader, languages: Sequence[str], machine: bool, tongue: Tongue) -> str:
    other = next((language for language in languages if language != reader.language), reader.language)
    name = language_name(reader.language, tongue)
    if machine:
        only = tongue.say(
            "Your text is published in {language} only; other languages get ready-made sentences, and a machine's"
            " translation as soon as it is there.",
            language=name,
        )
    else:
        only = tongue.say(
            "Your text is published in {language} only; other languages get ready-made sentences.", language=name
        )
    several = tongue.say(
        "For several: {example} (any of {tags})",
        example=f"`{reader.language}: ... | {other}: ...`",
        tags=", ".join(languages),
    )
    lines = [only, several]
    if not reader.role.includes(Role.PUBLISHER):
        lines.append(tongue.say("What you write becomes a draft that a publisher says yes to."))
    return "\n".join(lines)
