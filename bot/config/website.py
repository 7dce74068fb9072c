"""The section ``channels.website``: what the status page looks like, and where else it is kept."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from bot.config.part import Part
from bot.config.values import Ancestor, BaseUrl, ColourText

Font = Literal["system", "humanist", "rounded", "serif"]
"""Families that readers' devices have already; nothing is fetched."""


class PushSettings(Part):
    """A bucket that holds the files of ``export``, at Amazon S3 or whoever speaks as it does. Needs the extra s3."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """Its name. What else is in it stays as it is, unless it is called as a page."""
    endpoint: BaseUrl | None = None
    """Where it is, such as https://s3.example. Absent: Amazon's own, in ``region``."""
    region: str = Field(default="us-east-1", pattern="^[a-z0-9-]{1,64}$")
    """The region of the bucket; with many others than Amazon it is auto, or any."""
    access_key: str = Field(min_length=1, max_length=256)
    """The id of the key that may write there."""
    secret_key: SecretStr = Field(min_length=1)
    """The key itself."""

    @model_validator(mode="after")
    def _able(self) -> PushSettings:
        if find_spec("obstore") is None:
            raise ValueError("expected the extra s3 to be installed (pip install 'incident-notice-bot[s3]')")
        return self


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
    push: PushSettings | None = None
    """A bucket that the files of ``export`` are copied to as well. Absent: none."""

    @model_validator(mode="after")
    def _pushed_from_somewhere(self) -> WebsiteSettings:
        if self.push is not None and self.export is None:
            raise ValueError("expected export, the folder that is copied to the bucket, found push alone")
        return self
