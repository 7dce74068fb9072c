"""The single values that settings are made of: what each may look like, and the words for it when it does not.

Every scalar of the file arrives as text; nothing here knows where in the file it stood.
"""

from __future__ import annotations

import re
import warnings
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from yarl import URL

from bot.config.colours import colour
from bot.domain.durations import duration

_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_SLUG = r"^[a-z0-9][a-z0-9_-]{0,63}$"
_URL = r"^https?://[^\s/?#]+[^\s]*$"
_CHAT = r"^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[0-9]{1,19})$"
_LISTEN = r"^([^\s:\[\]]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$"
_ANCESTOR = r"^(self|https?://(\*\.)?[A-Za-z0-9.-]+(:([0-9]{1,5}|\*))?)$"
_TOPIC = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
_DATABASE = r"^(sqlite:///|postgresql://)\S+$"

PATTERNS = {
    _LANGUAGE: "a language tag such as it or pt-BR",
    _SLUG: "a name of small letters, digits, - and _ (at most 64)",
    _URL: "a web address such as https://shop.example",
    _CHAT: "@name of a public channel or group, or a numeric chat id",
    _LISTEN: "address:port such as 127.0.0.1:8080 or [::1]:8080",
    _ANCESTOR: "self, or an origin such as https://shop.example",
    _TOPIC: "the ARN of a topic such as arn:aws:sns:eu-south-1:123456789012:alarms",
    _DATABASE: "sqlite:///path/to/file.db or postgresql://user:password@host/name",
}
"""What each pattern below asks for, in words for the person who wrote the value."""

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")


def _duration(value: Any) -> Any:
    """``90s``, ``10m``, ``1h30m``, ``2d`` -> timedelta."""
    if not isinstance(value, str):
        return value
    found = duration(value)
    if found is None:
        raise ValueError("expected a duration such as 90s, 10m, 1h30m or 2d")
    return found


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("expected a duration above 0s")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as Europe
        raise ValueError("expected an IANA time zone such as Europe/Rome") from None
    return value


def _regex(value: str) -> str:
    try:
        with warnings.catch_warnings(action="error"):
            re.compile(value)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"expected a regular expression ({str(error)!r})") from None
    return value


def _pointer(value: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc6901#section-3, without what no log line should hold."""
    if not value.isprintable() or not _POINTER.fullmatch(value):
        raise ValueError("expected a JSON pointer such as /check/name or /tags/0 (~1 is / and ~0 is ~ inside a name)")
    return value


def _flag(value: Any) -> Any:
    """The file's scalars are text; yes, on and 1 are not taken for true."""
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ValueError("expected true or false")
    return value == "true"


def _url(value: str) -> str:
    """Also proves that a connection can be tried: resolvers refuse what no name can be with an error of their own."""
    try:
        _ = urlsplit(value).port
        (URL(value).raw_host or "").encode("idna")
    except ValueError:
        raise ValueError(f"expected {PATTERNS[_URL]}") from None
    return value


def _published(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise ValueError("expected a web address without a user name and a password, because it is published")
    return value


def _base_url(value: str) -> str:
    if "?" in value or "#" in value:
        raise ValueError("expected a web address without ? and #, because links are made by adding to it")
    return value.rstrip("/")


def _colour(value: str) -> str:
    colour(value)
    return value


def _listen(value: str) -> str:
    if int(value.rpartition(":")[2]) > 65535:
        raise ValueError("expected a port from 0 to 65535")
    return value


def _chat(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _localised_form(value: Any) -> str:
    return "(per language)" if isinstance(value, dict) else "(for all)"


Flag = Annotated[bool, BeforeValidator(_flag, json_schema_input_type=bool)]
Duration = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
Wait = Annotated[Duration, AfterValidator(_positive)]
RegexText = Annotated[str, AfterValidator(_regex)]
Pointer = Annotated[str, AfterValidator(_pointer)]
Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, Field(pattern=_LANGUAGE)]
Slug = Annotated[str, Field(pattern=_SLUG)]
Url = Annotated[str, Field(pattern=_URL), AfterValidator(_url)]
PublishedUrl = Annotated[Url, AfterValidator(_published)]
"""One that customers read: it holds no password."""
BaseUrl = Annotated[Url, AfterValidator(_base_url)]
PublishedBaseUrl = Annotated[BaseUrl, AfterValidator(_published)]
Listen = Annotated[str, Field(pattern=_LISTEN), AfterValidator(_listen)]
Ancestor = Annotated[str, Field(pattern=_ANCESTOR)]
ColourText = Annotated[str, AfterValidator(_colour)]
TopicArn = Annotated[str, Field(pattern=_TOPIC)]
Database = Annotated[str, Field(pattern=_DATABASE)]
ChatId = Annotated[str, Field(pattern=_CHAT), BeforeValidator(_chat, json_schema_input_type=str | int)]
Localised = Annotated[
    Annotated[str, Tag("(for all)")] | Annotated[dict[Language, str], Tag("(per language)")],
    Discriminator(_localised_form),
]
"""One text for all languages, or one per language."""
