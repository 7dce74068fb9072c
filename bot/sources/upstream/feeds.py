"""RSS and Atom: bytes to items. Whether an item is something that goes on now is for others to say.

XML is read by defusedxml with document types refused, so there are no entities to expand and nothing to fetch.
Formats: https://www.rssboard.org/rss-specification and https://www.rfc-editor.org/rfc/rfc4287
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Xml

from bot.errors import Malformed
from bot.sources.reading import MOST_ITEMS
from bot.sources.upstream.base import read_moment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only the name of the type; parsing is defusedxml's

LONGEST_TEXT = 5000
"""How much of an item's text is looked at, in characters."""

_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry. title, text: plain, in one line; identity: guid, id or link, "" when there is none; at: when it was
    written or changed last, None when it does not say in a way we know.
    """

    title: str
    text: str
    identity: str
    url: str
    at: datetime | None


def items(body: bytes) -> list[Item]:
    """Every item, in the order of the feed. Raises Malformed for what is neither RSS nor Atom."""
    root = _parsed(body)
    kind = _name(root)
    if kind not in {"rss", "RDF", "feed"}:
        raise Malformed("neither RSS nor Atom")
    if kind == "rss" and not any(_name(child) == "channel" for child in root):
        raise Malformed("RSS without a channel")
    found = [element for element in root.iter() if _name(element) in {"item", "entry"}]
    if len(found) > MOST_ITEMS:
        raise Malformed(f"{len(found)} items, at most {MOST_ITEMS} are taken at once")
    return [_item(element) for element in found]


def plain(text: str) -> str:
    """Text without its markup, in one line."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", html.unescape(text[: 2 * LONGEST_TEXT])))).strip()


def _parsed(body: bytes) -> Element:
    if not body.strip():
        raise Malformed("empty, expected a feed")
    try:
        root: Element = Xml.fromstring(body, forbid_dtd=True)
        return root
    except DefusedXmlException:
        raise Malformed("a document type, which no feed needs; perhaps HTML") from None
    except Xml.ParseError as error:
        line, column = error.position
        raise Malformed(f"not XML at line {line} column {column}") from None
    except (LookupError, ValueError):
        raise Malformed("not XML in an encoding we know") from None


def _item(element: Element) -> Item:
    children: dict[str, Element] = {}
    for child in element:
        children.setdefault(_name(child), child)
    texts = {name: "".join(child.itertext()).strip() for name, child in children.items()}
    link = texts.get("link", "") or children.get("link", element).get("href", "")
    written = (texts.get(name, "") for name in ("content", "encoded", "description", "summary"))
    return Item(
        title=plain(texts.get("title", "")),
        text=plain(next(filter(None, written), ""))[:LONGEST_TEXT],
        identity=texts.get("guid", "") or texts.get("id", "") or link,
        url=link,
        at=_moment(next((texts[name] for name in ("pubDate", "updated", "date", "published") if name in texts), "")),
    )


def _name(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _moment(text: str) -> datetime | None:
    """RFC 3339, or RFC 822 with American zones by name as Amazon writes them; None for anything else."""
    if (at := read_moment(text)) is not None:
        return at
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
