"""The questions which incident it is about, and which of its updates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.dialogues import Talk
from bot.domain.model import Incident
from bot.intake.dialogues import Told
from bot.operators.dialogues.asking import (
    Choice,
    Given,
    Looking,
    Next,
    Scene,
    Screen,
    gone,
    page_of,
    press_one,
    shortened,
    turned,
    turning,
)
from bot.operators.phrases import spoken

_SIZE = 8


@dataclass(frozen=True, slots=True)
class WhichIncident:
    """One of the scene's stories."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "incident" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """A page of incidents, the newest first."""
        if not scene.stories:
            wants = [scene.tongue.say(scene.wants)] if scene.wants else []
            return Screen("\n".join([scene.tongue.say("There is no incident that this can be done to."), *wants]))
        page, shown = page_of(len(scene.stories), talk.look.get("page", 0), size=_SIZE)
        rows = [[Choice(_named(each, scene), f"i-{each.id}")] for each in scene.stories[shown]]
        turn = turning(page, len(scene.stories), size=_SIZE)
        return Screen(scene.tongue.say("Which incident?"), [*rows, *turn], typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """An incident, or another page."""
        if (page := turned(key)) is not None:
            return Looking({"page": page})
        return _given(key.removeprefix("i-"), scene)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Its number."""
        if not text.strip().lstrip("#").isdigit():
            raise press_one()
        return _given(text.strip().lstrip("#"), scene)


@dataclass(frozen=True, slots=True)
class WhichUpdate:
    """One of the chosen incident's updates. whole: all of the story may be meant."""

    whole: bool = False

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "number" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """A page of updates, the newest first."""
        page, shown = page_of(len(scene.told), talk.look.get("page", 0), size=_SIZE)
        everything = [[Choice(scene.tongue.say("The whole incident"), "all", "danger")]] if self.whole else []
        rows = [[Choice(_entitled(each, scene), f"u-{each.number}")] for each in scene.told[shown]]
        turn = turning(page, len(scene.told), size=_SIZE)
        return Screen(scene.tongue.say("Which update?"), [*everything, *rows, *turn])

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """An update, all of them, or another page."""
        if (page := turned(key)) is not None:
            return Looking({"page": page})
        if key == "all" and self.whole:
            return Given({"number": None})
        number = next((each.number for each in scene.told if key == f"u-{each.number}"), None)
        if number is None:
            raise gone()
        return Given({"number": number})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Nothing."""
        raise press_one()


def _given(number: str, scene: Scene) -> Given:
    found = next((each.id for each in scene.stories if str(each.id) == number), None)
    if found is None:
        raise gone()
    return Given({"incident": found})


def _named(incident: Incident, scene: Scene) -> str:
    names = ", ".join(scene.name(each) for each in incident.components)
    return shortened(f"{incident.id} · {spoken(incident.status, scene.tongue)} · {names}")


def _entitled(told: Told, scene: Scene) -> str:
    notice = told.notices.get(scene.language) or next(iter(told.notices.values()), None)
    return shortened(f"{told.number} · {spoken(told.status, scene.tongue)} · {notice.title if notice else ''}")
