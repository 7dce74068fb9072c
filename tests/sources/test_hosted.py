"""What hosted uptime services and status pages send that is not what we read: the refusal says what to mend.

What is read is stated by the fixtures, over which tests/contracts/test_sources.py runs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from tests.sources.fixture import fixture, source_of

FORM = {"content-type": "application/x-www-form-urlencoded"}
REFUSED: dict[str, tuple[str, Any, str, str]] = {
    "UptimeRobot's number as it was typed": (
        "uptimerobot",
        {"monitorID": "*monitorID*", "alertType": "1"},
        "monitorID",
        "not filled in",
    ),
    "a template without asterisks": (
        "uptimerobot",
        {"monitorID": "monitorID", "alertType": "alertType", "alertTypeFriendlyName": "alertTypeFriendlyName"},
        "monitorID",
        "not filled in",
    ),
    "a type as it was typed": (
        "uptimerobot",
        {"monitorID": "7", "alertType": "*alertType*", "alertTypeFriendlyName": "*alertTypeFriendlyName*"},
        "alertTypeFriendlyName",
        "not filled in",
    ),
    "neither type nor its name": ("uptimerobot", {"monitorID": "7"}, "alertTypeFriendlyName", "missing"),
    "somebody else's template": ("uptimerobot", {"monitor_url": "x", "alert_type": "1"}, "monitorID", "missing"),
    "a status page of Better Stack": (
        "better_stack",
        {"event_type": "incident", "incident": {"id": "98765"}},
        "event_type",
        "status page",
    ),
    "Better Stack without its data": ("better_stack", {"event": "started"}, "data.type", "missing"),
    "Pingdom's other format": ("pingdom", {"check": "7", "action": "assign"}, "check_id", "missing"),
    "a test of StatusCake's that is no uptime test": ("statuscake", {"Name": "Certificate"}, "Status", "missing"),
    "a status as it was typed": (
        "site24x7",
        {"STATUS": "$STATUS", "MONITORNAME": "Shop"},
        "STATUS",
        "not filled in",
    ),
    "Site24x7 without a monitor": ("site24x7", {"STATUS": "DOWN"}, "MONITORNAME", "missing"),
    "updown without its list": ("updown", {"event": "check.down"}, "body", "expected list"),
    "updown without a check": ("updown", [{"event": "check.down"}], "body[0].check.token", "missing"),
    "openstatus without a monitor": ("openstatus", {"status": "error"}, "monitor.id", "missing"),
    "another product's page": ("statuspage", {"page": {}, "maintenance": {"id": "1"}}, "", "not what Statuspage sends"),
    "a number of Freshstatus' as it was typed": (
        "freshstatus",
        {"id": "{id}", "title": "Slow", "event_data": {"event_type": "INCIDENT_OPEN"}},
        "id",
        "not filled in",
    ),
    "Freshstatus without its own part": (
        "freshstatus",
        {"id": "1", "title": "Slow"},
        "event_data.event_type",
        "missing",
    ),
    "HetrixTools without a status": ("hetrixtools", {"monitor_id": "7"}, "monitor_status", "missing"),
    "Opsgenie without an alert": ("opsgenie", {"action": "Create"}, "alert.alertId", "missing"),
}


@pytest.mark.parametrize(("name", "body", "path", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_names_the_place_and_the_reason(name: str, body: Any, path: str, words: str) -> None:
    request = HookRequest(headers={"content-type": "application/json"}, body=json.dumps(body).encode())
    with pytest.raises(Malformed) as refused:
        source_of(name).parse(request)
    assert refused.value.path == path
    assert words in refused.value.text


def read_or_refused(name: str, query: dict[str, str]) -> str:
    """The key of what was read, or the reason of the refusal."""
    try:
        [signal] = source_of(name).parse(HookRequest(method="GET", query=query))
    except Malformed as error:
        return str(error)
    return signal.key


@pytest.mark.parametrize("name", ["uptimerobot", "statuscake", "site24x7"])
@given(data=st.data())
def test_any_query_is_read_or_refused(name: str, data: st.DataObject) -> None:
    recorded = fixture(name, "firing_get").request.query
    query = {**recorded} | data.draw(st.dictionaries(st.sampled_from(sorted(recorded)), st.text(st.characters())))
    told = read_or_refused(name, query)
    assert told.isprintable()
    assert told


@pytest.mark.parametrize("name", ["uptimerobot", "statuscake", "site24x7"])
def test_a_request_with_nothing_but_our_token_is_no_signal(name: str) -> None:
    with pytest.raises(Malformed):
        source_of(name).parse(HookRequest(query={"token": "x"}))


def test_no_secret_of_ours_gets_into_a_signal() -> None:
    recorded = fixture("uptimerobot", "firing_get")
    assert "in-the-address" in recorded.request.query["monitorAlertContacts"]
    assert "in-the-address" not in repr(recorded.source.parse(recorded.request))


def test_an_address_to_unsubscribe_gets_into_no_signal() -> None:
    recorded = fixture("statuspage", "firing")
    assert b"zz19capability" in recorded.request.body
    assert "zz19capability" not in repr(recorded.source.parse(recorded.request))


def test_a_name_escaped_into_another_direction_is_cleaned() -> None:
    body = b"monitorID=7&alertType=1&monitorFriendlyName=%26%238238%3Bpohs%26%230%3B"
    [signal] = source_of("uptimerobot").parse(HookRequest(headers=FORM, body=body))
    assert signal.labels["monitor"].startswith("pohs")


def test_what_is_told_before_a_reopening_is_older_than_it() -> None:
    """Statuspage keeps ``created_at`` of the first time: a relapse must not look older than the end before it."""
    [end] = fixture("statuspage", "resolved").signals
    [again] = fixture("statuspage", "firing_again").signals
    assert end.state is SignalState.RESOLVED
    assert again.key == end.key
    assert end.at is not None
    assert again.at is not None
    assert again.at > end.at
