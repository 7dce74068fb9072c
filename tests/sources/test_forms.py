"""Forms, as HTTP libraries write them and as nobody should."""

from __future__ import annotations

import pytest
from aiohttp import FormData, MultipartWriter
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Malformed, UnreadableBody
from bot.sources.base import HookRequest
from bot.sources.forms import form_fields


def multipart(body: bytes, boundary: str = "edge") -> HookRequest:
    return HookRequest(headers={"content-type": f"multipart/form-data; boundary={boundary}"}, body=body)


def urlencoded(body: bytes) -> HookRequest:
    return HookRequest(headers={"content-type": "application/x-www-form-urlencoded"}, body=body)


class Written:
    """Collects what aiohttp writes."""

    def __init__(self) -> None:
        self.body = b""

    async def write(self, chunk: bytes) -> None:
        self.body += chunk


@pytest.mark.parametrize("value", ['{"a": 1}', "", "caffè 😀", "two\r\nlines\r\n", "--edge", "a" * 100_000])
async def test_a_form_as_a_library_writes_it_is_read_back(value: str) -> None:
    form = FormData(default_to_multipart=True)
    form.add_field("other", "x")
    form.add_field("data", value, content_type="text/plain; charset=utf-8")
    writer, written = form(), Written()
    assert isinstance(writer, MultipartWriter)
    await writer.write(written)  # type: ignore[arg-type]  # only write() is used
    request = HookRequest(headers={"content-type": writer.content_type}, body=written.body)
    assert form_fields(request) == {"other": "x", "data": value}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--edge",
        b"--edge--",
        b'--edge\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}',
        b'--edge\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n--edge',
        b"--edge\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--edge--",
        b'--edge\r\nContent-Disposition: form-data; name="data"\r\n{}\r\n--edge--',
        b'--edge\r\nContent-Disposition: form-data; name="data"\r\n\r\n\xff\r\n--edge--',
        b"\r\n--edge" * 1000,
    ],
)
def test_a_broken_form_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        form_fields(multipart(body))


def test_a_form_without_a_boundary_is_unreadable() -> None:
    with pytest.raises(UnreadableBody):
        form_fields(multipart(b"", boundary=""))


def test_a_form_in_an_address_s_spelling_is_read() -> None:
    assert form_fields(urlencoded(b"data=%7B%7D&msg=caff%C3%A8+2&empty=&data=2")) == {
        "data": "2",
        "msg": "caffè 2",
        "empty": "",
    }


@pytest.mark.parametrize("body", [b"a=%ff", "a=è".encode(), b"&".join([b"a=1"] * 101)])
def test_a_broken_spelling_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        form_fields(urlencoded(body))


def test_anything_else_is_no_form() -> None:
    with pytest.raises(UnreadableBody):
        form_fields(HookRequest(headers={"content-type": "application/json"}))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    for request in (multipart(body), urlencoded(body), multipart(b"--edge" + body + b"\r\n--edge--")):
        try:
            fields = form_fields(request)
        except Malformed:
            continue
        assert all(isinstance(value, str) for value in fields.values())
