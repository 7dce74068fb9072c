"""Each kind of markup by hand, then anything at all, judged by Telegram's own parser."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.entities import units
from bot.channels.telegram.markdown import clickable, render
from bot.languages.markdown import to_html
from tests.channels.telegram.oracle import covered, covered_by_telegram, kept, marked
from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.texts import check_url

CASES = {
    "plain": ("Just words.", "Just words.", []),
    "bold": ("**Down** now", "Down now", [("bold", "Down")]),
    "italic": ("*maybe* 😀 *later*", "maybe 😀 later", [("italic", "maybe"), ("italic", "later")]),
    "bold in italic": ("*a **b***", "a b", [("italic", "a b"), ("bold", "b")]),
    "bold in a bold quotation": ("> **a**", "a", [("blockquote", "a"), ("bold", "a")]),
    "code": ("use `a*b*`", "use a*b*", [("code", "a*b*")]),
    "code in bold": ("**a `b` c**", "a b c", [("bold", "a "), ("code", "b"), ("bold", " c")]),
    "paragraphs": ("One\ntwo\n\nthree", "One\ntwo\n\nthree", []),
    "hard break": ("One\\\ntwo", "One\ntwo", []),
    "link": ("[page](https://shop.example/a)", "page", [("text_link", "page", "https://shop.example/a")]),
    "autolink": ("<https://shop.example>", "https://shop.example", [("text_link", *["https://shop.example"] * 2)]),
    "bold in link": (
        "[the **page**](https://shop.example/)",
        "the page",
        [("text_link", "the page", "https://shop.example/"), ("bold", "page")],
    ),
    "code in link": ("[`x`](https://shop.example/)", "x", [("text_link", "x", "https://shop.example/")]),
    "link in bold": (
        "**see [x](https://a.example)**",
        "see x",
        [("bold", "see x"), ("text_link", "x", "https://a.example")],
    ),
    "empty link": ("[](https://a.example/)", "https://a.example/", [("text_link", *["https://a.example/"] * 2)]),
    "link to localhost": ("[here](http://localhost/x)", "here (http://localhost/x)", []),
    "link to a host without a dot": ("[here](https://intranet)", "here (https://intranet)", []),
    "link that is its own words": ("<http://localhost/x>", "http://localhost/x", []),
    "empty link to localhost": ("[](http://localhost/x)", "http://localhost/x", []),
    "telephone": ("[call us](tel:+39081123)", "call us (+39081123)", []),
    "telephone that is its own words": ("[+39 081 123](tel:+39081123)", "+39 081 123", []),
    "the same isolated": ("[\u2068+39 081 123\u2069](tel:+39081123)", "\u2068+39 081 123\u2069", []),
    "mail": ("<help@shop.example>", "help@shop.example", []),
    "link by ftp": ("[here](ftp://shop.example/f)", "[here](ftp://shop.example/f)", []),
    "link without a scheme": ("[here](//shop.example)", "[here](//shop.example)", []),
    "script": ("[x](javascript:alert(1))", "[x](javascript:alert(1))", []),
    "bullets": ("Do:\n- a\n- **b**\n\nThen", "Do:\n\n• a\n• b\n\nThen", [("bold", "b")]),
    "numbers": ("3. a\n4. b", "1. a\n2. b", []),
    "nested list": ("- a\n  1. b\n  2. c\n- d", "• a\n  1. b\n  2. c\n• d", []),
    "loose list": ("- a\n\n- b", "• a\n• b", []),
    "two paragraphs in an item": ("- a\n\n  b", "• a\n\nb", []),
    "empty item": ("- a\n-\n- b", "• a\n• b", []),
    "quotation": ("> said\n> it\n\nso", "said\nit\n\nso", [("blockquote", "said\nit")]),
    "quotation in quotation": ("> a\n> > b", "a\n\nb", [("blockquote", "a\n\nb")]),
    "html is only text": ("<b>x</b> <script>", "<b>x</b> <script>", []),
    "what notices have not": ("# a\n\n---\n\n~~e~~ &amp; &copy;", "# a\n\n---\n\n~~e~~ &amp; &copy;", []),
    "control characters": ("a\x00b\x07c\u202ed", "abcd", []),
    "lone surrogate": ("a\ud800b", "ab", []),
    "decomposed letters": ("A\u030angstrom", "\u00c5ngstrom", []),
    "nothing": (" \n\n ", "", []),
    "unclosed": ("**a [b](", "**a [b](", []),
    "braces": ("{x} {{y}} %s", "{x} {{y}} %s", []),
}


@pytest.mark.parametrize(("markdown", "text", "entities"), CASES.values(), ids=CASES)
def test_markup_becomes_text_and_entities(markdown: str, text: str, entities: list[tuple[str, ...]]) -> None:
    formatted = render(markdown)
    assert formatted.text == text
    assert marked(formatted) == entities


pieces = st.sampled_from(
    [
        *[
            "*",
            "**",
            "_",
            "__",
            "~~",
            "`",
            "```",
            "\n",
            "\n\n",
            "\n- ",
            "\n  - ",
            "\n1. ",
            "\n> ",
            "\n# ",
            "\n    ",
            "\t",
        ],
        *[
            "[a](https://shop.example/x)",
            "[b](tel:12)",
            "![](https://i.example/j.png)",
            "<https://a.example>",
            "[",
            "](",
            ")",
        ],
        *["word", "x", " ", "  ", "😀", "é", "e\u0301", "A\u030a", "\u200f", "\u200e", "\u202e", "\u2028", "\u00a0"],
        *[
            "متجر",
            "שלום",
            "日本",
            "&#32;",
            "&nbsp;",
            "&amp;",
            "<b>",
            "---",
            "\\",
            "\\\n",
            "\x00",
            "\x1f",
            "\r\n",
            "|",
            "@name",
        ],
    ]
)
markdowns = st.lists(pieces | st.text(max_size=4), max_size=30).map("".join)


@given(markdown=markdowns)
@example("\u200f**\u200e**\u200f")
@example("**a `b`**`c`")
@example("# **a** `b` [c](https://shop.example)")
@example("`` ` ``")
@example("- > ```\n  > x")
@settings(max_examples=1500, deadline=None)
def test_telegram_keeps_text_and_entities_of_any_markdown_as_they_are(markdown: str) -> None:
    formatted = render(markdown)
    if not formatted.text:
        return
    words = kept(formatted)
    assert words.text == formatted.text
    assert covered_by_telegram(words) == covered(formatted)


class Words(HTMLParser):
    """The words of some HTML, without white space, and which kinds of tags it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags = "", set[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += "".join(data.split())


TAGS = {"bold": "strong", "italic": "em", "code": "code", "text_link": "a", "blockquote": "blockquote"}


@given(markdown=markdowns.filter(lambda markdown: "](" not in markdown and "<" not in markdown))
@settings(max_examples=500, deadline=None)
def test_customers_read_the_same_words_in_telegram_as_on_the_website(markdown: str) -> None:
    formatted = render(markdown)
    page = Words(unicodedata.normalize("NFC", to_html(markdown)))
    assert letters(formatted.text) == letters(page.words)
    assert {TAGS[entity.kind] for entity in formatted.entities} <= page.tags


def letters(text: str) -> str:
    """Without white space, what Telegram deletes, and what a list's items begin with (the browser adds that)."""
    return re.sub(r"[\s\u200c\u200e\u200f\u2028-\u202e\x00-\x1f•\d.\u030a\u0333\u033f]", "", text)


@given(markdown=markdowns)
@settings(max_examples=300, deadline=None)
def test_entities_lie_within_the_text(markdown: str) -> None:
    formatted = render(markdown)
    for entity in formatted.entities:
        assert entity.length > 0
        assert 0 <= entity.offset <= units(formatted.text) - entity.length


@given(
    url=st.builds(
        "{}{}{}".format,
        st.sampled_from(["http://", "https://", "HTTPS://", "ftp://", "//", "tel:", "mailto:", "tg://", ""]),
        st.sampled_from(
            ["shop.example", "localhost", "1.2.3.4", "[::1]", "a_b.example", "пример.рф", "a..b", "x@a.b", "", "a.b:80"]
        ),
        st.sampled_from(["", "/", "/path?q=1#f", ":443/", ":0", ":99999", "?x", "."]),
    )
)
@settings(max_examples=400, deadline=None)
def test_a_link_is_only_made_where_telegram_keeps_it(url: str) -> None:
    if clickable(url):
        check_url(url, "link")


def test_links_that_telegram_drops_are_known_to_be_dropped() -> None:
    for url in ("http://localhost/", "https://intranet/", "ftp://shop.example", "tel:+39081123"):
        assert not clickable(url)
        with pytest.raises(ApiError):
            check_url(url, "link")
