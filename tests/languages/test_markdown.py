"""Notices' Markdown becomes safe HTML and plain text, whatever is in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.languages.markdown import escape, link, to_html, to_plain
from bot.languages.text import clean

MARKUP = st.sampled_from(
    ["*", "_", "`", "[", "]", "(", ")", "<", ">", "!", "\\", "#", "- ", "1. ", "> ", "\n", "\n\n", "    ", "```", "~~~",
     "---", "===", "&lt;", "&#x202e;", "http://a.example", "javascript:alert(1)", "<script>", "[a]: /b", "**", "\x00"]
)  # fmt: skip
markdown = st.lists(MARKUP | st.text(max_size=5), max_size=20).map("".join)
ALLOWED = {"p", "strong", "em", "a", "code", "ul", "ol", "li", "br", "blockquote"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment", {}))

    def handle_decl(self, decl: str) -> None:
        self.seen.append(("declaration", {}))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser.seen


@settings(deadline=None)
@given(markdown | st.text())
def test_html_of_anything_holds_nothing_but_known_tags_and_safe_links(text: str) -> None:
    for tag, attributes in tags(to_html(text)):
        assert tag in ALLOWED
        assert set(attributes) <= ({"href"} if tag == "a" else set())
        assert re.match(r"(https?://|mailto:|tel:)", attributes.get("href") or "https://", re.IGNORECASE)


@settings(deadline=None)
@given(st.lists(MARKUP | st.text(max_size=5), max_size=20).map("".join))
@example("1. first")
@example("11. Dezember")
@example("# not a heading")
@example("*x* [a](b) <b> `")
@example("<https://a.example>")
@example("a\\")
def test_escaped_text_shows_literally(text: str) -> None:
    name = clean(text)
    assert to_plain(escape(name)) == name
    assert {tag for tag, _ in tags(to_html(escape(name)))} <= {"p"}


@settings(deadline=None)
@given(markdown)
def test_escaped_text_shows_literally_between_other_words(text: str) -> None:
    name = clean(text)
    if name:
        assert to_plain(f"Since then **{escape(name)}** is slow.") == f"Since then {name} is slow."


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**a** and *b* and `c`", "<p><strong>a</strong> and <em>b</em> and <code>c</code></p>\n"),
        ("a\nb", "<p>a<br />\nb</p>\n"),
        ("3. a\n4. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ('[a](https://a.example "title")', '<p><a href="https://a.example">a</a></p>\n'),
        ("[a](tel:+390815550100)", '<p><a href="tel:+390815550100">a</a></p>\n'),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>\n"),
        ("[a](/relative)", "<p>[a](/relative)</p>\n"),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"),
        ("# a", "<p># a</p>\n"),
        ("```\na\n```", "<p><code>a</code></p>\n"),
    ],
    ids=["emphasis", "line end", "numbers", "bullets", "quotation", "link title", "phone", "script", "relative", "raw",
         "heading", "code block"],
)  # fmt: skip
def test_html_is_the_plain_part_of_commonmark(source: str, html: str) -> None:
    assert to_html(source) == html


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("**a** [b](https://b.example) c", "a b (https://b.example) c"),
        ("[https://b.example](https://b.example)", "https://b.example"),
        ("<https://b.example>", "https://b.example"),
        ("a\n\nb\nc", "a\n\nb\nc"),
        ("a\n\n- b\n- c\n  - d\n\ne", "a\n• b\n• c\n  • d\n\ne"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("", ""),
    ],
    ids=["link", "bare link", "autolink", "paragraphs", "bullets", "numbers", "nothing"],
)
def test_plain_text_keeps_words_and_addresses(source: str, plain: str) -> None:
    assert to_plain(source) == plain


@pytest.mark.parametrize("url", ["https://a.example/x_(y)_*z*?a=1&copy=2", "https://a.example/%20", "http://a.example"])
def test_a_link_leads_where_it_should(url: str) -> None:
    assert tags(to_html(link("Words *and* [more]", url))) == [("p", {}), ("a", {"href": url})]
    assert to_plain(link("Words *and* [more]", url)) == f"Words *and* [more] ({url})"
