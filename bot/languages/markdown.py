"""The Markdown of notices: CommonMark without raw HTML, headings, pictures and code blocks.

Paragraphs, lists, quotations, emphasis, inline code and links remain. What is left out is not lost: it shows literally.
A line end inside a paragraph is kept, as people expect who type into a chat.
Telegram's entities are not made here; the channel makes them from the same Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from bot.languages.text import printable

# All that can begin or end a construct (https://spec.commonmark.org/0.31.2/#backslash-escapes); other punctuation
# only ever means itself, and is left alone so that the source stays readable.
_MARKUP = re.compile(r"[\\`*_\[\]<>()&#+\-=.!|~]")
_LINK = re.compile(r"https?://[^\s/?#]+|mailto:[^\s]+|tel:[+\d]", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"[\\<>()&]")
_LEFT_OUT = ("heading", "lheading", "hr", "fence", "code", "reference", "html_block", "html_inline", "image", "entity")


def escape(text: str) -> str:
    """Clean plain text as Markdown that shows it literally, wherever in a line it stands."""
    return _MARKUP.sub(r"\\\g<0>", text)


def link(words: str, url: str) -> str:
    """A Markdown link of plain words to an address without white space."""
    address = _IN_ADDRESS.sub(r"\\\g<0>", url)
    return f"[{escape(words)}]({address})"


def tokens(markdown: str) -> list[Token]:
    """Tokens of markdown-it for some Markdown in our dialect, for those who render other forms than HTML and text."""
    return _HTML.parse(printable(markdown))


def to_html(markdown: str) -> str:
    """HTML of p, strong, em, a, code, ul, ol, li, br and blockquote, with no attribute but href.

    Links lead to http, https, mailto and tel only; any other shows as it was typed. Raw HTML shows as text.
    """
    return str(_HTML.render(printable(markdown)))


def to_plain(markdown: str) -> str:
    """The words alone: links as ``text (address)``, list items on lines of their own, paragraphs a blank line apart."""
    return str(_PLAIN.render(printable(markdown)))


def _only_addresses(state: StateCore) -> None:
    """Drops every attribute but href: titles, and the numbers lists begin with."""
    for token in state.tokens:
        for part in (token, *(token.children or ())):
            part.attrs = {name: value for name, value in part.attrs.items() if name == "href"}


class _Plain:
    """Writes tokens as plain text; what markdown-it calls a renderer."""

    __output__ = "plain"

    def __init__(self, parser: MarkdownIt) -> None:
        pass

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        blocks: list[str] = []
        lists: list[int | None] = []
        lead = ""
        joined = False
        for token in tokens:
            match token.type:
                case "bullet_list_open":
                    lists.append(None)
                case "ordered_list_open":
                    lists.append(0)
                case "bullet_list_close" | "ordered_list_close":
                    lists.pop()
                case "list_item_open":
                    lead, joined = _bullet(lists), True
                case "inline":
                    blocks.append(("\n" if joined and blocks else "\n\n" if blocks else "") + lead + _words(token))
                    lead, joined = "", False
        return "".join(blocks)


def _bullet(lists: list[int | None]) -> str:
    indent = "  " * (len(lists) - 1)
    number = lists[-1]
    if number is None:
        return f"{indent}• "
    lists[-1] = number + 1
    return f"{indent}{number + 1}. "


def _words(inline: Token) -> str:
    written: list[str] = []
    links: list[tuple[str, int]] = []
    for token in inline.children or ():
        match token.type:
            case "text" | "code_inline":
                written.append(token.content)
            case "softbreak" | "hardbreak":
                written.append("\n")
            case "link_open":
                links.append((str(token.attrs["href"]), len(written)))
            case "link_close":
                address, start = links.pop()
                shown = "".join(written[start:])
                if shown != address:
                    written.append(f" ({address})")
    return "".join(written)


def _parser(renderer: Any) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=renderer).disable(_LEFT_OUT)
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]  # its documented hook
    parser.core.ruler.push("only_addresses", _only_addresses)
    return parser


_HTML = _parser(RendererHTML)
_PLAIN = _parser(_Plain)
