"""Characters that no page and no feed can carry are left out, all others stay."""

from __future__ import annotations

import html5lib
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.characters import clean

_ODD = st.sampled_from(
    ["\x00", "\x0b", "\x7f", "\x85", "\x9f", "\ud7ff", "\ud800", "\ufdd0", "\ufdef", "\ufffd", "\ufffe"]
)
_FAR = st.sampled_from(
    ["\U0001f600", "\U0001fffd", "\U0001fffe", "\U0002ffff", "\U000e0041", "\U0010fffd", "\U0010ffff"]
)


def _may_stand(character: str) -> bool:
    """As https://html.spec.whatwg.org/#preprocessing-the-input-stream and https://www.w3.org/TR/xml/#charsets say."""
    code = ord(character)
    control = (code < 0x20 and character not in "\t\n\r") or 0x7F <= code <= 0x9F
    return not (control or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE)


@given(st.text(st.characters() | st.characters(max_codepoint=0xA0) | _ODD | _FAR))
def test_what_may_stand_stays_and_what_may_not_goes(text: str) -> None:
    assert clean(text) == "".join(filter(_may_stand, text))


@given(st.text(st.characters() | _ODD | _FAR))
def test_what_is_left_is_no_parse_error(text: str) -> None:
    parser = html5lib.HTMLParser(strict=True)
    parser.parse("<!DOCTYPE html><title>x</title>" + clean(text).replace("&", "&amp;").replace("<", "&lt;"))
