"""What is written is what will be read."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.languages.files import read
from bot.resources import NOTICES
from bot.translating.comments import comments
from bot.translating.writing import nested, save
from tests.languages.shop import LANGUAGES

# What YAML allows at all; the rest cannot be in a file of sentences, and those who read one never see it.
PRINTABLE = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff\ufeff"
) | st.just("\n")
keys = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
texts = st.text(PRINTABLE, max_size=60).map(str.strip)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_of_ours_is_written_as_it_is_read(tmp_path: Path, language: str) -> None:
    before = {path: entry.text for path, entry in read(NOTICES / f"{language}.yaml").items()}
    written = save(tmp_path / f"{language}.yaml", nested(before))
    assert {path: entry.text for path, entry in read(written).items()} == before


@given(st.dictionaries(keys, texts, min_size=1))
@example({"no": "no", "a": "12:30", "b": "~", "c": "{{ x }}", "d": "a: b # c", "e": "x\n\n  y\nz", "f": "- x", "g": ""})
def test_any_texts_are_read_as_they_were_written(content: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        written = save(Path(folder) / "x.yaml", content)
        assert {path: entry.text for path, entry in read(written).items()} == content


def test_a_file_is_replaced_as_a_whole_and_keeps_its_opening_comment(tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_text("# Ours.\n# Keep.\n\na: one\n# gone\nb: two\n", encoding="utf-8")
    save(file, {"b": "three"})
    assert file.read_text(encoding="utf-8") == "# Ours.\n# Keep.\n\nb: three\n"
    assert [each.name for each in tmp_path.iterdir()] == ["it.yaml"]


def test_a_text_is_explained_by_the_comments_above_it_and_above_its_sections() -> None:
    text = """\
# About all of a.
a:
  # About b.
  b:
    # About c,
    # in two lines.
    c: one
    d: |
      some: text
  e: two

# About nothing.

f: three
"""
    said = comments(text)
    assert said[7] == ["About all of a.", "About b.", "About c,", "in two lines."]
    assert said[8] == ["About all of a.", "About b."]
    assert said[10] == ["About all of a."]
    assert said[14] == []
