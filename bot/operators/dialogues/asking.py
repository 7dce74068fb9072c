"""What a question of a dialogue is: a screen, and what its buttons and typed words answer. Pure.

Everything a screen shows comes from the ``Talk`` so far and from the ``Scene``, which is loaded anew for every screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.buttons import Style
from bot.domain.changes import Draft
from bot.domain.dates import Here
from bot.domain.dialogues import Part, Talk
from bot.domain.model import Incident
from bot.errors import CommandError
from bot.intake.dialogues import Told
from bot.languages.days import day_names
from bot.languages.tongue import Tongue

LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the configuration says. components: by id, the names in all languages; languages: of notices."""

    components: Mapping[str, Mapping[str, str]]
    languages: Sequence[str]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What screens are drawn from. tongue: the operator's; language: what their untagged words are taken to be in;

    stories: the incidents they can choose from, newest first; told: the published updates of the one they have chosen,
    newest first, where the dialogue is about updates; draft: the one it is about, None when it is about none; wants: in
    English, what an incident must be to be among them, ""
    where any will do.
    """

    company: Company
    tongue: Tongue
    language: str
    now: datetime
    stories: Sequence[Incident] = ()
    told: Sequence[Told] = ()
    draft: Draft | None = None
    wants: str = ""

    @property
    def here(self) -> Here:
        """What typed times are relative to."""
        return Here(now=self.now, zone=self.company.zone, names=day_names(self.language))

    def name(self, component: str) -> str:
        """A component's name in the operator's language, plain and at most 60 characters; its id where it is configured
        no more.
        """
        names = self.company.components.get(component, {})
        return shortened(names.get(self.language) or next(iter(names.values()), component))

    def story(self, talk: Talk) -> Incident:
        """The incident the dialogue is about. Raises CommandError when it cannot be, or can be no more."""
        chosen = talk.said["incident"]
        found = next((each for each in self.stories if each.id == chosen), None)
        if found is None:
            raise CommandError("this cannot be done to incident {id} now; /status shows how things stand", id=chosen)
        return found

    def update(self, talk: Talk) -> Told:
        """The update the dialogue is about. Raises CommandError when there is none."""
        chosen = talk.said["number"]
        found = next((each for each in self.told if each.number == chosen), None)
        if found is None:
            raise CommandError("incident {id} has no update {number}", id=talk.said["incident"], number=chosen)
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. label: plain; key: what is pressed, [a-z0-9-] and short; None for a cell that only fills its place."""

    label: str
    key: str | None
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """One question as it is shown. text: Markdown; typing: words may be typed instead of pressing."""

    text: str
    rows: Sequence[Sequence[Choice]] = ()
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """The question is answered."""

    part: Part


@dataclass(frozen=True, slots=True)
class Looking:
    """The same question shows something else now."""

    part: Part = field(default_factory=dict)


Next: TypeAlias = Given | Looking


class Question(Protocol):
    """One question. Both answers raise CommandError for what does not answer it."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked (any more)."""
        ...

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """How it is asked."""
        ...

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """What a button means."""
        ...

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """What words mean."""
        ...


def shortened(label: str) -> str:
    """At most 60 characters of a label; clients cut longer ones anyway."""
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def gone() -> CommandError:
    """A button that is there no more, or was made up."""
    return CommandError("There is no such choice any more.")


def press_one() -> CommandError:
    """Words where only buttons answer."""
    return CommandError("Press one of the buttons above; I cannot read this here.")


def in_rows(choices: Sequence[Choice], width: int) -> list[list[Choice]]:
    """Choices in rows of at most so many."""
    return [list(choices[start : start + width]) for start in range(0, len(choices), width)]


def page_of(count: int, wanted: int, *, size: int) -> tuple[int, slice]:
    """The page nearest to the wanted one, and what is on it; pages count from 0."""
    page = min(max(wanted, 0), max(count - 1, 0) // size)
    return page, slice(page * size, (page + 1) * size)


def turning(page: int, count: int, *, size: int) -> list[list[Choice]]:
    """The row that turns pages; none when there is one page only."""
    last = max(count - 1, 0) // size
    if last == 0:
        return []
    before = Choice("‹", f"p-{page - 1}" if page else None)
    after = Choice("›", f"p-{page + 1}" if page < last else None)
    return [[before, Choice(f"{page + 1}/{last + 1}", None), after]]


def turned(key: str) -> int | None:
    """The page a button of ``turning`` leads to, None for another button."""
    kind, _, number = key.partition("-")
    return int(number) if kind == "p" and number.isdigit() and len(number) < 6 else None
