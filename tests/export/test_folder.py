"""A folder that a web server reads meanwhile: whole files, only what changed, and nobody else's."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.export.folder import Folder, examine


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
    folder.save()
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


@pytest.mark.parametrize("cut", [b"", b'{"files": ["en/index', b"[]", b"{}", b'{"files": 7}', b"\xff\xfe"])
def test_a_list_that_cannot_be_read_is_begun_anew(tmp_path: Path, cut: bytes) -> None:
    folder = Folder(tmp_path)
    folder.put("en/index.html", b"one")
    folder.save()
    (tmp_path / ".notice-bot.json").write_bytes(cut)
    again = Folder(tmp_path)
    assert not again.holds("en/index.html")
    assert not again.put("en/index.html", b"one")
    again.save()
    assert Folder(tmp_path).holds("en/index.html")


def test_what_a_file_system_or_a_crash_leaves_behind_does_not_make_a_folder_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "en").mkdir()
    for name in (".DS_Store", ".x3k2_9", ".notice-bot-k3j.tmp"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(FileExistsError):
        examine(tmp_path)
    (tmp_path / "en").rmdir()
    examine(tmp_path)
    Folder(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"lost+found", ".DS_Store", ".x3k2_9", ".notice-bot.json"}


def test_our_unfinished_files_are_swept_up_wherever_they_are(tmp_path: Path) -> None:
    Folder(tmp_path).put("en/incidents/7/index.html", b"x")
    left = tmp_path / "en/incidents/7/.notice-bot-a1b2.tmp"
    left.write_bytes(b"half")
    Folder(tmp_path)
    assert not left.exists()
    assert (tmp_path / "en/incidents/7/index.html").read_bytes() == b"x"


def test_the_list_is_written_once_however_many_files_are_new(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    before = (tmp_path / ".notice-bot.json").stat().st_ino
    for number in range(100):
        folder.put(f"en/incidents/{number}/index.html", b"x")
    assert (tmp_path / ".notice-bot.json").stat().st_ino == before
    folder.save()
    saved = (tmp_path / ".notice-bot.json").stat().st_ino
    folder.save()
    assert (saved != before, (tmp_path / ".notice-bot.json").stat().st_ino) == (True, saved)
    assert Folder(tmp_path).holds("en/incidents/99/index.html")


def test_a_file_that_could_not_be_written_is_not_taken_for_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "en").write_text("in the way")
    with pytest.raises(OSError, match="en"):
        folder.put("en/index.html", b"x")
    assert not folder.holds("en/index.html")


def test_examining_writes_nothing(tmp_path: Path) -> None:
    examine(tmp_path / "not/yet/there")
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError, match="file is not a folder"):
        examine(tmp_path / "file/site")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
