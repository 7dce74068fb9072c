"""Templates that were not filled in and bodies of other formats, where the owner writes the body or chooses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from tests.sources.fixture import fixture, source_of
from tests.sources.test_docs import blocks

DOCS = Path(__file__).parents[2] / "docs" / "sources"


def refused(name: str, body: Any) -> str:
    with pytest.raises(Malformed) as caught:
        source_of(name).parse(HookRequest(body=json.dumps(body).encode()))
    return str(caught.value)


def test_the_payload_to_paste_has_every_field_that_is_read_from_datadog() -> None:
    [shown] = [json.loads(block) for block in blocks(DOCS / "datadog.md", "json")]
    assert shown.keys() == json.loads(fixture("datadog", "firing").request.body).keys()


def test_datadogs_payload_as_it_is_typed_is_refused_and_says_why() -> None:
    [shown] = [json.loads(block) for block in blocks(DOCS / "datadog.md", "json")]
    assert refused("datadog", shown).startswith("transition: the placeholder was not filled in")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"payload": "notice-bot 2"}, "payload: expected notice-bot 1: paste the payload"),
        ({"transition": "null"}, "transition: the placeholder was not filled in"),
        ({"cycle": "null", "monitor": "$ALERT_ID"}, "monitor: the placeholder was not filled in"),
    ],
)
def test_what_datadog_left_out_is_told(change: dict[str, str], reason: str) -> None:
    body = json.loads(fixture("datadog", "firing").request.body)
    assert refused("datadog", {**body, **change}).startswith(reason)


def test_another_payload_of_datadogs_is_refused() -> None:
    assert refused("datadog", {"id": "1", "title": "[Triggered] x", "alert_transition": "Triggered"}).startswith(
        "payload"
    )


@pytest.mark.parametrize("name", ["id", "state"])
def test_new_relics_template_as_it_is_typed_is_refused(name: str) -> None:
    body = json.loads(fixture("new_relic", "firing").request.body)
    assert "not filled in" in refused("new_relic", {**body, name: "{{ json issueId }}"})


@pytest.mark.parametrize("schema", ["Microsoft.Insights/activityLogs", "AIP Budget Notification"])
def test_azures_other_schemas_are_refused_and_told_what_to_do(schema: str) -> None:
    body = {"schemaId": schema, "data": {"status": "Activated", "context": {"activityLog": {}}}}
    assert "expected the common alert schema" in refused("azure_monitor", body)


@pytest.mark.parametrize(
    "rule",
    ["test-metricAlertRule", "TEST-ALERTRULE", "test-logAlertRule-v1-metricMeasurement", "test-AlertRuleAlertRule"],
)
def test_azures_samples_are_known_by_the_names_of_their_rules(rule: str) -> None:
    assert state_of_azures_rule(rule) is SignalState.TEST


@pytest.mark.parametrize(
    "rule", ["test-my-AlertRule", "AlertRule", "test-", "test-AlertRule!", "my-test-AlertRule", "shop"]
)
def test_a_rule_of_ones_own_is_no_sample_of_azures(rule: str) -> None:
    assert state_of_azures_rule(rule) is SignalState.FIRING


def state_of_azures_rule(rule: str) -> SignalState:
    body = json.loads(fixture("azure_monitor", "firing").request.body)
    body["data"]["essentials"]["alertRule"] = rule
    [signal] = source_of("azure_monitor").parse(HookRequest(body=json.dumps(body).encode()))
    return signal.state


def test_an_alert_of_azures_that_nothing_names_is_refused() -> None:
    body = json.loads(fixture("azure_monitor", "firing").request.body)
    body["data"]["essentials"] |= {"alertId": "", "originAlertId": None}
    assert refused("azure_monitor", body) == "nothing in it names the problem"
    body = json.loads(fixture("azure_monitor", "resource_health_available").request.body)
    for targets in ([], "", None, [" "]):
        body["data"]["essentials"]["alertTargetIDs"] = targets
        assert refused("azure_monitor", body) == "data.essentials.alertTargetIDs: is empty"


def told_by_cloudflare(moment: str, **data: Any) -> Any:
    body = json.loads(fixture("cloudflare", "firing_attack").request.body)
    del body["alert_correlation_id"]
    body |= {"alert_event": f"ALERT_STATE_EVENT_{moment}", "data": {**body["data"], **data}}
    [signal] = source_of("cloudflare").parse(HookRequest(body=json.dumps(body).encode()))
    return signal


def test_what_cloudflare_ends_is_what_it_began_also_without_a_correlation() -> None:
    began, ended = told_by_cloudflare("START", rate=100), told_by_cloudflare("END", rate=0, end_time="18:00")
    assert (began.state, ended.state) == (SignalState.FIRING, SignalState.RESOLVED)
    assert began.key == ended.key
    assert began.key != told_by_cloudflare("END", attack_id="a2").key, "the end of another is not the end of this one"


def test_service_health_that_has_ended_never_opens_anything_although_it_is_called_fired() -> None:
    body = json.loads(fixture("azure_monitor", "service_health_resolved").request.body)
    assert body["data"]["essentials"]["monitorCondition"] == "Fired"
    for stage in ("Resolved", "Complete", "Canceled", "Rca", "", None):
        body["data"]["alertContext"]["properties"]["stage"] = stage
        [signal] = source_of("azure_monitor").parse(HookRequest(body=json.dumps(body).encode()))
        assert signal.state is not SignalState.FIRING


def test_two_nodes_of_netdata_with_a_name_are_two_problems() -> None:
    body = json.loads(fixture("netdata", "firing").request.body)
    keys = {
        source_of("netdata").parse(HookRequest(body=json.dumps({**body, "host": host}).encode()))[0].key
        for host in ("web-1", "web-2")
    }
    assert len(keys) == 2
