"""Amazon SNS end to end: requests over real sockets, the certificate from a small Amazon over TLS."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry, Counter

from bot import clock
from bot.domain.model import Signal, SignalState
from bot.sources.aws_sns import HOSTS, AwsSns
from bot.web.fetching import LARGEST, MOST_KEPT, REMEMBERED, open_fetcher
from bot.web.hooks import routes
from bot.web.server import application, serve
from tests.sources.amazon import (
    ALARM,
    CERTIFICATE,
    HOST,
    SUBSCRIBE,
    TOPIC,
    Amazon,
    amazon,
    another_key,
    certificate,
    confirmation,
    elliptic_certificate,
    notification,
    signed,
    signing_key,
    stamp,
)

PLAIN = {"Content-Type": "text/plain; charset=UTF-8"}
MINUTE = timedelta(minutes=1)
OTHER_TOPIC = "arn:aws:sns:eu-south-1:999999999999:shop-alarms"


class Metrics:
    """What hooks count."""

    hook_requests_total = Counter("hook_requests", "Requests", ["source", "status"], registry=CollectorRegistry())


class Desk:
    """The service as SNS sees it. far: the Amazon it asks; stored: what was stored."""

    def __init__(
        self, far: Amazon, url: str, session: ClientSession, stored: list[Signal], seconds: list[float]
    ) -> None:
        self.far = far
        self.stored = stored
        self._url, self._session, self._seconds = url, session, seconds

    def later(self, by: timedelta) -> None:
        """Time passes for whoever waits before asking Amazon again."""
        self._seconds[0] += by.total_seconds()

    async def hear(self, envelope: dict[str, Any], query: str = "") -> tuple[int, Any]:
        """Status and JSON of the answer."""
        status, answer, _ = await self.hear_all(envelope, query)
        return status, answer

    async def hear_all(self, envelope: dict[str, Any], query: str = "") -> tuple[int, Any, Any]:
        """And its headers."""
        address = f"{self._url}/hooks/aws{query}"
        async with self._session.post(address, data=json.dumps(envelope).encode(), headers=PLAIN) as answer:
            return answer.status, await answer.json(), answer.headers

    async def refuse(self, envelope: dict[str, Any], status: int = 401) -> str:
        """The error of a refusal, after which nothing is stored."""
        answered, body = await self.hear(envelope)
        assert answered == status
        assert self.stored == []
        return str(body["error"])


@asynccontextmanager
async def opened(folder: Path, *, secret: str | None = None, topic: str = TOPIC) -> AsyncIterator[Desk]:
    stored: list[Signal] = []
    seconds = [0.0]

    async def report(signals: Sequence[Signal]) -> None:
        stored.extend(signals)

    source = AwsSns(name="aws", secret=secret, topics=(topic,))
    async with (
        amazon(folder) as far,
        open_fetcher(HOSTS, resolver=far.resolver, ssl=far.trust, now=lambda: seconds[0]) as fetcher,
        serve(application(routes({"aws": source}, report, Metrics(), fetcher=fetcher)), "127.0.0.1:0") as url,
        ClientSession() as session,
    ):
        yield Desk(far, url, session, stored, seconds)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as there:
        yield there


def alarm(**over: Any) -> dict[str, Any]:
    return notification({**ALARM, **over}, at=clock.now())


# --- heard ---


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_signed_alarm_is_taken(desk: Desk, version: str) -> None:
    assert await desk.hear(signed(alarm() | {"SignatureVersion": version})) == (202, {"accepted": 1})
    [signal] = desk.stored
    assert (signal.state, signal.key) == (SignalState.FIRING, ALARM["AlarmArn"])


async def test_an_alarm_without_a_subject_is_taken(desk: Desk) -> None:
    envelope = alarm()
    del envelope["Subject"]
    assert (await desk.hear(signed(envelope)))[0] == 202


async def test_a_message_of_several_lines_in_any_script_is_taken(desk: Desk) -> None:
    message = json.dumps({**ALARM, "AlarmDescription": "Il negozio è giù 電池"}, ensure_ascii=False, indent=1)
    assert (await desk.hear(signed(notification(message.replace("\n", "\r\n"), at=clock.now()))))[0] == 202


async def test_the_certificate_is_asked_for_once(desk: Desk) -> None:
    for state in ("ALARM", "OK", "ALARM"):
        assert (await desk.hear(signed(alarm(NewStateValue=state))))[0] == 202
    assert desk.far.asked == ["/SimpleNotificationService-0f1e2d3c4b5a69788796a5b4c3d2e1f0.pem"]


async def test_ok_after_insufficient_data_is_no_recovery(desk: Desk) -> None:
    await desk.hear(signed(alarm(NewStateValue="OK", OldStateValue="INSUFFICIENT_DATA")))
    await desk.hear(signed(alarm(NewStateValue="OK", OldStateValue="ALARM")))
    assert [signal.state for signal in desk.stored] == [SignalState.NO_DATA, SignalState.RESOLVED]


@pytest.mark.parametrize("message", ["The deploy is done", '{"deploy": "shop"}', '{"AlarmName": "x"', "[]", "{}", " "])
async def test_what_is_no_alarm_is_unknown(desk: Desk, message: str) -> None:
    assert await desk.hear(signed(notification(message, at=clock.now()))) == (202, {"accepted": 1})
    assert [signal.state for signal in desk.stored] == [SignalState.UNKNOWN]


async def test_what_sns_tried_for_an_hour_is_taken(desk: Desk) -> None:
    assert (await desk.hear(signed(notification(ALARM, at=clock.now() - 59 * MINUTE))))[0] == 202


async def test_a_request_sent_again_is_the_same_signal_in_the_order_of_its_own_time(desk: Desk) -> None:
    envelope = signed(alarm())
    assert [(await desk.hear(envelope))[0], (await desk.hear(envelope))[0]] == [202, 202]
    first, again = desk.stored
    assert first == again
    assert again.ordered
    assert again.at is not None


async def test_a_certificate_that_proved_something_stays_whatever_else_is_asked_for(desk: Desk) -> None:
    assert (await desk.hear(signed(alarm())))[0] == 202
    for number in range(MOST_KEPT + 1):
        address = f"https://{HOST}/{number}.pem"
        await desk.hear(signed(alarm() | {"SigningCertURL": address}, another_key()))
    assert (await desk.hear(signed(alarm())))[0] == 202
    assert len(desk.far.asked) == 1 + MOST_KEPT + 1


# --- refused ---


async def test_a_signature_of_another_key_is_refused(desk: Desk) -> None:
    assert await desk.refuse(signed(alarm(), another_key())) == "wrong signature"


@pytest.mark.parametrize("signature", ["", "!!!", "é", "AAAA", None, "A" * 344])
async def test_a_broken_signature_is_refused(desk: Desk, signature: str | None) -> None:
    await desk.refuse({**signed(alarm()), "Signature": signature})


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": json.dumps({**ALARM, "NewStateValue": "OK"})},
        {"MessageId": "another"},
        {"Subject": "another"},
        {"Subject": None},
        {"Timestamp": stamp(clock.now() + MINUTE)},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": None},
        {"Type": "SubscriptionConfirmation", "SubscribeURL": SUBSCRIBE, "Token": "x"},
    ],
    ids=lambda changed: " ".join(f"{name} {str(value)[:9]}" for name, value in changed.items()),
)
async def test_any_signed_field_changed_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    await desk.refuse({**signed(alarm()), **changed})
    assert all(path.endswith(".pem") for path in desk.far.asked)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/SimpleNotificationService-1.pem",
        f"http://{HOST}/SimpleNotificationService-1.pem",
        f"https://{HOST}.evil.example/SimpleNotificationService-1.pem",
        f"https://{HOST}@evil.example/SimpleNotificationService-1.pem",
        f"https://evil.example/?{HOST}/SimpleNotificationService-1.pem",
        f"https://evil.example\\@{HOST}/SimpleNotificationService-1.pem",
        f"https://{HOST}:8443/SimpleNotificationService-1.pem",
        f"https://{HOST}/SimpleNotificationService-1.pem?x=1",
        f"https://{HOST}/SimpleNotificationService-1.pem\n",
        f"https://{HOST}/../SimpleNotificationService-1.pem",
        f"https://{HOST}/certificate.txt",
        CERTIFICATE.replace("eu-south-1", "eu-west-1"),
        CERTIFICATE + ".cn",
        CERTIFICATE.replace(".com/", ".com.cn/"),
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns-us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://s3.eu-south-1.amazonaws.com/sns/SimpleNotificationService-1.pem",
        "",
    ],
)
async def test_a_certificate_elsewhere_is_refused_and_not_asked_for(desk: Desk, address: str) -> None:
    error = await desk.refuse(signed(alarm() | {"SigningCertURL": address}))
    assert error == "SigningCertURL is not on the topic's host of SNS"
    assert desk.far.asked == []


async def test_a_topic_that_is_not_listed_is_refused_and_nothing_is_asked(desk: Desk) -> None:
    assert await desk.refuse(signed(alarm() | {"TopicArn": OTHER_TOPIC})) == "a topic that is not among topics"
    assert desk.far.asked == []


@pytest.mark.parametrize("age", [timedelta(hours=1, seconds=30), timedelta(days=400), -timedelta(hours=1, seconds=30)])
async def test_an_old_request_and_one_from_the_future_are_refused_and_nothing_is_asked(
    desk: Desk, age: timedelta
) -> None:
    assert "old request" in await desk.refuse(signed(notification(ALARM, at=clock.now() - age)))
    assert desk.far.asked == []


@pytest.mark.parametrize("envelope", [{}, {"Type": "Notification"}, {"Type": "Else", "TopicArn": TOPIC}])
async def test_what_is_no_envelope_is_refused(desk: Desk, envelope: dict[str, Any]) -> None:
    status, _ = await desk.hear(envelope)
    assert status in {401, 422}
    assert desk.stored == []


async def test_raw_delivery_is_refused_and_told_what_to_do(desk: Desk) -> None:
    assert "raw message delivery" in await desk.refuse(dict(ALARM), status=422)


async def test_a_certificate_that_has_ended_or_has_not_begun_is_refused(desk: Desk) -> None:
    now = clock.now()
    for valid in ((now - 3 * MINUTE, now - 2 * MINUTE), (now + 2 * MINUTE, now + 3 * MINUTE)):
        desk.far.answer = web.Response(body=certificate(signing_key(), valid=valid))
        address = f"https://{HOST}/SimpleNotificationService-{valid[0].timestamp():.0f}.pem"
        assert "does not hold" in await desk.refuse(signed(alarm() | {"SigningCertURL": address}))


async def test_a_certificate_with_a_key_of_another_kind_is_refused(desk: Desk) -> None:
    desk.far.answer = web.Response(body=elliptic_certificate())
    assert "another kind" in await desk.refuse(signed(alarm()))


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=404),
        web.Response(status=500, body=b"-----BEGIN CERTIFICATE-----"),
        web.Response(status=302, headers={"Location": "https://evil.example/"}),
        web.Response(text="<html>not a certificate</html>", content_type="text/html"),
        web.Response(body=b"-----BEGIN CERTIFICATE-----" + b"x" * LARGEST),
    ],
    ids=["404", "500", "redirect", "html", "too large"],
)
async def test_where_no_certificate_can_be_had_sns_is_told_to_come_again(desk: Desk, answer: web.Response) -> None:
    desk.far.answer = answer
    status, body, headers = await desk.hear_all(signed(alarm()))
    assert (status, headers["Retry-After"], desk.stored) == (503, "5", [])
    assert "sender's host" in body["error"]
    assert (await desk.hear(signed(alarm())))[0] == 503
    assert len(desk.far.asked) == 1, "not again at once"
    desk.later(REMEMBERED)
    assert (await desk.hear(signed(alarm())))[0] == 202


async def test_a_host_that_shows_the_wrong_certificate_of_its_own_is_not_believed(tmp_path: Path) -> None:
    topic, address = TOPIC.replace("eu-south-1", "eu-west-1"), CERTIFICATE.replace("eu-south-1", "eu-west-1")
    envelope = signed(alarm() | {"SigningCertURL": address, "TopicArn": topic})
    async with opened(tmp_path, topic=topic) as desk:
        assert "sender's host did not answer" in await desk.refuse(envelope, status=503)
        assert desk.far.asked == []


async def test_with_a_secret_nobody_else_makes_us_ask_for_anything(tmp_path: Path) -> None:
    async with opened(tmp_path, secret="a word") as desk:
        await desk.refuse(signed(alarm()))
        assert desk.far.asked == []
        assert (await desk.hear(signed(alarm()), "?token=a%20word"))[0] == 202
        assert (await desk.hear(signed(alarm(), another_key()), "?token=a%20word"))[0] == 401


# --- subscriptions ---


async def test_the_subscription_of_a_listed_topic_is_confirmed(desk: Desk) -> None:
    envelope = signed(confirmation("SubscriptionConfirmation", at=clock.now()))
    assert await desk.hear(envelope) == (202, {"accepted": 0})
    assert desk.far.asked[1:] == [f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37fb"]


async def test_the_subscription_of_another_topic_is_not_confirmed(desk: Desk) -> None:
    await desk.refuse(signed(confirmation("SubscriptionConfirmation", at=clock.now(), TopicArn=OTHER_TOPIC)))
    assert desk.far.asked == []


async def test_a_forged_confirmation_opens_nothing(desk: Desk) -> None:
    await desk.refuse(signed(confirmation("SubscriptionConfirmation", at=clock.now()), another_key()))
    assert all(path.endswith(".pem") for path in desk.far.asked)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/?Action=ConfirmSubscription&TopicArn=" + TOPIC,
        SUBSCRIBE.replace("ConfirmSubscription", "DeleteTopic"),
        SUBSCRIBE.replace(TOPIC, OTHER_TOPIC),
        SUBSCRIBE + "&Action=DeleteTopic",
        SUBSCRIBE.replace("https", "http"),
        SUBSCRIBE.replace("/?", "/path?"),
        SUBSCRIBE.replace("eu-south-1.amazonaws", "eu-west-1.amazonaws"),
    ],
)
async def test_a_confirmation_that_asks_for_something_else_opens_nothing(desk: Desk, address: str) -> None:
    envelope = confirmation("SubscriptionConfirmation", at=clock.now(), SubscribeURL=address)
    await desk.refuse(signed(envelope), status=422)
    assert all(path.endswith(".pem") for path in desk.far.asked)


async def test_a_confirmation_that_fails_is_tried_again_by_sns(desk: Desk) -> None:
    desk.far.confirming = 500
    envelope = signed(confirmation("SubscriptionConfirmation", at=clock.now()))
    assert (await desk.hear(envelope))[0] == 503
    desk.far.confirming = 200
    assert (await desk.hear(envelope))[0] == 202


async def test_the_end_of_a_subscription_is_told_and_never_taken_back(desk: Desk) -> None:
    assert await desk.hear(signed(confirmation("UnsubscribeConfirmation", at=clock.now()))) == (202, {"accepted": 1})
    assert [signal.state for signal in desk.stored] == [SignalState.UNKNOWN]
    assert all(path.endswith(".pem") for path in desk.far.asked)
