"""How every sender proves who it is: by a word it shows, by signing, or in a way of its own.

Which tests run for a source follows from its class: ``SharedSecret``, ``Signed``, or neither.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.config.sources import SIGNING_TYPES, HookType, SourceSettings
from bot.domain.model import Signal, SignalState
from bot.errors import BadSignature, Malformed, UnreadableBody
from bot.sources.base import HookRequest
from bot.sources.registry import TYPES, build
from bot.sources.secrets import SharedSecret
from bot.sources.signatures import WINDOW, Signed
from tests.sources.fixture import Fixture, fixtures_of, source_of
from tests.sources.signing import SIGNERS, Signer

SHOWING = [source.type for source in TYPES if issubclass(source, SharedSecret)]
SIGNING = [source.type for source in TYPES if issubclass(source, Signed)]
OF_THEIR_OWN = [source.type for source in TYPES if not issubclass(source, SharedSecret | Signed)]
PROVEN = [fixture for source in TYPES for fixture in fixtures_of(source.type) if fixture.secret is not None]
SECRET = "correct horse / 電池: ステープル"
NOW = datetime(2024, 12, 11, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

each_source = pytest.mark.parametrize("name", [source.type for source in TYPES])
each_showing = pytest.mark.parametrize("name", SHOWING)
each_signing = pytest.mark.parametrize("name", SIGNING)
each_timed = pytest.mark.parametrize("name", [name for name in SIGNING if SIGNERS[name].timed])
each_timeless = pytest.mark.parametrize("name", [name for name in SIGNING if not SIGNERS[name].timed])


@each_source
def test_an_insecure_source_lets_everybody_in(name: str) -> None:
    source_of(name).verify(HookRequest())


@each_source
def test_the_secret_is_not_in_the_representation(name: str) -> None:
    secret = SIGNERS[name].key if name in SIGNERS else SECRET
    assert secret not in repr(build(name, type=name, secret=secret))


@each_source
def test_a_request_that_proves_nothing_is_refused(name: str) -> None:
    source = build(name, type=name, secret=SIGNERS[name].key if name in SIGNERS else SECRET)
    for fixture in fixtures_of(name):
        if fixture.secret is None:
            with pytest.raises(BadSignature):
                source.verify(replace(fixture.request, received_at=NOW))


def test_the_configuration_knows_which_senders_can_show_a_word_in_a_header() -> None:
    able = {source.type for source in TYPES if "header" in {field.name for field in fields(source)}}
    assert set(get_args(HookType)) - SIGNING_TYPES == able


@pytest.mark.parametrize("name", sorted(SIGNING_TYPES))
def test_a_header_for_a_sender_that_signs_stops_the_start(name: str) -> None:
    with pytest.raises(ValidationError, match=f"type {name} signs what it sends: header is for types that show a word"):
        SourceSettings.model_validate({"type": name, "secret": "x", "header": "X-Our-Word"})


@each_source
def test_what_a_stranger_can_make_us_parse_is_small(name: str) -> None:
    """Either the body is not needed, or it is only hashed, or it is at most half a megabyte."""
    source = source_of(name, SIGNERS[name].key if name in SIGNERS else SECRET)
    hashed = name in SIGNING or name == "grafana"
    assert (source.unproven is None) is hashed
    assert hashed or (source.unproven or 0) <= 512 * 1024


def test_only_some_senders_prove_themselves_by_what_is_in_the_body() -> None:
    inside = {"statuscake", "pagerduty_events_v2"}
    for name in SHOWING:
        source = source_of(name, SECRET)
        if name in inside:
            assert not source.knows(HookRequest())
        else:
            with pytest.raises(BadSignature):
                source.knows(HookRequest())
        assert source.knows(HookRequest(headers={"x-hook-token": SECRET}, query={"token": SECRET})) is (
            name != "aws_sns"  # signs as well
        )


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from([source.type for source in TYPES]), shown=st.booleans(), body=st.binary(), data=st.data())
def test_who_is_known_before_the_body_comes_is_known_whatever_it_holds(
    name: str, shown: bool, body: bytes, data: st.DataObject
) -> None:
    source = source_of(name, SIGNERS[name].key if name in SIGNERS else SECRET)
    head = HookRequest(
        method=data.draw(st.sampled_from(sorted(source.methods))),
        query=data.draw(st.dictionaries(st.sampled_from(["Token", "msg", "token"]), st.text())),
        headers={"authorization": f"Bearer {SECRET}"} if shown else {},
    )
    try:
        known = source.knows(head)
    except BadSignature:
        with pytest.raises((BadSignature, Malformed, UnreadableBody)):
            source.verify(replace(head, body=body))
    else:
        if known:
            source.verify(replace(head, body=body))


# --- it shows a word ---


def basic(credentials: bytes) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(credentials).decode()}


SHOWN: dict[str, Callable[[str], HookRequest]] = {
    "bearer": lambda word: HookRequest(headers={"authorization": f"Bearer {word}"}),
    "bearer in small letters": lambda word: HookRequest(headers={"authorization": f"bearer {word}"}),
    "basic": lambda word: HookRequest(headers=basic(b"anybody:" + word.encode())),
    "basic without a name": lambda word: HookRequest(headers=basic(b":" + word.encode())),
    "header": lambda word: HookRequest(headers={"x-our-word": word}),
    "token": lambda word: HookRequest(query={"token": word}),
}
BROKEN = [
    "Basic", "Basic ", "Basic !!!", "Basic Y", "Basic é", "Basic \udcff", "Basic Y29sb24=",
    "Bearer", "Digest x", "", " ",
]  # fmt: skip
each_form = pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN.keys())


def locked(name: str, secret: str = SECRET) -> SharedSecret:
    source = build(name, type=name, secret=secret, header="X-Our-Word")
    assert isinstance(source, SharedSecret)
    return source


@each_showing
@each_form
def test_the_right_secret_is_accepted_in_every_form(name: str, shown: Callable[[str], HookRequest]) -> None:
    locked(name).verify(shown(SECRET))


@each_showing
@each_form
def test_a_wrong_secret_is_refused_in_every_form(name: str, shown: Callable[[str], HookRequest]) -> None:
    for forged in ("", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "é"):
        with pytest.raises(BadSignature) as caught:
            locked(name).verify(shown(forged))
        assert SECRET not in str(caught.value)


@each_showing
def test_a_broken_authorization_is_refused(name: str) -> None:
    for authorization in BROKEN:
        with pytest.raises(BadSignature):
            locked(name).verify(HookRequest(headers={"authorization": authorization}))


@each_showing
def test_no_character_stands_for_another(name: str) -> None:
    source = locked(name, "is it?")
    for forged in ("is it\udcff", "is it\ud800", "is it�"):
        with pytest.raises(BadSignature):
            source.verify(HookRequest(headers={"x-our-word": forged}))
    with pytest.raises(BadSignature):
        source.verify(HookRequest(headers={"authorization": basic(b"a:is it?")["authorization"].replace("c ", "c !")}))


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(SHOWING),
    headers=st.dictionaries(st.sampled_from(["authorization", "x-our-word"]), st.text()),
    token=st.text(),
)
def test_no_guess_gets_in_or_breaks_anything(name: str, headers: dict[str, str], token: str) -> None:
    with pytest.raises(BadSignature):
        locked(name).verify(HookRequest(headers=headers, query={"token": token}))


# --- it signs ---


def test_there_is_a_way_to_sign_for_every_sender_that_signs() -> None:
    assert set(SIGNERS) == set(SIGNING)


def signed(name: str, at: datetime = NOW, *, key: str | None = None) -> tuple[Signer, HookRequest]:
    """How that sender signs, and a request of its that it signed, which comes now."""
    signer = SIGNERS[name]
    request = replace(fixtures_of(name)[0].request, received_at=NOW)
    return signer, signer.sign(request, key or signer.key, at)


def refuse(name: str, request: HookRequest) -> None:
    key = SIGNERS[name].key
    with pytest.raises(BadSignature) as caught:
        source_of(name, key).verify(request)
    assert key not in str(caught.value)


def showing(signer: Signer, request: HookRequest, signature: str) -> HookRequest:
    return replace(request, headers={**request.headers, signer.header: signature})


@each_signing
def test_a_signed_request_is_accepted(name: str) -> None:
    signer, request = signed(name)
    source_of(name, signer.key).verify(request)


@each_signing
def test_a_forged_signature_is_refused(name: str) -> None:
    signer, request = signed(name)
    right = request.headers[signer.header]
    for forged in ("", " ", "v1=", "v1,", ",", "=", "0" * 64, right[:-1], right + "0", f"x{right}", "é\udcff", "v1,é"):
        refuse(name, showing(signer, request, forged))


@each_signing
def test_a_missing_signature_is_refused(name: str) -> None:
    signer, request = signed(name)
    others = {header: value for header, value in request.headers.items() if header != signer.header}
    refuse(name, replace(request, headers=others))
    refuse(name, replace(request, headers={}))


@each_signing
def test_what_was_signed_with_another_key_is_refused(name: str) -> None:
    refuse(name, signed(name, key=SIGNERS[name].other_key)[1])


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(SIGNING), data=st.data())
def test_one_byte_changed_after_signing_is_refused(name: str, data: st.DataObject) -> None:
    _, request = signed(name)
    place = data.draw(st.integers(0, len(request.body)))
    put = data.draw(st.binary(max_size=2))
    changed = request.body[:place] + put + request.body[place + 1 :]
    if changed != request.body:
        refuse(name, replace(request, body=changed))


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(SIGNING), data=st.data())
def test_no_guessed_header_gets_in_or_breaks_anything(name: str, data: st.DataObject) -> None:
    _, request = signed(name)
    guessed = {header: data.draw(st.text()) for header in request.headers}
    refuse(name, replace(request, headers=guessed))


@each_timed
def test_an_old_request_and_one_from_the_future_are_refused(name: str) -> None:
    for at in (NOW - WINDOW - SECOND, NOW + WINDOW + SECOND, NOW - timedelta(days=400)):
        refuse(name, signed(name, at)[1])
    for at in (NOW - WINDOW, NOW + WINDOW):
        source_of(name, SIGNERS[name].key).verify(signed(name, at)[1])


@each_timed
def test_an_old_signature_under_a_new_time_is_refused(name: str) -> None:
    signer, old = signed(name, NOW - timedelta(hours=1))
    refuse(name, showing(signer, signed(name)[1], old.headers[signer.header]))


@each_timeless
def test_what_can_be_sent_again_tells_its_own_time(name: str) -> None:
    """Where no time is signed, nothing tells a copy from the request; the core ignores what is older than it knows."""
    believed = {SignalState.FIRING, SignalState.RESOLVED, SignalState.STATEMENT}
    told = [signal for fixture in fixtures_of(name) for signal in fixture.signals if signal.state in believed]
    assert told
    assert all(signal.ordered and signal.at is not None for signal in told)


@each_timeless
def test_a_copy_with_headers_of_tomorrow_is_as_old_as_it_was(name: str) -> None:
    """A copy of the beginning must not outdate the end, nor a copy of the end what began again after it."""
    sent = [(fixture, signal) for fixture in fixtures_of(name) for signal in fixture.signals]
    began = [pair for pair in sent if pair[1].state is SignalState.FIRING and "again" not in pair[0].name]
    ended = [pair for pair in sent if pair[1].state is SignalState.RESOLVED]
    began_again = [pair for pair in sent if pair[1].state is SignalState.FIRING and "again" in pair[0].name]
    assert outdated(name, began, ended)
    assert not began_again or outdated(name, ended, began_again)


def outdated(name: str, before: list[tuple[Fixture, Signal]], after: list[tuple[Fixture, Signal]]) -> int:
    """How many copies there were of what came before, each of them older than all that came after."""
    count = 0
    for fixture, told in before:
        [copy] = fixture.source.parse(SIGNERS[name].sign(fixture.request, "any", NOW + timedelta(days=1)))
        for _, later in after:
            if later.key == told.key:
                assert copy.at is not None
                assert later.at is not None
                assert copy.at < later.at
                count += 1
    return count


# --- a proof was recorded ---


def test_a_sender_with_a_way_of_its_own_has_a_recorded_proof() -> None:
    assert set(OF_THEIR_OWN) <= {fixture.type for fixture in PROVEN}


def test_a_recorded_proof_is_accepted() -> None:
    assert PROVEN
    for fixture in PROVEN:
        source_of(fixture.type, fixture.secret, **fixture.options).verify(fixture.request)


def test_a_recorded_proof_does_not_fit_another_secret() -> None:
    for fixture in PROVEN:
        other = SIGNERS[fixture.type].other_key if fixture.type in SIGNERS else "some other secret"
        with pytest.raises(BadSignature):
            source_of(fixture.type, other, **fixture.options).verify(fixture.request)
