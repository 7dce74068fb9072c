"""The help operators read, as Markdown in English. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.commands import (
    AddUpdate,
    AskWhy,
    Command,
    DropDraft,
    ExtendMaintenance,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Resolve,
    ShowDrafts,
    ShowStatus,
    SilenceComponents,
    Translate,
)
from bot.domain.model import Impact, Role, Status
from bot.languages.markdown import escape
from bot.operators.answers import language_name

_MOST_COMPONENTS = 30
_LINES: Sequence[tuple[type[Command], str]] = (
    (ShowStatus, "what is open, waiting and lost"),
    (ShowDrafts, "what waits for a yes"),
    (OpenIncident, "tell customers that something is wrong"),
    (AddUpdate, "tell them how it goes"),
    (Resolve, "tell them that it is over"),
    (Translate, "put your words where the template's or a machine's are"),
    (PlanMaintenance, "announce maintenance"),
    (PostponeMaintenance, "move it"),
    (ExtendMaintenance, "let it last longer"),
    (PublishDraft, "say yes to a draft"),
    (DropDraft, "say no to a draft"),
    (AskWhy, "what an incident came from; alone: what fires and is not told"),
    (SilenceComponents, "have automation begin nothing about it for a while"),
    (LiftSilence, "end that"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom the help is for. name: as configured; language: of their free text."""

    name: str
    role: Role
    language: str


def welcome(reader: Reader) -> str:
    """The answer to /start."""
    return (
        f"Hello {escape(reader.name)}. You are a {reader.role}, and what you write is taken to be in"
        f" {language_name(reader.language)}. `/help` shows what you can say."
    )


def commands(reader: Reader, *, languages: Sequence[str], components: Sequence[str], machine: bool = False) -> str:
    """The answer to /help: only what this reader's role may do. components: ids; machine: one translates."""
    lines = [f"`{command.usage}` {purpose}" for command, purpose in _LINES if reader.role.includes(command.needs)]
    writes = reader.role.includes(Role.DRAFTER)
    return "\n\n".join(["\n".join(lines), *(_writing(reader, languages, components, machine) if writes else [])])


def _writing(reader: Reader, languages: Sequence[str], components: Sequence[str], machine: bool) -> list[str]:
    known = ", ".join(components[:_MOST_COMPONENTS]) + (" ..." if len(components) > _MOST_COMPONENTS else "")
    other = next((language for language in languages if language != reader.language), reader.language)
    words = [
        f"COMPONENT: {escape(known)}, or its name",
        f"IMPACT: {', '.join(Impact)}",
        f"STATUS: {', '.join(status.value.replace('_', ' ') for status in Status)}",
        "START, END: `2026-12-01 02:00`, `1.12. 02:00`, `sat 02:00`, `tomorrow 02:00`, `02:00`, `in 2h`;"
        " for `- END` also `for 2h`",
    ]
    text = [
        f"Your text is published in {language_name(reader.language)} only; {_others(machine)}.",
        f"For several: `{reader.language}: ... | {other}: ...` (any of {', '.join(languages)})",
    ]
    if not reader.role.includes(Role.PUBLISHER):
        text.append("What you write becomes a draft that a publisher says yes to.")
    return ["\n".join(words), "\n".join(text)]


def _others(machine: bool) -> str:
    if machine:
        return "other languages get ready-made sentences, and a machine's translation as soon as it is there"
    return "other languages get ready-made sentences"
