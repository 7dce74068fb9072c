"""How the audit log calls what a command did. Plain English: a log is read by programs too. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.domain.changes import Amendment, Change
from bot.domain.commands import (
    AddUpdate,
    Command,
    Correct,
    ExtendMaintenance,
    Guided,
    LiftSilence,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    PublishDraft,
    Retract,
    RewordDraft,
    SilenceComponents,
    Translate,
)
from bot.domain.durations import spelt

LONGEST = 200
"""Characters of what is noted of a command that was refused."""


def deed_of(command: Command | Guided, done: Change | Amendment | None = None) -> str:
    """The name of the command, in English: ``publish``; ``approve`` for a yes that was not the last one."""
    if isinstance(command, PublishDraft) and isinstance(done, Change) and done.draft:
        return "approve"
    return getattr(command, "usage", "/dialogue").split()[0].removeprefix("/")


def details_of(command: Command, done: Change | Amendment | None = None) -> str:
    """What with, and what came of it: ``shop, whatsapp major; draft 12``."""
    return "; ".join(filter(None, [_said(command), _outcome(done)]))


def _said(command: Command) -> str:
    match command:
        case OpenIncident() | PlanMaintenance():
            return f"{', '.join(command.components)} {command.impact}"
        case AddUpdate():
            return command.status.value
        case PostponeMaintenance():
            return f"{command.starts:%Y-%m-%d %H:%M} UTC"
        case ExtendMaintenance():
            return f"until {command.by:%Y-%m-%d %H:%M} UTC" if isinstance(command.by, datetime) else spelt(command.by)
        case Translate() | Correct() | RewordDraft():
            return ", ".join(command.texts)
        case Retract():
            return "" if command.number is None else f"update {command.number}"
        case SilenceComponents():
            return f"{', '.join(command.components)} {spelt(command.length)}"
        case LiftSilence():
            return ", ".join(command.components)
        case _:
            return ""


def _outcome(done: Change | Amendment | None) -> str:
    match done:
        case Change(number=None):
            return f"draft {done.update_id}"
        case Change() | Amendment():
            return f"update {done.number}"
        case None:
            return ""
