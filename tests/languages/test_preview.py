"""Every notice of every language, as customers read it: the golden files are these very words.

``UPDATE_GOLDEN=1 pytest tests/languages`` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.domain.model import Impact, Status
from bot.languages.preview import preview, previews
from tests.languages.shop import LANGUAGES, catalogue, shop

GOLDEN = Path(__file__).parent.parent / "golden" / "notices"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_reads_as_it_was_approved(language: str) -> None:
    file = GOLDEN / f"{language}.txt"
    words = preview(catalogue(language), shop(language), [language])
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(words, encoding="utf-8")
    assert words == file.read_text(encoding="utf-8")


def test_there_is_a_golden_file_for_every_language() -> None:
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(LANGUAGES)


def test_a_preview_shows_every_status_in_every_language_asked_for() -> None:
    seen = list(previews(catalogue("it", "ar"), shop("it", "ar"), ["it", "ar"]))
    assert list(dict.fromkeys(each.notice.language for each in seen)) == ["it", "ar"]
    for tag in ("it", "ar"):
        assert {each.notice.status for each in seen if each.notice.language == tag} == set(Status)


def test_an_impact_is_shown_again_only_where_its_words_differ() -> None:
    seen = list(previews(catalogue("en"), shop("en"), ["en"]))
    impacts = [each.notice.impact for each in seen if str(each).startswith("== en outage.investigating,")]
    assert impacts == [Impact.CRITICAL, Impact.MAJOR, Impact.MINOR, Impact.NONE]
