"""The Markdown of notices to text with entities. Pure and total: every text is Markdown.

The dialect is that of ``languages.markdown``: what it leaves out shows literally here too.
What comes out is what Telegram keeps: characters it deletes are gone already, and a link it would drop in silence is
written out behind its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from markdown_it.token import Token

from bot.channels.telegram.entities import Formatted
from bot.channels.telegram.writer import Writer
from bot.languages.markdown import tokens

_UNSEEN = re.compile("[ \u2068\u2069]")
"""What may stand around and within a number without changing it: spaces, and what isolates it in other words."""
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


def render(markdown: str) -> Formatted:
    """The text and entities of some Markdown."""
    renderer = _Renderer()
    for token in tokens(markdown):
        renderer.block(token)
    return renderer.writer.finish()


def clickable(url: str) -> bool:
    """Whether Telegram keeps a link to this address.

    It drops hosts without a dot and schemes it does not know, without an error; strict, because what is doubtful is
    better written out than lost. https://github.com/tdlib/td LinkManager::get_checked_link
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False
    return known and _HOST.fullmatch(parts.hostname or "") is not None


@dataclass(slots=True)
class _Link:
    url: str
    kept: bool
    since: int


@dataclass(slots=True)
class _Renderer:
    """Walks tokens and tells the writer. numbers: the counters of the lists around, None for bullets."""

    writer: Writer = field(default_factory=Writer)
    numbers: list[int | None] = field(default_factory=list)
    quotations: int = 0
    links: list[_Link] = field(default_factory=list)

    def block(self, token: Token) -> None:
        match token.type:
            case "inline":
                self.inline(token.children or ())
            case "paragraph_open":
                self.writer.gap("\n" if token.hidden else "\n\n")
            case "blockquote_open" | "blockquote_close":
                self.quotation(token.nesting)
            case "bullet_list_open" | "ordered_list_open":
                self.writer.gap("\n" if self.numbers else "\n\n")
                self.numbers.append(1 if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
            case "list_item_open":
                self.item()
            case "list_item_close":
                self.writer.bullet = ""

    def item(self) -> None:
        number = self.numbers[-1]
        self.writer.gap("\n")
        self.writer.bullet = "  " * (len(self.numbers) - 1) + ("• " if number is None else f"{number}. ")
        if number is not None:
            self.numbers[-1] = number + 1

    def quotation(self, nesting: int) -> None:
        """Telegram has no quotations within quotations: only the outermost one counts."""
        if nesting > 0:
            self.writer.gap("\n\n")
            if self.quotations == 0:
                self.writer.begin("blockquote")
        self.quotations += nesting
        if self.quotations == 0:
            self.writer.end()

    def inline(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "text":
                    self.writer.write(token.content)
                case "code_inline":
                    self.writer.code(token.content)
                case "softbreak" | "hardbreak":
                    self.writer.write("\n")
                case "strong_open":
                    self.writer.begin("bold")
                case "em_open":
                    self.writer.begin("italic")
                case "strong_close" | "em_close":
                    self.writer.end()
                case "link_open":
                    self.link(str(token.attrs["href"]))
                case "link_close":
                    self.link_end()

    def link(self, url: str) -> None:
        kept = clickable(url)
        self.links.append(_Link(url, kept, len(self.writer.parts)))
        if kept:
            self.writer.begin("text_link", url=url)

    def link_end(self) -> None:
        link = self.links.pop()
        words = "".join(self.writer.parts[link.since :]).strip()
        shown = link.url.removeprefix("mailto:").removeprefix("tel:")
        if not words:
            self.writer.write(shown)
        if link.kept:
            self.writer.end()
        elif words and _UNSEEN.sub("", words) != shown:
            self.writer.write(f" ({shown})")
