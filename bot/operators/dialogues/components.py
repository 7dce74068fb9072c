"""The question which components it is about. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import component_names
from bot.domain.dialogues import Talk
from bot.errors import CommandError
from bot.operators.dialogues.asking import (
    Choice,
    Given,
    Looking,
    Next,
    Scene,
    Screen,
    gone,
    in_rows,
    page_of,
    turned,
    turning,
)

_SIZE = 8
_NARROW = 16
"""Characters of a name that fit in half a row."""


@dataclass(frozen=True, slots=True)
class Components:
    """Toggles, a page of them at a time, and Next."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "components" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """One toggle for each component."""
        names = list(scene.company.components)
        chosen = talk.look.get("components", [])
        page, shown = page_of(len(names), talk.look.get("page", 0), size=_SIZE)
        toggles = [_toggle(name, name in chosen, scene) for name in names[shown]]
        width = 2 if all(len(each.label) <= _NARROW for each in toggles) else 1
        go_on = [[Choice(scene.tongue.say("Next"), "ok", "success")]] if chosen else []
        rows = [*in_rows(toggles, width), *turning(page, len(names), size=_SIZE), *go_on]
        return Screen(scene.tongue.say("Which parts of the service?"), rows, typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """A toggle, another page, or Next."""
        chosen: list[str] = [each for each in talk.look.get("components", []) if each in scene.company.components]
        if (page := turned(key)) is not None:
            return Looking({"page": page})
        if key == "ok":
            if not chosen:
                raise CommandError("Choose at least one first.")
            return Given({"components": chosen})
        name = next((each for each in scene.company.components if mark(each) == key), None)
        if name is None:
            raise gone()
        left = [each for each in chosen if each != name]
        return Looking({"components": left if name in chosen else [*chosen, name]})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Ids or names with commas between them."""
        names = {name: frozenset(said.values()) for name, said in scene.company.components.items()}
        components, rest = component_names.take(text, names)
        if rest:
            raise CommandError("what does {words} mean?", words=rest[:30])
        return Given({"components": list(components)})


def mark(name: str) -> str:
    """What a component is called on buttons: ids may be too long for them, and places in a list change."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _toggle(name: str, chosen: bool, scene: Scene) -> Choice:
    label = scene.name(name)
    return Choice(f"✓ {label}" if chosen else label, mark(name), "primary" if chosen else None)
