"""A feed as RSS 2.0 and as Atom, by feedgen.

feedgen 1.0 leaves out of RSS every link but ``self``, knows no language per entry, stamps whatever has no date with
the present moment, and writes RSS dates through the locale of the whole process; hence the two extensions, which
write those parts themselves. Its Atom elements carry no namespace of their own: the root declares it as text.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from bot.channels.feed.entries import Entry, Feed

_IN_ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0, UTF-8.

    ``&`` and ``<`` are numeric references, as https://www.rssboard.org/rss-profile#data-types-characterdata asks:
    readers disagree whether named ones in a title are markup.
    """
    document: bytes = _generator(feed, "rss").rss_str(pretty=True)
    return _styled(document.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), feed)


def atom(feed: Feed) -> bytes:
    """The feed as Atom (RFC 4287), UTF-8."""
    return _styled(_generator(feed, "atom").atom_str(pretty=True), feed)


def _styled(document: bytes, feed: Feed) -> bytes:
    """With the instruction that leads browsers to the style sheet (https://www.w3.org/TR/xml-stylesheet/).

    From the root of the site, for a browser takes no style sheet from an address other than the feed's own.
    """
    address = urlsplit(feed.stylesheet).path
    declaration, line_end, rest = document.partition(b"\n")
    instruction = f'<?xml-stylesheet type="text/css" href={quoteattr(address)}?>'.encode()
    return declaration + line_end + instruction + line_end + rest


def _generator(feed: Feed, form: str) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension("ours", _FeedExtension, _EntryExtension)
    generator.ours.feed = feed
    generator.id(f"{feed.address}.{form}")
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.language)
    generator.generator("incident-notice-bot")
    generator.docs("https://www.rssboard.org/rss-specification")
    generator.author({"name": feed.company, "uri": feed.company_url})
    generator.link(href=f"{feed.address}.{form}", rel="self", type=_TYPES[form])
    generator.link(href=feed.home, rel="alternate", type="text/html", hreflang=feed.language)  # last: RSS's own link
    generator.updated(feed.updated.replace(microsecond=0))
    generator._FeedGenerator__rss_lastBuildDate = None  # no setter takes None; the extension writes it
    for entry in feed.entries:
        item = generator.add_entry(order="append")
        item.ours.entry, item.ours.language = entry, feed.language
        _add(item, entry)
    return generator


def _add(item: FeedEntry, entry: Entry) -> None:
    item.guid(entry.id, permalink=False)
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate", type="text/html")
    item.content(entry.html, type="html")
    if entry.summary != entry.html:
        item.summary(entry.summary, type="html")
    item.updated(entry.updated.replace(microsecond=0))
    for category in entry.categories:
        item.category(term=category)


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The hub, and the same feed in every other language, in both formats; in RSS also dates and the language."""

    feed: Feed

    def extend_atom(self, feed: Any) -> Any:
        self._link(feed, "link", "atom")
        return feed

    def extend_rss(self, feed: Any) -> Any:
        feed.attrib[_LANG] = self.feed.language
        channel = feed.find("channel")
        xml_elem("lastBuildDate", channel).text = format_datetime(self.feed.updated, usegmt=True)
        self._link(channel, _IN_ATOM + "link", "rss")
        return feed

    def _link(self, parent: Any, name: str, form: str) -> None:
        if self.feed.hub:
            xml_elem(name, parent, rel="hub", href=self.feed.hub)
        for language, address in self.feed.alternates:
            if language != self.feed.language:
                names = {"type": _TYPES[form], "hreflang": language, "href": f"{address}.{form}"}
                xml_elem(name, parent, rel="alternate", **names)


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """The language of an entry that fell back; when it was published, and in RSS also when it last changed."""

    entry: Entry
    language: str

    def extend_atom(self, entry: Any) -> Any:
        xml_elem("published", entry).text = self.entry.published.isoformat(timespec="seconds")
        return self._declare(entry)

    def extend_rss(self, entry: Any) -> Any:
        xml_elem("pubDate", entry).text = format_datetime(self.entry.published, usegmt=True)
        xml_elem(_IN_ATOM + "updated", entry).text = self.entry.updated.isoformat(timespec="seconds")
        return self._declare(entry)

    def _declare(self, entry: Any) -> Any:
        if self.entry.lang != self.language:
            entry.attrib[_LANG] = self.entry.lang
        return entry
