"""The fields of a form, from the raw bytes of a request. Files and nested parts are none of it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from bot.errors import Malformed, UnreadableBody
from bot.sources.base import HookRequest
from bot.sources.reading import media_type

_NAME = re.compile(rb'content-disposition:[ \t]*form-data;.*?\bname="([^"]*)"', re.IGNORECASE)
_MOST_FIELDS = 100

FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
"""The content types ``form_fields`` reads."""


def form_fields(request: HookRequest) -> dict[str, str]:
    """Names to values, the last one wins. Raises Malformed, or UnreadableBody when the content type is no form."""
    kind, parameters = media_type(request)
    if kind == "multipart/form-data":
        return _multipart(request.body, parameters.get("boundary", ""))
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(request.body)
    raise UnreadableBody("expected a form")


def _urlencoded(body: bytes) -> dict[str, str]:
    try:
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        )
    except ValueError:
        raise Malformed(f"not a URL-encoded form in UTF-8 with at most {_MOST_FIELDS} fields") from None


def _multipart(body: bytes, boundary: str) -> dict[str, str]:
    """https://www.rfc-editor.org/rfc/rfc7578"""
    if not boundary:
        raise UnreadableBody("the content type of the form names no boundary")
    mark = b"\r\n--" + boundary.encode("utf-8", "surrogatepass")
    parts = (b"\r\n" + body).split(mark, _MOST_FIELDS + 1)[1:]
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise Malformed("the form is cut off, or its boundary is not the one announced")
    return dict(_field(part) for part in parts[:-1])


def _field(part: bytes) -> tuple[str, str]:
    head, blank, value = part.partition(b"\r\n\r\n")
    name = next(filter(None, map(_NAME.match, head.splitlines())), None)
    if not blank or not name:
        raise Malformed("a part of the form has no name")
    try:
        return name[1].decode(), value.decode()
    except UnicodeDecodeError:
        raise Malformed("a part of the form is not UTF-8") from None
