"""How a dialogue looks in the chat: what has been said, the question, its buttons. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.buttons import Button, Buttons
from bot.domain.dialogues import Dialogue, Talk
from bot.domain.model import Impact, Status
from bot.domain.presses import data_of
from bot.domain.recurring import Every
from bot.languages.markdown import escape
from bot.languages.tongue import Tongue
from bot.operators.dialogues.asking import Choice, Scene, Screen
from bot.operators.dialogues.kinds import Kind
from bot.operators.dialogues.when import window_of
from bot.operators.phrases import clock_time, listed, stands, whole_day
from bot.operators.windows import often, window

PREFIX = "dlg"
"""The kind of button that dialogues have."""

_MOST_NAMES = 6
_FILLED = "·"


def text_of(screen: Screen, kind: Kind, talk: Talk, scene: Scene, *, group: bool) -> str:
    """Markdown. group: others write there too, so that words are for us only as an answer to this text."""
    facts = " · ".join(_facts(talk, scene))
    head = f"**{_title(kind, scene.tongue)}**" + (f" · {facts}" if facts else "")
    hint = [scene.tongue.say("(To type, reply to this text.)")] if group and screen.typing else []
    return "\n".join([head, screen.text, *hint])


def buttons_of(screen: Screen, dialogue: Dialogue, tongue: Tongue) -> Buttons:
    """The screen's own, then those to go back and to give up."""
    own = [tuple(_button(each, dialogue) for each in row) for row in screen.rows]
    step = str(dialogue.step)
    back = [Button(tongue.say("‹ Back"), data_of(PREFIX, dialogue.id, "back", step))]
    cancel = Button(tongue.say("Cancel"), data_of(PREFIX, dialogue.id, "cancel", step), style="danger")
    return Buttons((*own, (*(back if dialogue.talk.can_go_back else []), cancel)))


def closed(kind: Kind, tongue: Tongue, text: str) -> str:
    """The card of a dialogue that has ended. text: Markdown, what came of it."""
    return f"**{_title(kind, tongue)}**\n{text}"


def _title(kind: Kind, tongue: Tongue) -> str:
    return tongue.say(kind.title)


def _facts(talk: Talk, scene: Scene) -> list[str]:
    """What has been said by now, as far as it fits into a line."""
    said = talk.said
    facts = []
    if "draft" in said:
        facts.append(scene.tongue.say("draft {id}", id=said["draft"]))
    if "incident" in said:
        facts.append(_about(said["incident"], scene))
    if "components" in said:
        facts.append(_names(said["components"], scene))
    if "impact" in said:
        facts.append(scene.tongue.word(Impact(said["impact"])))
    if "status" in said:
        facts.append(scene.tongue.word(Status(said["status"])))
    return [*facts, *_times(said, scene)]


def _times(said: Mapping[str, Any], scene: Scene) -> list[str]:
    facts = []
    if "starts" in said and "ends" in said:
        when = window_of(said)
        facts.append(escape(window(when.starts, when.ends, zone=scene.company.zone, tongue=scene.tongue)))
    elif "starts" in said:
        local = datetime.fromisoformat(said["starts"]).astimezone(scene.company.zone)
        facts.append(f"{whole_day(local, scene.tongue)} {clock_time(local, scene.tongue)}")
    elif "day" in said:
        facts.append(whole_day(datetime.fromisoformat(said["day"]), scene.tongue))
    if said.get("every"):
        facts.append(often(Every(said["every"]), scene.tongue))
    return facts


def _about(incident_id: int, scene: Scene) -> str:
    number = scene.tongue.say("incident {id}", id=incident_id)
    found = next((each for each in scene.stories if each.id == incident_id), None)
    if found is None:
        return number
    return f"{number} ({stands(_names(found.components, scene), found.impact, found.status, scene.tongue)})"


def _names(components: Sequence[str], scene: Scene) -> str:
    """The first components as their readers call them; how many more there are."""
    shown = listed([scene.name(each) for each in components[:_MOST_NAMES]], scene.tongue)
    hidden = len(components) - _MOST_NAMES
    return f"{shown} +{hidden}" if hidden > 0 else shown


def _button(choice: Choice, dialogue: Dialogue) -> Button:
    if choice.key is None:
        return Button(choice.label or _FILLED, data_of(PREFIX, dialogue.id, "still"))
    return Button(
        choice.label, data_of(PREFIX, dialogue.id, "pick", f"{dialogue.step}.{choice.key}"), style=choice.style
    )
