"""What senders that sign may send and we do not read: the refusal says what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.pagerduty import PagerDuty
from tests.sources.fixture import fixture, source_of

REFUSED: dict[str, tuple[str, Any, str]] = {
    "PagerDuty's version 2": (
        "pagerduty",
        {"messages": [{"event": "incident.trigger", "incident": {"id": "Q1K7XVN2"}}]},
        "messages: a webhook of version 1 or 2",
    ),
    "Sentry's old plugin": (
        "sentry",
        {"id": "5", "project": "shop", "level": "error", "event": {}},
        "data: not from an internal integration",
    ),
    "something else than Instatus": ("instatus", {"page": {"id": "pg7"}}, "not what Instatus sends"),
    "Oh Dear without a monitor": ("oh_dear", {"type": "uptimeCheckFailed"}, "neither site nor monitor"),
    "Oh Dear's time in words": (
        "oh_dear",
        {"type": "uptimeCheckFailed", "date_time": "yesterday", "site": {"id": 1}},
        "date_time: expected a time such as",
    ),
    "a time of Oh Dear that is none": (
        "oh_dear",
        {"type": "uptimeCheckFailed", "dateTime": "20240230120000", "monitor": {"id": 1}},
        "dateTime: no such time",
    ),
}


@pytest.mark.parametrize(("source_type", "body", "hint"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_says_what_to_do(source_type: str, body: Any, hint: str) -> None:
    with pytest.raises(Malformed, match=hint):
        source_of(source_type).parse(HookRequest(body=json.dumps(body).encode()))


def test_the_last_moment_there_is_breaks_nothing() -> None:
    recorded = fixture("sentry", "resolved_uptime")
    body = json.loads(recorded.request.body)
    body["data"]["issue"]["lastSeen"] = "9999-12-31T23:59:59.999999Z"
    [read] = recorded.source.parse(recorded.saying(body))
    assert read.at is not None
    assert read.at.year == 9999


def test_the_language_of_status_updates_is_the_configured_one_or_the_first() -> None:
    configured, first = source_of("pagerduty", language="it"), source_of("pagerduty")
    assert isinstance(configured, PagerDuty)
    assert isinstance(first, PagerDuty)
    assert (configured.language, first.language) == ("it", "en")
