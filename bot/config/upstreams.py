"""The other half of the section ``sources``: somebody else's status pages, which we look at again and again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from bot.config.part import Part
from bot.config.values import Flag, Url, Wait

UpstreamType = Literal[
    "aws_status",
    "google_cloud_status",
    "instatus_feed",
    "meta",
    "slack_status",
    "statuspage_feed",
    "syndication_feed",
]
"""Families of status pages. One line each, in the order of the alphabet, as in ``sources.upstream.registry``."""

PLATFORMS = {
    "aws_status": "AWS",
    "google_cloud_status": "Google Cloud",
    "meta": "Meta",
    "slack_status": "Slack",
}
"""Families that are one platform, with what customers call it. Of all others there are many pages, each with a name and
an address of its own.
"""

MOST_OFTEN = timedelta(seconds=30)
"""Asking a page more often than this would be a burden to it, and no news: pages are cached for about as long."""

_PRODUCT = re.compile(r"[^\W_]+(-[^\W_]+)*")


def _product(value: str) -> str:
    if not _PRODUCT.fullmatch(value) or value != value.casefold():
        raise ValueError("expected a product as in depends_on, such as git-operations")
    return value


class UpstreamSettings(Part):
    """Somebody else's status page, which we look at again and again."""

    type: UpstreamType
    """What sends here, or what kind of page is looked at."""
    name: str | None = Field(default=None, min_length=1, max_length=100)
    """What customers call the platform ("Meta"), for notices that say whose fault it is. Absent: the type's own."""
    url: Url | None = None
    """The page's address, for types that are not one platform."""
    products: tuple[Annotated[str, AfterValidator(_product)], ...] = ()
    """Which of its products matter, as on the type's page; absent: all."""
    every: Wait = Field(default=timedelta(minutes=1), json_schema_extra={"default": "1m"})
    """How often to look; at least 30s."""
    expect_every: Wait | None = Field(default=timedelta(minutes=30), json_schema_extra={"default": "30m"})
    """Operators are told when nothing was heard or read for so long. Absent: a sender may be silent, a page for 30m."""
    only_open: Flag = False
    """syndication_feed only. true: the feed lists only what is going on now, so whatever is in it is a problem."""
    private: Flag = False
    """true: the page may be at a private or loopback address, for a page inside your own network."""

    @property
    def shown(self) -> str:
        """What customers call the platform."""
        return self.name or PLATFORMS[self.type]

    @model_validator(mode="after")
    def _fits_its_type(self) -> UpstreamSettings:
        if self.type in PLATFORMS:
            if self.url is not None:
                raise ValueError(f"url is not for type {self.type}, whose address is known")
        elif missing := [key for key in ("name", "url") if getattr(self, key) is None]:
            raise ValueError(f"{' and '.join(missing)} missing: type {self.type} can be anybody's page")
        if self.every < MOST_OFTEN:
            raise ValueError("every is less than 30s, which is more often than pages change")
        if self.expect_every is not None and self.expect_every <= self.every:
            raise ValueError("expect_every, which is 30m unless written, is not longer than every")
        if self.only_open and self.type != "syndication_feed":
            raise ValueError("only_open is only for type syndication_feed")
        return self
