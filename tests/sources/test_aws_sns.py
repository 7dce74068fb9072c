"""Amazon SNS: what its settings must have. How it is heard is in tests/web/test_aws_sns.py."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.config.sources import SourceSettings
from bot.errors import BadSignature, Malformed
from bot.sources.aws_sns import HOSTS
from bot.sources.base import HookRequest
from bot.sources.registry import configured
from tests.sources.amazon import TOPIC
from tests.sources.fixture import fixtures_of, source_of


def settings(**keys: Any) -> SourceSettings:
    return SourceSettings.model_validate({"type": "aws_sns", **keys})


def test_topics_take_the_place_of_a_secret() -> None:
    assert settings(topics=[TOPIC]).topics == (TOPIC,)
    assert settings(topics=[TOPIC], secret="a word").secret is not None
    assert settings(insecure=True).insecure


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, "none"),
        ({"secret": "a word"}, "secret"),
        ({"topics": []}, "none"),
        ({"topics": [TOPIC], "insecure": True}, "topics and insecure: true"),
    ],
)
def test_without_topics_there_is_no_start(keys: dict[str, Any], found: str) -> None:
    expected = f"expected topics (and perhaps a secret too), or insecure: true; found {found}"
    with pytest.raises(ValidationError, match=re.escape(expected)):
        settings(**keys)


def test_two_secrets_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="found topics and secret and secret_file"):
        settings(topics=[TOPIC], secret="a word", secret_file="word")


@pytest.mark.parametrize(
    "topic", ["shop-alarms", "arn:aws:sqs:eu-south-1:123456789012:x", f"{TOPIC}:", f"{TOPIC} ", "*"]
)
def test_what_is_no_topic_stops_the_start(topic: str) -> None:
    with pytest.raises(ValidationError):
        settings(topics=[topic])


def test_topics_are_for_no_other_sender() -> None:
    with pytest.raises(ValidationError, match="topics is only for type aws_sns"):
        SourceSettings.model_validate({"type": "generic", "secret": "a word", "topics": [TOPIC]})


@pytest.mark.parametrize("region", ["us-east-1", "eu-south-1", "ap-southeast-7", "us-gov-west-1", "mx-central-1"])
def test_the_hosts_of_every_region_are_known(region: str) -> None:
    assert HOSTS.fullmatch(f"sns.{region}.amazonaws.com")


def test_the_hosts_in_china_are_known() -> None:
    assert HOSTS.fullmatch("sns.cn-north-1.amazonaws.com.cn")


def test_without_topics_nothing_is_ever_asked_for() -> None:
    source = source_of("aws_sns")
    for fixture in fixtures_of("aws_sns"):
        assert source.wants(fixture.request) is None
        assert source.confirms(fixture.request) is None


def test_what_was_recorded_long_ago_is_refused_where_topics_are_listed() -> None:
    source = configured("aws", settings(topics=[TOPIC]), default_language="en")
    for fixture in fixtures_of("aws_sns"):
        for hear in (source.wants, source.verify):
            with pytest.raises(BadSignature):
                hear(fixture.request)


@given(st.binary(), st.binary())
def test_no_body_and_no_certificate_get_in_or_break_anything(body: bytes, certificate: bytes) -> None:
    source = configured("aws", settings(topics=[TOPIC]), default_language="en")
    request = HookRequest(headers={"content-type": "text/plain"}, body=body, certificate=certificate)
    for hear in (source.wants, source.verify):
        with pytest.raises((BadSignature, Malformed)):
            hear(request)
