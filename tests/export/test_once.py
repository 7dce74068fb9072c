"""``python -m bot export`` as whoever types it sees it, whether the service runs or not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.story.command import SHIPPED, bot, started

pytestmark = pytest.mark.slow

SECRET = "not-to-be-shown-to-anybody"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


async def test_the_site_is_exported_without_the_service_and_beside_it(tmp_path: Path) -> None:
    environ = {"HOOK_SECRET": SECRET, "LISTEN": f"127.0.0.1:{free_port()}"}
    command = ("export", "site", "--config", str(SHIPPED))
    alone = await bot(tmp_path, *command, **environ)
    assert (alone.code, alone.problems) == (0, [])
    assert "removed 0" in alone.out
    page = (tmp_path / "site/it/index.html").read_bytes()
    assert b"Bottega Napoli" in page
    async with started(tmp_path, **environ):
        beside = await bot(tmp_path, *command, **environ)
        assert (beside.code, beside.problems) == (0, [])
    assert "written 0 files" in beside.out
    assert (tmp_path / "site/it/index.html").read_bytes() == page


async def test_a_folder_with_other_files_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("mine")
    said = await bot(tmp_path, "export", "site", "--config", str(SHIPPED), HOOK_SECRET=SECRET)
    assert said.code == 1
    assert said.problem == "site holds files that this service has not written; name an empty folder"


async def test_a_folder_with_other_files_turns_off_the_export_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("mine")
    text = SHIPPED.read_text("utf-8").replace("  website: {}\n", "  website: {export: site}\n")
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    environ = {"HOOK_SECRET": SECRET, "LISTEN": f"127.0.0.1:{free_port()}"}
    checked = await bot(tmp_path, "check", **environ)
    assert checked.code == 1
    assert checked.problem == "export: site holds files that this service has not written; name an empty folder"
    async with started(tmp_path, tmp_path / "config.yaml", **environ):  # it answers, or this would fail
        assert [file.name for file in (tmp_path / "site").iterdir()] == ["index.html"]


async def test_without_a_website_there_is_nothing_to_export(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8").replace("  website: {}\n", "")
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    said = await bot(tmp_path, "export", "site", HOOK_SECRET=SECRET)
    assert (said.code, (tmp_path / "site").exists()) == (1, False)
    assert said.problem == "there is no website to export: channels.website is not configured"


async def test_a_companys_own_words_are_on_its_pages_or_the_check_says_why_not(tmp_path: Path) -> None:
    words = tmp_path / "ours/site/words/it.yaml"
    words.parent.mkdir(parents=True)
    words.write_text("follow: Avvisami subito\n", "utf-8")
    (tmp_path / "config.yaml").write_text(SHIPPED.read_text("utf-8") + "\ntemplates: ours\n", "utf-8")
    environ = {"HOOK_SECRET": SECRET, "LISTEN": f"127.0.0.1:{free_port()}"}
    assert (await bot(tmp_path, "export", "site", **environ)).code == 0
    assert b"Avvisami subito" in (tmp_path / "site/it/index.html").read_bytes()
    async with started(tmp_path, tmp_path / "config.yaml", **environ):
        beside = await bot(tmp_path, "export", "site", **environ)
    assert "written 0 files" in beside.out
    words.write_text("folow: Avvisami subito\n", "utf-8")
    checked = await bot(tmp_path, "check", **environ)
    assert (checked.code, checked.problem.endswith("it.yaml:1: folow: is not a key of en.yaml")) == (1, True)
