"""Texts that broke somebody's status page once, and all others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from bot.domain.model import Board, Notice, Story, StoryUpdate

_NASTY = st.sampled_from(
    [
        "\x00",
        "\x0b",
        "\x1b[31m",
        "\ud800",
        "\ufffe",
        "\U0001fffe",
        "\x85",
        "]]>",
        "<![CDATA[",
        "<script>alert(1)</script>",
        "</style><!--",
        "&",
        "&#0;",
        "&#xFFFF;",
        "&amp;lt;",
        "{{ 7 * 7 }}",
        "{company.__class__}",
        "%s",
        "[x](javascript:alert(1))",
        '[x](https://a.example/" onmouseover="x)',
        "![x](https://tracker.example/p.gif)",
        "\u202e\u2066",
        "\"'><svg onload=x>",
        "\r\n\r\n",
        "# heading",
        "```\ncode",
    ]
)
text = st.lists(_NASTY | st.text(max_size=12) | st.text(st.characters(max_codepoint=0xA0), max_size=6), max_size=6).map(
    "".join
)
"""Any text at all, often a nasty one."""


@st.composite
def boards_with_any_words(draw: st.DrawFn, board: Board) -> Board:
    """The same board, every word of every notice replaced."""

    def notice(old: Notice) -> Notice:
        return replace(old, state=draw(text), title=draw(text), body=draw(text), instead=draw(st.none() | text))

    def update(old: StoryUpdate) -> StoryUpdate:
        return replace(old, notice=notice(old.notice))

    def story(old: Story) -> Story:
        return replace(old, updates=tuple(update(each) for each in old.updates))

    return replace(board, open=tuple(map(story, board.open)), past=tuple(map(story, board.past)))
