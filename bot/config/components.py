"""The section ``components``: what customers have a name for, and where else to reach the company while it is down."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from bot.config.part import Part
from bot.config.values import Localised, Slug


class Way(Part):
    """One way to reach the company meanwhile."""

    text: Localised
    """Markdown."""
    depends_on: tuple[str, ...] = ()
    """Components and upstream products this way stands on: while one is down, notices leave the way out."""


def _instead_form(value: Any) -> str:
    return "(ways)" if isinstance(value, list | tuple) else "(text)"


Instead = Annotated[
    Annotated[Localised, Tag("(text)")] | Annotated[tuple[Way, ...], Tag("(ways)")],
    Discriminator(_instead_form),
]
"""Where else to reach the company: one text that always holds, or a list of ways."""


class Component(Part):
    """A part of the company's service that customers have a name for."""

    name: Localised
    """What customers call it."""
    group: Localised | None = None
    """What it is listed under on pages, with the others that say the same. Absent: on its own."""
    region: Localised | None = None
    """Where it is, shown beside its name on pages."""
    instead: Instead | None = None
    """Where else to reach the company while this is down: a text in Markdown, or a list of ways. Absent: nowhere."""
    depends_on: tuple[str, ...] = ()
    """Upstream products it stands on, as source/product, or a whole source."""
    approvals: Annotated[int, Field(ge=1, le=5)] = 1
    """How many publishers must agree before operators' words about this are published, or published ones change."""
    inhibited_by: tuple[Slug, ...] = ()
    """While one of these components is down, this one says nothing of its own."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """``instead`` as a list, whichever way it was written."""
        if self.instead is None:
            return ()
        return self.instead if isinstance(self.instead, tuple) else (Way(text=self.instead),)
