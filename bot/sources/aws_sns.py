"""Amazon SNS, over HTTPS, for CloudWatch alarms. Not its raw delivery, which leaves out what proves the sender.

SNS signs certain fields of its envelope; the certificate lies on its own host. That alone proves nothing, for everybody
may have a topic: only topics on our list are heard, and only their subscriptions confirmed. What is published there and
is no alarm is unknown.
Format: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from bot.domain.model import Signal, SignalState
from bot.errors import BadSignature, Malformed
from bot.sources.base import HookRequest
from bot.sources.certificates import require_signed
from bot.sources.cloudwatch import alarm_signal, is_alarm
from bot.sources.reading import JsonObject, json_object, object_in
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.signatures import require_recent

_HOST = r"sns\.[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}\.amazonaws\.com(?:\.cn)?"
HOSTS = re.compile(_HOST)
"""The hosts of SNS, whole names. A looser pattern would let buckets of S3 in: sns.s3-us-west-2.amazonaws.com is one."""

WINDOW = timedelta(hours=1)
"""How old a delivery may be: SNS tries again for so long.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

_CERTIFICATE = re.compile(rf"https://{_HOST}/[A-Za-z0-9_-]+\.pem")
_SUBSCRIBE = re.compile(rf"https://{_HOST}/\?[A-Za-z0-9_%&=:.~+-]+")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_RAW = "raw message delivery leaves out what proves the sender: switch it off for this subscription"


@dataclass(slots=True, kw_only=True)
class AwsSns(SharedSecret):
    """Topics of Amazon SNS. topics: the ARNs that are heard, none lets everybody in (``insecure: true``);
    secret: a word that must be shown too, None for none. The key is the ARN of the alarm.
    """

    type: ClassVar[str] = "aws_sns"

    topics: tuple[str, ...] = ()

    def knows(self, head: HookRequest) -> bool:
        """False, for the body is signed; True when everybody is let in. Raises BadSignature where a word is missing."""
        return SharedSecret.knows(self, head) and not self.topics

    def wants(self, request: HookRequest) -> str | None:
        """Where the certificate is, of what could be genuine."""
        if not self.topics:
            return None
        envelope = self._heard(request)
        address = envelope.text("SigningCertURL", "")
        if not _CERTIFICATE.fullmatch(address) or not _in_its_region(address, envelope):
            raise BadSignature("SigningCertURL is not on the topic's host of SNS")
        return address

    def verify(self, request: HookRequest) -> None:
        """Return when SNS signed it, lately, for a topic on the list.

        Raises BadSignature; Malformed, UnreadableBody for what is no envelope.
        """
        SharedSecret.verify(self, request)
        if self.topics:
            envelope = self._heard(request)
            require_signed(
                _signed_text(envelope),
                signature=envelope.text("Signature", ""),
                version=envelope.text("SignatureVersion", ""),
                request=request,
            )

    def _heard(self, request: HookRequest) -> JsonObject:
        """The envelope, when nothing that can be seen without its certificate speaks against it."""
        SharedSecret.verify(self, request)
        envelope = _envelope(request)
        if envelope.text("TopicArn", "") not in self.topics:
            raise BadSignature("a topic that is not among topics")
        sent_at = envelope.moment("Timestamp")
        if sent_at is None:
            raise BadSignature("no Timestamp")
        require_recent(sent_at, request, within=WINDOW)
        return envelope

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal; none when a subscription is to be confirmed."""
        envelope = _envelope(request)
        kind, topic = envelope.text("Type"), envelope.text("TopicArn")
        if kind == "SubscriptionConfirmation":
            return []
        alarm = _alarm(envelope) if kind == "Notification" else None
        if alarm:
            return [alarm_signal(self.name, alarm, topic=topic)]
        summary = envelope.text("Subject", "") or envelope.text("Message", "")
        return [signal(self.name, key=f"{kind} {topic}", state=SignalState.UNKNOWN, summary=summary)]

    def confirms(self, request: HookRequest) -> str | None:
        """Where the subscription of a topic on the list is confirmed. That one was ended is no reason to renew it."""
        envelope = _envelope(request)
        if not self.topics or envelope.text("Type") != "SubscriptionConfirmation":
            return None
        address = envelope.text("SubscribeURL")
        asked = parse_qs(urlsplit(address).query)
        wanted = (["ConfirmSubscription"], [envelope.text("TopicArn")])
        genuine = _SUBSCRIBE.fullmatch(address) and _in_its_region(address, envelope)
        if not genuine or (asked.get("Action"), asked.get("TopicArn")) != wanted:
            envelope.refuse("SubscribeURL", "expected SNS's own address that confirms this topic")
        return address


def _envelope(request: HookRequest) -> JsonObject:
    envelope = json_object(request)
    if "Type" not in envelope.fields and is_alarm(envelope):
        raise Malformed(_RAW)
    if envelope.text("Type") not in _SIGNED:
        envelope.refuse("Type", f"expected one of {', '.join(_SIGNED)}")
    return envelope


def _in_its_region(address: str, envelope: JsonObject) -> bool:
    """A topic speaks through the host of its region, in China through one of China's. The address is SNS's own."""
    _, partition, _, region = (envelope.text("TopicArn") + ":::").split(":")[:4]
    ending = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return urlsplit(address).hostname == f"sns.{region}.{ending}"


def _signed_text(envelope: JsonObject) -> bytes:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html"""
    names = _SIGNED[envelope.text("Type")]
    there = [name for name in names if name != "Subject" or envelope.fields.get(name) is not None]
    return "".join(f"{name}\n{envelope.text(name)}\n" for name in there).encode()


def _alarm(envelope: JsonObject) -> JsonObject | None:
    """The alarm in the message, which is JSON inside JSON; None when somebody published something else."""
    text = envelope.text("Message")
    try:
        message = object_in(text, path="Message")
    except Malformed:
        return None  # people and programs may publish any text
    return message if is_alarm(message) else None
