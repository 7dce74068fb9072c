"""Bodies their owner writes: what we publish is what we read, and what was not filled in is told about."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.templates import tags
from tests.sources.fixture import fixture, source_of

DOCS = Path(__file__).parents[2] / "docs" / "sources"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def texts_on(page: str) -> list[str]:
    """The fenced blocks without a language of their own."""
    found = re.findall(r"^( *)```text\n(.*?)^\1```", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)
    return [textwrap.dedent(block).strip() for _, block in found]


def fill(template: str, values: dict[str, str]) -> str:
    """As these senders do: the longest placeholder first, and nothing is escaped."""
    for placeholder in sorted(values, key=len, reverse=True):
        template = template.replace(placeholder, values[placeholder])
    return template


def read(source_type: str, body: str, **request: Any) -> Signal:
    [signal] = source_of(source_type).parse(HookRequest(body=body.encode(), **request))
    return signal


GATUS = {
    "[ALERT_TRIGGERED_OR_RESOLVED]": "TRIGGERED", "[ENDPOINT_GROUP]": "shop", "[ENDPOINT_NAME]": "front",
    "[ENDPOINT_URL]": "https://shop.example/health", "[ALERT_DESCRIPTION]": "the front page does not answer",
}  # fmt: skip


def gatus_template() -> str:
    blocks = re.findall(r"^   ```yaml\n(.*?)^   ```", (DOCS / "gatus.md").read_text(encoding="utf-8"), re.M | re.S)
    [custom] = [block for block in map(yaml.safe_load, map(textwrap.dedent, blocks)) if "alerting" in block]
    return str(custom["alerting"]["custom"]["body"])


def test_the_body_for_gatus_is_read_once_filled_in() -> None:
    assert (read("gatus", fill(gatus_template(), GATUS)),) == fixture("gatus", "firing").signals


def test_the_body_for_gatus_as_it_is_typed_is_refused_and_says_why() -> None:
    with pytest.raises(Malformed, match="name: the placeholder was not filled in: Gatus does not know it"):
        read("gatus", gatus_template())


CHECK = fixture("healthchecks", "firing").request
HEALTHCHECKS = {
    "$STATUS": "down", "$NOW": "2024-12-12T02:15:31+00:00", "$CODE": "3f0c2b9a-51d7-4e6e-9f0b-7a2d18c4e5a6",
    "$NAME": "Nightly backup", "$TAGS": "service=backups production",
    "$JSON": json.dumps(json.loads(CHECK.body)["check"]),
}  # fmt: skip


def test_each_body_for_healthchecks_is_read_once_filled_in() -> None:
    _, newer, older, _ = texts_on("healthchecks.md")
    assert (read("healthchecks", fill(newer, HEALTHCHECKS)),) == fixture("healthchecks", "firing").signals
    assert (read("healthchecks", fill(older, HEALTHCHECKS)),) == fixture("healthchecks", "firing_get").signals


def test_the_address_for_healthchecks_is_read_once_filled_in() -> None:
    address = texts_on("healthchecks.md")[-1]
    filled = fill(address, {name: value.replace(" ", "%20") for name, value in HEALTHCHECKS.items()})
    query = dict(parse_qsl(filled.partition("?")[2].replace("+", "%2B")))
    signals = source_of("healthchecks").parse(HookRequest(method="GET", query=query))
    assert tuple(signals) == fixture("healthchecks", "firing_get").signals


def test_a_healthchecks_that_knows_no_json_placeholder_is_told_so() -> None:
    with pytest.raises(Malformed, match="not JSON"):
        read("healthchecks", texts_on("healthchecks.md")[1])
    with pytest.raises(Malformed, match="code: the placeholder was not filled in: this version of Healthchecks"):
        read("healthchecks", fill(texts_on("healthchecks.md")[2], {"$STATUS": "down", "$NOW": ""}))


PRTG = {
    "%sensorid": "2041", "%status": "Down", "%device": "web-01", "%name": "HTTPS shop.example", "%group": "Web",
    "%probe": "Naples", "%priority": "*****", "%objecttags": "service=shop httpsensor",
    "%message": "HTTP/1.1 503 Service Unavailable (code: PE231)", "%linksensor": "https://prtg.example/sensor.htm?id=2041",
}  # fmt: skip


def test_the_payload_for_prtg_is_read_once_filled_in() -> None:
    [template] = texts_on("prtg.md")
    encoded = {name: urlencode({"": value}).removeprefix("=") for name, value in PRTG.items()}
    assert (read("prtg", fill(template, encoded), headers=FORM),) == fixture("prtg", "firing").signals


@pytest.mark.parametrize("field", ["sensorid", "status"])
def test_the_payload_for_prtg_as_it_is_typed_is_refused_and_says_why(field: str) -> None:
    body = urlencode({"sensorid": "1", "status": "Up", field: f"%{field}"})
    with pytest.raises(Malformed, match=f"{field}: the placeholder was not filled in: PRTG does not know it"):
        read("prtg", body, headers=FORM)


@pytest.mark.parametrize(
    ("source_type", "body", "error"),
    [
        ("zabbix", {"event_value": "1", "event_id": "{EVENT.ID}"}, "event_id: the placeholder was not filled in: Za"),
        ("zabbix", {"event_value": "1", "event_id": "*UNKNOWN*"}, "event_id: the placeholder was not filled in"),
        ("zabbix", {"event_id": "7"}, "event_value: missing"),
        ("zabbix", {"event_value": "1", "event_id": "7", "event_tags": "[{]"}, "event_tags: not JSON"),
        ("zabbix", {"hostname": "web", "status": "OK"}, "trigger: missing"),
        ("checkmk", {"what": "HOST", "host": "$HOSTNAME$", "status": "UP"}, "host: the placeholder was not filled in"),
        ("checkmk", {"what": "HOST", "host": "web", "status": "UP"}, "notification_type: missing"),
        ("checkmk", {"what": "HOST", "host": "web", "status": "", "notification_type": "PROBLEM"}, "status: is empty"),
        ("checkmk", {"what": "SERVICE", "host": "web", "status": "OK"}, "service: missing"),
        ("icinga", {"host": "web", "state": "$host.state$"}, "state: the placeholder was not filled in: Icinga has no"),
        ("icinga", {"incident": {"id": 3}}, "incident.severity: missing"),
        ("icinga", {"incident": {"severity": "ok"}, "event": {}}, "incident.id: missing"),
        ("healthchecks", {"status": "$STATUS", "code": "x"}, "status: the placeholder was not filled in"),
        ("gatus", {"name": "x", "status": ""}, "status: is empty"),
        ("prtg", {"sensorid": 7}, "status: missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(source_type: str, body: Any, error: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(source_type, json.dumps(body))
    assert error in str(refused.value)


RECOVERED = {"checkmk": "status", "icinga": "state"}


@pytest.mark.parametrize(
    "kind", ["PROBLEM", "ACKNOWLEDGEMENT", "DOWNTIMESTART", "DOWNTIMEEND", "CUSTOM", "FLAPPINGSTART", ""]
)
@pytest.mark.parametrize("source_type", RECOVERED)
def test_no_recovery_is_taken_from_what_is_none(source_type: str, kind: str) -> None:
    name = "notification_type" if source_type == "checkmk" else "type"
    body = {"what": "HOST", "host": "web", RECOVERED[source_type]: "OK", name: kind or "X"}
    signal = read(source_type, json.dumps(body))
    assert signal.state is not SignalState.RESOLVED


@given(st.dictionaries(st.text("abc", min_size=1), st.text("xyz"), max_size=4))
def test_tags_are_read_as_they_were_written(written: dict[str, str]) -> None:
    assert tags(" ".join(f"{name}={value}" for name, value in written.items()), between=None, equals="=") == written
    assert tags(", ".join(f"{name}: {value}" for name, value in written.items()), between=",", equals=":") == written
