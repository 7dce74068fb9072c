"""An operator's own words, sorted by the language they are in. Pure; it never guesses a language from the words.

::

    We are on it.                     the operator's own language
    it: Ci siamo. | es: En ello.      several, each behind its tag
    Ci siamo. | es: En ello.          the first may go without: it is the operator's own

Only configured languages are tags, so ``Note: we are on it`` is plain text. One exception is refused instead of
published: a part that begins with the code of a language we do not publish in (``pt: ...``) is far more likely meant
for other readers than for these. Who does mean it so puts a tag in front: ``it: pt: ...``. A literal ``|`` is ``\\|``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.nearest import beginning, quoted
from bot.errors import CommandError, Listed

LONGEST = 3000
"""UTF-16 units one text may have: what a notice needs besides still fits into Telegram's 4,096."""

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # what no feed, page or database can carry
_SEPARATOR = re.compile(r"(?<!\\)\|")
_TAG = re.compile(r"\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s?:")  # French writes a space before the colon
_SCRIPT_AND_REGION = re.compile(r"(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?")
# ISO 639-1, https://www.loc.gov/standards/iso639-2/php/code_list.php
_ISO_639_1 = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
    nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""


def by_language(text: str, *, language: str, languages: Sequence[str]) -> dict[str, str]:
    """The texts by language tag as configured, in the order written; empty when there are no words at all.

    text: what followed the command; language: the operator's own; languages: those notices are published in.
    Raises CommandError: a language twice, without words, not configured, not said, or over ``LONGEST``.
    """
    text = _UNSAFE.sub("", text.replace("\r\n", "\n")).strip()
    if not text:
        return {}
    words: dict[str, str] = {}
    for number, part in enumerate(_parts(text, languages), start=1):
        tag, said = _read(part, number=number, language=language, languages=languages)
        if tag in words:
            raise CommandError("{tag}: is there twice; each language may be there once.", tag=tag)
        words[tag] = _checked(said, tag)
    return words


def is_tagged(text: str, languages: Sequence[str]) -> bool:
    """Whether the text begins with the tag of a language that notices are published in."""
    return _tag(text, languages) is not None


def _parts(text: str, languages: Sequence[str]) -> list[str]:
    """The parts between bars; the whole text when none of them carries a tag, for then the bars are only text."""
    parts = _SEPARATOR.split(text)
    return parts if any(_tag(part, languages) for part in parts) else [text]


def _read(part: str, *, number: int, language: str, languages: Sequence[str]) -> tuple[str, str]:
    tag = _tag(part, languages)
    if tag is not None:
        return tag, part[part.index(":") + 1 :]
    if number > 1:
        raise CommandError(
            "part {number} ({typed}) does not say its language; begin it with {tags}, or write \\| for a bar that is"
            " only text.",
            number=number,
            typed=quoted(part),
            tags=_listed(languages),
        )
    _refuse_foreign(part, language, languages)
    if language not in languages:
        raise CommandError(
            "notices are not published in your language, {language}; begin with {tags}.",
            language=language,
            tags=_listed(languages),
        )
    return language, part


def _tag(part: str, languages: Sequence[str]) -> str | None:
    match = _TAG.match(part)
    return None if match is None else _configured(match[1], languages)


def _configured(tag: str, languages: Sequence[str]) -> str | None:
    return next((known for known in languages if known.lower() == _plain(tag)), None)


def _refuse_foreign(text: str, language: str, languages: Sequence[str]) -> None:
    """Raises CommandError when the text, or what follows a bar in it, begins with a language we do not publish in."""
    for part in _SEPARATOR.split(text):
        match = _TAG.match(part)
        if match is not None and _configured(match[1], languages) is None and _is_language(match[1]):
            raise CommandError(
                "{tag}: looks like a language, but notices are published in {languages} only. If it is just text, put"
                " your language in front: {example}",
                tag=match[1],
                languages=", ".join(languages),
                example=f"{language}: {beginning(part)}",
            )


def _is_language(tag: str) -> bool:
    primary, rest = _plain(tag)[:2], _plain(tag)[2:]
    return primary in _ISO_639_1.split() and _SCRIPT_AND_REGION.fullmatch(rest) is not None


def _plain(tag: str) -> str:
    return tag.lower().replace("_", "-")


def _checked(said: str, tag: str) -> str:
    said = said.replace("\\|", "|").strip()
    if not said:
        raise CommandError("{tag}: has no words.", tag=tag)
    units = len(said.encode("utf-16-le")) // 2
    if units > LONGEST:
        raise CommandError(
            "{tag}: the text is {n} characters long; at most {most} fit.", tag=tag, n=units, most=LONGEST
        )
    return said


def _listed(languages: Sequence[str]) -> Listed:
    return Listed([f"{tag}:" for tag in languages], "or")
