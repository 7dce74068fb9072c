"""Our own format is strict: what is typed by hand is told about, not guessed at."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.generic import Generic

ONE = {"key": "probe", "state": "firing"}


def read(body: Any) -> list[Signal]:
    return list(Generic(name="probe", secret=None).parse(HookRequest(body=json.dumps(body).encode())))


def test_a_key_and_a_state_are_enough() -> None:
    assert read(ONE) == [Signal(source="probe", key="probe", state=SignalState.FIRING)]


@pytest.mark.parametrize("state", SignalState)
def test_every_state_can_be_said(state: SignalState) -> None:
    words = {"statement": "We are on it."} if state is SignalState.STATEMENT else {}
    assert [signal.state for signal in read({**ONE, "state": state, **words})] == [state]


def test_a_statement_keeps_its_line_breaks() -> None:
    [signal] = read({**ONE, "state": "statement", "statement": "We are on it.\nOrders are safe."})
    assert signal.statement == "We are on it.\nOrders are safe."


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "key: missing"),
        ({**ONE, "key": ""}, "key: is empty"),
        ({**ONE, "key": None}, "key: expected text, found null"),
        ({**ONE, "state": "Resolvd"}, "(did you mean resolved?)"),
        ({**ONE, "state": "FIRING"}, "(did you mean firing?)"),
        ({**ONE, "state": "zzz"}, "state: expected one of firing, resolved, pending, "),
        ({**ONE, "label": {}}, "label: unknown field (did you mean labels?)"),
        ({**ONE, "labels": []}, "labels: expected object, found list"),
        ({**ONE, "at": "2024-12-11T17:45:00"}, "at: expected a time with an offset"),
        ({**ONE, "at": 1733939100}, "at: expected text, found number"),
        ({**ONE, "url": "monitor.example"}, "url: expected an address that begins with https://"),
        ({**ONE, "state": "statement"}, "statement: missing"),
        ({**ONE, "state": "statement", "statement": ""}, "statement: is empty"),
        ({**ONE, "statement": "words"}, "statement: expected only with the state statement"),
        ({"signals": [ONE], "key": "probe"}, "key: unknown field (known are signals)"),
        ({"signals": {}}, "signals: expected list, found object"),
        ({"signals": [ONE, {"signals": []}]}, "signals[1].signals: unknown field"),
    ],
)
def test_a_mistake_is_told_with_its_place(body: Any, error: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(body)
    assert error in str(refused.value)


def test_one_mistake_refuses_all_of_them() -> None:
    with pytest.raises(Malformed, match=r"signals\[1\]"):
        read({"signals": [ONE, {"key": "other"}]})
