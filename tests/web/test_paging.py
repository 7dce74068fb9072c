"""PagerDuty's Events API, with us in PagerDuty's place: what its clients send and read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry, Counter

from bot.domain.model import Signal, SignalState
from bot.sources.registry import build
from bot.web.hooks import routes
from bot.web.server import application, serve

KEY = "0123456789abcdef0123456789abcdef"
TRIGGER = {
    "routing_key": KEY,
    "event_action": "trigger",
    "payload": {"summary": "The shop answers 503", "source": "probe", "severity": "critical"},
}


class Metrics:
    """What hooks count."""

    hook_requests_total = Counter("hook_requests", "Requests", ["source", "status"], registry=CollectorRegistry())


class Client:
    """What a library for PagerDuty does with an address."""

    def __init__(self, address: str, session: ClientSession, stored: list[Signal]) -> None:
        self.stored = stored
        self._address, self._session = address, session

    async def enqueue(self, event: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        async with self._session.post(self._address, json=event, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    stored: list[Signal] = []

    async def report(signals: Sequence[Signal]) -> None:
        stored.extend(signals)

    sources = {"pages": build("pages", type="pagerduty_events_v2", secret=KEY)}
    async with (
        serve(application(routes(sources, report, Metrics())), "127.0.0.1:0") as url,
        ClientSession() as session,
    ):
        yield Client(f"{url}/hooks/pages", session, stored)


async def test_the_answer_is_what_clients_of_pagerduty_look_for(client: Client) -> None:
    status, answer = await client.enqueue({**TRIGGER, "dedup_key": "shop"})
    assert status == 202
    assert answer == {"accepted": 1, "status": "success", "message": "Event processed", "dedup_key": "shop"}


async def test_a_trigger_without_a_key_can_be_resolved_with_the_one_in_the_answer(client: Client) -> None:
    _, answer = await client.enqueue(TRIGGER)
    _, again = await client.enqueue(TRIGGER)
    await client.enqueue({"routing_key": KEY, "event_action": "resolve", "dedup_key": answer["dedup_key"]})
    assert again == answer
    assert {signal.key for signal in client.stored} == {answer["dedup_key"]}
    assert [signal.state for signal in client.stored][-1] is SignalState.RESOLVED


@pytest.mark.parametrize("key", [None, "", 7, [KEY], KEY[:-1], f"{KEY}0", KEY.upper(), "é", "\ud800"])
async def test_another_routing_key_is_refused(client: Client, key: Any) -> None:
    status, answer = await client.enqueue({**TRIGGER, "routing_key": key})
    assert status == 401
    assert KEY not in str(answer)
    assert client.stored == []


async def test_without_the_key_nobody_is_told_what_else_is_wrong(client: Client) -> None:
    assert (await client.enqueue({"event_action": 7}))[0] == 401


async def test_the_key_may_be_shown_in_a_header_too(client: Client) -> None:
    event = {name: value for name, value in TRIGGER.items() if name != "routing_key"}
    assert (await client.enqueue(event, Authorization=f"Bearer {KEY}"))[0] == 202


@pytest.mark.parametrize("action", ["resolve", "acknowledge"])
async def test_an_end_without_a_key_is_refused(client: Client, action: str) -> None:
    status, answer = await client.enqueue({"routing_key": KEY, "event_action": action})
    assert (status, answer["path"]) == (422, "dedup_key")


async def test_a_change_is_no_problem_and_is_refused(client: Client) -> None:
    status, answer = await client.enqueue({"routing_key": KEY, "payload": {"summary": "Deployed"}})
    assert (status, answer["path"]) == (422, "event_action")
