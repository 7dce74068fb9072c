"""The question how much longer maintenance lasts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.dialogues import Talk
from bot.domain.maintenance_reading import take_extension
from bot.domain.nearest import quoted
from bot.domain.planned import extended
from bot.errors import CommandError
from bot.operators.dialogues.asking import Given, Next, Scene, Screen
from bot.operators.dialogues.when import length_pressed, lengths


@dataclass(frozen=True, slots=True)
class HowMuchLonger:
    """Longer by so much, or until then."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "seconds" in said or "until" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """The usual lengths."""
        text = scene.tongue.say(
            "How much longer than planned? Press, or type it, such as {example}.", example="`90m`, `until 05:00`"
        )
        return Screen(text, [lengths(scene)], typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """One of them."""
        return self._given(length_pressed(key), talk, scene)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """A length, or an end."""
        longer, rest = take_extension(text.strip(), scene.here)
        if rest:
            raise CommandError("what does {words} mean?", words=quoted(rest))
        return self._given(longer, talk, scene)

    def _given(self, longer: timedelta | datetime, talk: Talk, scene: Scene) -> Given:
        extended(scene.story(talk), longer, now=scene.now)  # says now what would be refused at the end
        if isinstance(longer, datetime):
            return Given({"until": longer.isoformat()})
        return Given({"seconds": longer.total_seconds()})


def longer_by(said: Mapping[str, Any]) -> timedelta | datetime:
    """What was answered."""
    return datetime.fromisoformat(said["until"]) if "until" in said else timedelta(seconds=said["seconds"])
