"""What is particular about one sender's signature. What all of them promise is in ``contracts.test_proofs``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BadSignature
from bot.sources.base import HookRequest
from bot.sources.signatures import WINDOW
from tests.sources.fixture import fixture, source_of
from tests.sources.signing import SIGNERS, adding, grafana, hex_digest

NOW = datetime(2024, 12, 11, 18, 0, tzinfo=UTC)
SECRET = "swordfish"
ASKED = replace(fixture("grafana", "firing_unified").request, received_at=NOW)
STAMP = "x-grafana-alerting-signature-timestamp"


def refused(source_type: str, request: HookRequest, secret: str = SECRET) -> bool:
    try:
        source_of(source_type, secret).verify(request)
    except BadSignature:
        return True
    return False


# --- Grafana, which may show a word or sign ---


def grafana_signs(headers: Mapping[str, str] | None = None) -> HookRequest:
    """Over the body alone."""
    signature = {"x-grafana-alerting-signature": hex_digest(SECRET, ASKED.body)}
    return adding(ASKED, {**signature, **(headers or {})})


def test_grafana_may_sign_instead_of_showing_a_word() -> None:
    assert not refused("grafana", grafana_signs())
    assert not refused("grafana", grafana(ASKED, SECRET, NOW))


def test_grafana_may_still_show_the_word() -> None:
    assert not refused("grafana", adding(ASKED, {"authorization": f"Bearer {SECRET}"}))
    assert refused("grafana", ASKED)


def test_a_wrong_signature_of_grafana_is_not_mended_by_the_right_word() -> None:
    word = {"authorization": f"Bearer {SECRET}"}
    assert refused("grafana", adding(ASKED, {**word, "x-grafana-alerting-signature": "0" * 64}))
    assert refused("grafana", adding(ASKED, {**word, "x-grafana-alerting-signature": ""}))


def test_a_body_of_grafana_changed_after_signing_is_refused() -> None:
    assert refused("grafana", replace(grafana_signs(), body=ASKED.body + b" "))
    assert refused("grafana", replace(grafana(ASKED, SECRET, NOW), body=ASKED.body + b" "))


@pytest.mark.parametrize("off", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1)], ids=["future", "old"])
def test_a_signed_time_of_grafana_must_be_near(off: timedelta) -> None:
    assert refused("grafana", grafana(ASKED, SECRET, NOW + off))


def test_the_time_of_grafana_can_be_neither_changed_nor_left_out_nor_added() -> None:
    signed = grafana(ASKED, SECRET, NOW - timedelta(seconds=30))
    assert refused("grafana", adding(signed, {STAMP: f"{NOW.timestamp():.0f}"}))
    assert refused(
        "grafana", replace(signed, headers={name: signed.headers[name] for name in signed.headers if name != STAMP})
    )
    assert refused("grafana", grafana_signs({STAMP: f"{NOW.timestamp():.0f}"}))


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "9" * 12, "１７３３９４００００"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    assert refused("grafana", grafana_signs({STAMP: stamp}))


# --- several signatures at once, while a key is being changed ---


def test_one_of_several_signatures_of_pagerduty_is_enough() -> None:
    request = fixture("pagerduty", "firing").request
    right = f"v1={hex_digest(SECRET, request.body)}"
    assert not refused("pagerduty", adding(request, {"x-pagerduty-signature": f"v1={'0' * 64},{right}"}))
    assert not refused("pagerduty", adding(request, {"x-pagerduty-signature": f"{right}, v1={'0' * 64}"}))
    assert refused("pagerduty", adding(request, {"x-pagerduty-signature": f"v1={'0' * 64},v1={'1' * 64}"}))


def test_one_of_several_signatures_of_incident_io_is_enough() -> None:
    signer = SIGNERS["incident_io"]
    request = signer.sign(replace(fixture("incident_io", "firing").request, received_at=NOW), signer.key, NOW)
    right = request.headers["webhook-signature"]
    shown = {"webhook-signature": f"v1a,{'A' * 43}= v1,{'A' * 43}= {right}"}
    assert not refused("incident_io", adding(request, shown), signer.key)
    assert refused("incident_io", adding(request, {"webhook-signature": right.replace("v1,", "v2,")}), signer.key)


def test_the_name_of_a_request_of_incident_io_is_signed_too() -> None:
    signer = SIGNERS["incident_io"]
    request = signer.sign(replace(fixture("incident_io", "firing").request, received_at=NOW), signer.key, NOW)
    assert refused("incident_io", adding(request, {"webhook-id": "msg_another"}), signer.key)


@pytest.mark.parametrize("secret", ["whsec_!!!", "whsec_a", "swordfish", "whsec_電池", "whsec_c2hvcnQ="])
def test_a_key_that_incident_io_cannot_have_made_lets_nobody_in(secret: str) -> None:
    signer = SIGNERS["incident_io"]
    request = signer.sign(replace(fixture("incident_io", "firing").request, received_at=NOW), signer.key, NOW)
    with pytest.raises(BadSignature, match="no key of theirs") as caught:
        source_of("incident_io", secret).verify(request)
    assert secret not in str(caught.value)


def test_a_key_without_a_byte_lets_nobody_in_who_signs_with_nothing() -> None:
    signer = SIGNERS["incident_io"]
    request = replace(fixture("incident_io", "firing").request, received_at=NOW)
    assert refused("incident_io", signer.sign(request, "whsec_", NOW), "whsec_")
