"""The section ``channels.website``: what the status page looks like, and where else it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.config.part import Part
from bot.config.values import Ancestor, ColourText

Font = Literal["system", "humanist", "rounded", "serif"]
"""Families that readers' devices have already; nothing is fetched."""


class WebsiteSettings(Part):
    """The status page in every language."""

    past: int = Field(default=10, ge=0, le=200)
    """How many past incidents the front page shows."""
    accent: ColourText = "#1d4f91"
    """The colour of links and buttons, such as #1d4f91. Must be readable on white (WCAG AA)."""
    accent_dark: ColourText | None = None
    """The same for readers who prefer a dark page. Absent: made from ``accent``."""
    font: Font = "system"
    """The family of letters, from those that readers' devices have."""
    frame_ancestors: tuple[Ancestor, ...] = ()
    """Origins whose pages may show the status page in a frame, or self. Absent: nobody's."""
    live: int = Field(default=2000, ge=0, le=100_000)
    """How many readers at once are told of a change the moment it happens; the others look every half minute."""
    export: Path | None = None
    """A folder in which the whole site is kept as files, for a web server that works while this service does not."""
