"""How StatusCake proves who it is: by the token in its own fields, or as every shared secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSignature
from bot.sources.base import HookRequest
from bot.sources.statuscake import StatusCake

TOKEN = "0f8ac3d1b7e2945566aa0d91c3b7e1f2"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def by_form(token: str) -> HookRequest:
    return HookRequest(headers=FORM, body=f"TestID=7&Token={token}&Status=Down".encode())


def source(secret: str | None = TOKEN) -> StatusCake:
    return StatusCake(name="statuscake", secret=secret)


@pytest.mark.parametrize(
    "request_",
    [
        by_form(TOKEN),
        HookRequest(method="GET", query={"Token": TOKEN, "Status": "Up"}),
        HookRequest(headers={"content-type": "application/json"}, body=b'{"Token": "' + TOKEN.encode() + b'"}'),
    ],
    ids=["form", "query", "json"],
)
def test_its_own_token_is_the_secret(request_: HookRequest) -> None:
    source().verify(request_)


def test_a_secret_of_ours_in_the_address_counts_whatever_the_token_is() -> None:
    ours = HookRequest(headers=FORM, query={"token": "ours"}, body=b"Token=" + TOKEN.encode())
    source("ours").verify(ours)


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN.upper(), "%ED%A0%80", "%C3%A9"])
def test_a_wrong_token_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(BadSignature) as refused:
        source().verify(by_form(token))
    assert TOKEN not in str(refused.value)


@given(body=st.binary(), content_type=st.sampled_from([*FORM.values(), "multipart/form-data; boundary=x", "text/html"]))
def test_a_body_that_cannot_be_read_proves_nothing(body: bytes, content_type: str) -> None:
    with pytest.raises(BadSignature):
        source().verify(HookRequest(headers={"content-type": content_type}, body=body))


def test_an_open_source_takes_any_token() -> None:
    source(None).verify(by_form("whatever"))
