"""Where the company's own sentences are looked for."""

from __future__ import annotations

from pathlib import Path

from bot.config.templates import overlays, page_overlays
from tests.config.files import BASE, loaded, refused


def test_a_folder_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ours" / "notices").mkdir(parents=True)
    settings = loaded(tmp_path, f"{BASE}templates: ./ours\n")
    assert overlays(settings) == (tmp_path / "ours" / "notices",)


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "notices").mkdir(parents=True)
    settings = loaded(tmp_path, f"{BASE}templates: {tmp_path / 'elsewhere'}\n")
    assert overlays(settings) == (tmp_path / "elsewhere" / "notices",)


def test_without_one_there_are_only_ours(tmp_path: Path) -> None:
    assert overlays(loaded(tmp_path, BASE)) == ()


def test_a_folder_may_hold_words_of_pages_alone(tmp_path: Path) -> None:
    (tmp_path / "ours" / "site" / "words").mkdir(parents=True)
    settings = loaded(tmp_path, f"{BASE}templates: ours\n")
    assert (overlays(settings), page_overlays(settings)) == ((), (tmp_path / "ours" / "site" / "words",))


def test_a_folder_that_is_not_there_or_holds_no_notices_is_refused(tmp_path: Path) -> None:
    what = "expected a folder with a folder notices or site/words in it, found none (looked in ours)"
    expected = f"config.yaml:7: templates: {what}"
    assert refused(tmp_path, f"{BASE}templates: ours\n") == [expected]
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "notices").touch()
    assert refused(tmp_path, f"{BASE}templates: ours\n") == [expected]
