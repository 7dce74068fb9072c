"""Hosts and their services: nothing that was not filled in may turn the one into the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import Malformed
from bot.sources.base import HookRequest
from tests.sources.fixture import fixture, source_of


def changed(name: str, recorded: str, **change: Any) -> HookRequest:
    body = {**json.loads(fixture(name, recorded).request.body), **change}
    said = {field: value for field, value in body.items() if value is not ...}
    return HookRequest(body=json.dumps(said).encode())


def refused(name: str, recorded: str, **change: Any) -> str:
    with pytest.raises(Malformed) as caught:
        source_of(name).parse(changed(name, recorded, **change))
    return str(caught.value)


@pytest.mark.parametrize("what", ["service", "Host", "SERVICES", "SERVICE HOST", "x"])
def test_checkmk_speaks_of_a_host_or_of_a_service_and_of_nothing_else(what: str) -> None:
    assert refused("checkmk", "resolved_service", what=what) == "what: expected HOST or SERVICE"


def test_checkmk_must_say_of_which_it_speaks() -> None:
    """The end of one service would be taken for the end of its host."""
    assert refused("checkmk", "resolved_service", what=...) == "what: missing"
    assert refused("checkmk", "resolved_service", what="") == "what: is empty"
    assert refused("checkmk", "resolved_service", what="$NOTIFY_WHAT").startswith("what: the placeholder was not")


@pytest.mark.parametrize("service", ["$SERVICEDESC$", "${NOTIFY_SERVICEDESC}"])
def test_a_service_of_checkmk_that_was_not_filled_in_is_refused(service: str) -> None:
    assert "placeholder was not filled in" in refused("checkmk", "resolved_service", service=service)


@pytest.mark.parametrize("service", ["$service.name$", "$SERVICEDESC$"])
def test_a_service_of_icinga_that_was_not_filled_in_is_no_host(service: str) -> None:
    assert "placeholder was not filled in" in refused("icinga", "resolved_service", service=service)


@pytest.mark.parametrize("service", ["", " ", None, ...])
def test_without_a_service_icinga_speaks_of_the_host(service: Any) -> None:
    [signal] = source_of("icinga").parse(changed("icinga", "firing_host", service=service))
    assert (signal.key, "service" in signal.labels) == ("web-01", False)
