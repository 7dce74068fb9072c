"""A folder that a web server reads meanwhile: whole files, only what changed, and nobody else's."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.export.folder import Folder


def test_a_file_is_written_once_and_again_only_when_it_differs(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "site")
    assert folder.put("en/index.html", b"one")
    before = (tmp_path / "site/en/index.html").stat()
    assert not folder.put("en/index.html", b"one")
    assert (tmp_path / "site/en/index.html").stat().st_ino == before.st_ino
    assert folder.put("en/index.html", b"two")
    assert (tmp_path / "site/en/index.html").read_bytes() == b"two"
    assert stat.S_IMODE((tmp_path / "site/en/index.html").stat().st_mode) == 0o644


def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "site")
    folder.put("en/old.html", b"old")
    (tmp_path / "site/en/index.html").mkdir()
    with pytest.raises(OSError, match="directory"):
        folder.put("en/index.html", b"new")
    assert sorted(file.name for file in (tmp_path / "site/en").iterdir()) == ["index.html", "old.html"]


def test_files_of_pages_that_are_gone_are_removed_and_no_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "site")
    for name in ("en/index.html", "tlh/index.html", "assets/style.1.css"):
        folder.put(name, b"x")
    (tmp_path / "site/CNAME").write_text("status.shop.example")
    again = Folder(tmp_path / "site")
    assert again.keep_only({"en/index.html"}) == 1
    left = {str(file.relative_to(tmp_path / "site")) for file in (tmp_path / "site").rglob("*") if file.is_file()}
    assert left == {"en/index.html", "assets/style.1.css", "CNAME", ".notice-bot.json"}
    assert not again.holds("tlh/index.html")


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(FileExistsError, match="name an empty folder"):
        Folder(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]
