"""Which families of status pages there are. A new one is a file, its fixtures, and its name in this tuple."""

from __future__ import annotations

from bot.config.upstreams import UpstreamSettings
from bot.sources.upstream.aws import AwsStatus
from bot.sources.upstream.base import StatusPage
from bot.sources.upstream.google_cloud import GoogleCloudStatus
from bot.sources.upstream.instatus import InstatusFeed
from bot.sources.upstream.meta import Meta
from bot.sources.upstream.slack import SlackStatus
from bot.sources.upstream.statuspage import StatuspageFeed
from bot.sources.upstream.syndication import SyndicationFeed

UPSTREAMS: tuple[type[StatusPage], ...] = (
    AwsStatus,
    GoogleCloudStatus,
    InstatusFeed,
    Meta,
    SlackStatus,
    StatuspageFeed,
    SyndicationFeed,
)
"""Every family we can read. The contract suite runs over all of them."""


def build(name: str, settings: UpstreamSettings) -> StatusPage:
    """The page as the configuration wants it, under its configured name. Raises KeyError for an unknown type."""
    kind = {family.type: family for family in UPSTREAMS}[settings.type]
    return kind(
        name=name,
        shown=settings.shown,
        url=settings.url or kind.home,
        products=frozenset(settings.products),
        only_open=settings.only_open,
    )
