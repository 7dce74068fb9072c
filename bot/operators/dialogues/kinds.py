"""Which dialogues there are: the questions of each, and the command that the answers make. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.domain.commands import (
    AddUpdate,
    Command,
    Correct,
    ExtendMaintenance,
    OpenIncident,
    PlanMaintenance,
    PostponeMaintenance,
    Resolve,
    Retract,
    RewordDraft,
)
from bot.domain.dialogues import Talk
from bot.domain.maintenance_reading import USUAL_IMPACT
from bot.domain.model import Impact, Incident, Role, Status
from bot.domain.recurring import Every
from bot.domain.texts import later
from bot.operators.dialogues.amending import Meant, ReallyWithdraw, RightWords
from bot.operators.dialogues.asking import Question
from bot.operators.dialogues.components import Components
from bot.operators.dialogues.longer import HowMuchLonger, longer_by
from bot.operators.dialogues.stories import WhichIncident, WhichUpdate
from bot.operators.dialogues.when import Again, HowLong, StartDay, StartTime, window_of
from bot.operators.dialogues.words import HowBad, WhatToSay, WhereItStands

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of dialogue. title: its English name; needs: the least role that may go on with it;

    command: what the answers come to; stories: the incidents to choose from: none, open ones, or all ever told;
    concerns: which of these; wants: in English, what one must be for that, "" where any will do.
    """

    title: str
    needs: Role = Role.DRAFTER
    questions: tuple[Question, ...]
    command: Callable[[Said], Command]
    stories: Literal["none", "open", "told"] = "none"
    concerns: Callable[[Incident], bool] = lambda _: True
    wants: str = ""

    def question(self, talk: Talk) -> Question | None:
        """What must be asked next, None when nothing must."""
        said = talk.said
        return next((each for each in self.questions if not each.answered(said)), None)


def _incident(said: Said) -> Command:
    return OpenIncident(components=tuple(said["components"]), impact=Impact(said["impact"]), texts=said["texts"])


def _update(said: Said) -> Command:
    return AddUpdate(incident_id=said["incident"], status=Status(said["status"]), texts=said["texts"])


def _resolve(said: Said) -> Command:
    return Resolve(incident_id=said["incident"], texts=said["texts"])


def _reword(said: Said) -> Command:
    return RewordDraft(draft_id=said["draft"], texts=said["texts"])


def _plan(said: Said) -> Command:
    return PlanMaintenance(
        components=tuple(said["components"]),
        window=window_of(said),
        impact=USUAL_IMPACT,
        texts=said["texts"],
        every=Every(said["every"]) if said["every"] else None,
    )


def _postpone(said: Said) -> Command:
    ends = datetime.fromisoformat(said["ends"]) if "ends" in said else None
    starts = datetime.fromisoformat(said["starts"])
    return PostponeMaintenance(incident_id=said["incident"], starts=starts, ends=ends, texts=said["texts"])


def _extend(said: Said) -> Command:
    return ExtendMaintenance(incident_id=said["incident"], by=longer_by(said), texts=said["texts"])


def _correct(said: Said) -> Command:
    return Correct(incident_id=said["incident"], number=said["number"], texts=said["texts"])


def _retract(said: Said) -> Command:
    return Retract(incident_id=said["incident"], number=said["number"])


KINDS: Mapping[str, Kind] = {
    "incident": Kind(title=later("New incident"), questions=(Components(), HowBad(), WhatToSay()), command=_incident),
    "update": Kind(
        title=later("Update"),
        questions=(WhichIncident(), WhereItStands(), WhatToSay()),
        command=_update,
        stories="open",
    ),
    "resolve": Kind(
        title=later("The end of it"),
        questions=(WhichIncident(), WhatToSay()),
        command=_resolve,
        stories="open",
        concerns=lambda incident: incident.status is not Status.SCHEDULED,
        wants=later("Only what has begun can be ended; /update calls off maintenance that has not."),
    ),
    "reword": Kind(title=later("Other words for a draft"), questions=(WhatToSay(),), command=_reword),
    "maintenance": Kind(
        title=later("New maintenance"),
        questions=(Components(), StartDay(), StartTime(), HowLong(), Again(), WhatToSay()),
        command=_plan,
    ),
    "postpone": Kind(
        title=later("Another time"),
        questions=(WhichIncident(), StartDay(), StartTime(), WhatToSay()),
        command=_postpone,
        stories="open",
        concerns=lambda incident: incident.status is Status.SCHEDULED,
        wants=later("Only maintenance that has not begun can be moved."),
    ),
    "extend": Kind(
        title=later("More time"),
        questions=(WhichIncident(), HowMuchLonger(), WhatToSay()),
        command=_extend,
        stories="open",
        concerns=lambda incident: incident.status is Status.IN_PROGRESS,
        wants=later("Only maintenance in progress can be given more time."),
    ),
    "correct": Kind(
        title=later("Correction"),
        needs=Role.PUBLISHER,
        questions=(WhichIncident(), WhichUpdate(), RightWords(), Meant()),
        command=_correct,
        stories="told",
    ),
    "retract": Kind(
        title=later("Withdrawal"),
        needs=Role.PUBLISHER,
        questions=(WhichIncident(), WhichUpdate(whole=True), ReallyWithdraw()),
        command=_retract,
        stories="told",
    ),
}
"""By the name of the command that begins each."""
