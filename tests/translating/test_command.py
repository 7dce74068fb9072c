"""``python -m bot languages`` as translators and those who run the service see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.translating.coverage import Coverage
from bot.translating.showing import table
from tests.config.files import BASE
from tests.languages.shop import LANGUAGES
from tests.story.command import Said


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the command was typed in that folder; in this process, since starting one each time takes long."""
    monkeypatch.chdir(tmp_path)


def bot(*arguments: str) -> Said:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr.splitlines())


def own(folder: Path, text: str, name: str = "it.yaml") -> None:
    """A configuration with templates, and one file of them."""
    (folder / "config.yaml").write_text(f"{BASE}templates: ours\n", encoding="utf-8")
    (folder / "ours" / "notices").mkdir(parents=True)
    (folder / "ours" / "notices" / name).write_text(text, encoding="utf-8")


def rows(out: str) -> dict[str, list[str]]:
    """The table's cells by language."""
    lines = [line.removeprefix("*").split() for line in out.splitlines()[1:]]
    return {cells[0]: cells[1:] for cells in lines}


def test_every_language_is_shown_and_the_configured_ones_are_marked(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(BASE, encoding="utf-8")
    said = bot("languages")
    assert (said.code, said.problems) == (0, [])
    assert "\x1b" not in said.out
    assert set(rows(said.out)) == set(LANGUAGES)
    assert {line.split()[1] for line in said.out.splitlines() if line.startswith("*")} == {"en", "it"}
    assert rows(said.out)["it"] == ["complete", "complete", "nobody", "yet", "Italiano"]


def test_without_a_configuration_none_is_marked(tmp_path: Path) -> None:
    said = bot("languages")
    assert (said.code, said.problems) == (0, [])
    assert set(rows(said.out)) == set(LANGUAGES)
    assert "*" not in said.out


def test_a_configured_language_without_a_file_is_shown_with_all_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(BASE.replace("[en, it]", "[en, eu]"), encoding="utf-8")
    said = bot("languages")
    assert rows(said.out)["eu"] == ["none", "none", "nobody", "yet", "euskara"]


def test_a_company_s_own_words_count_and_what_is_wrong_with_them_is_told(tmp_path: Path) -> None:
    own(tmp_path, "reviewed: Ada\n")
    assert rows(bot("languages").out)["it"] == ["complete", "complete", "Ada", "Italiano"]
    (tmp_path / "ours" / "notices" / "it.yaml").write_text("more: '{{ since }}'\n", encoding="utf-8")
    said = bot("languages")
    assert rows(said.out)["it"][:3] == ["complete,", "1", "problem"]
    assert said.problem.startswith("ours/notices/it.yaml:1: more: no placeholder 'since' here")


def test_a_wrong_configuration_is_told_as_everywhere(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(f"{BASE}langages: [en]\n", encoding="utf-8")
    said = bot("languages")
    assert (said.code, said.out) == (2, "")
    assert said.problem.startswith("config.yaml:7: langages: ")


def test_own_words_are_used_in_what_customers_read(tmp_path: Path) -> None:
    own(tmp_path, "components: {shop: {outage: {resolved: {title: 'Di nuovo aperti: {{ components }}'}}}}")
    said = bot("preview", "--language", "it")
    assert (said.code, said.problems) == (0, [])
    assert "== it components.shop.outage.resolved, impact critical\n" in said.out
    assert "\nDi nuovo aperti: Shop\n" in said.out


def test_own_words_that_are_wrong_stop_the_start_with_their_file_and_line(tmp_path: Path) -> None:
    own(tmp_path, "outage: {resolvd: {title: Fatto}}")
    said = bot("check")
    assert (said.code, said.out) == (2, "")
    assert said.problem == (
        "ours/notices/it.yaml:1: outage.resolvd.title: not a known key (did you mean 'outage.resolved.title'?)"
    )


def test_translations_go_out_and_come_back(tmp_path: Path) -> None:
    own(tmp_path, "more: Di più\n")
    po = bot("languages", "export", "it", "--templates", "ours").out
    assert 'msgstr "Di più"' in po
    (tmp_path / "it.po").write_text(po.replace('msgstr "Risolto"', 'msgstr "Rimediato"'), encoding="utf-8")
    said = bot("languages", "import", "it.po", "--templates", "ours")
    assert (said.code, said.problems) == (0, [])
    assert said.out == "it: 1 texts are new or changed\nwrote ours/notices/it.yaml\n"
    written = (tmp_path / "ours" / "notices" / "it.yaml").read_text(encoding="utf-8")
    assert written == "words:\n  status:\n    resolved: Rimediato\nmore: Di più\n"
    again = bot("languages", "import", "it.po", "--templates", "ours")
    assert (again.code, again.out) == (0, "Nothing has changed.\n")


def test_a_broken_translation_changes_nothing_and_says_where_it_broke(tmp_path: Path) -> None:
    own(tmp_path, "more: Di più\n")
    po = bot("languages", "export", "it").out
    broken = po.replace("Risolto in {{ duration }}", "Risolto")
    (tmp_path / "it.po").write_text(broken, encoding="utf-8")
    said = bot("languages", "import", "it.po", "--templates", "ours")
    line = broken[: broken.index('msgctxt "outage.resolved.state"')].count("\n") + 2
    assert (said.code, said.out) == (2, "")
    assert said.problem == f"it.po:{line}: outage.resolved.state: lacks the placeholder 'duration'"
    assert (tmp_path / "ours" / "notices" / "it.yaml").read_text(encoding="utf-8") == "more: Di più\n"


def test_what_stays_as_it_was_is_told(tmp_path: Path) -> None:
    own(tmp_path, "")
    (tmp_path / "ours" / "notices" / "it.yaml").unlink()
    po = bot("languages", "export", "it").out
    changed = po.replace('msgstr "Risolto"', 'msgstr ""').replace('msgid "Completed"', 'msgid "Done"')
    (tmp_path / "it.po").write_text(changed, encoding="utf-8")
    said = bot("languages", "import", "it.po", "--templates", "ours")
    assert (said.code, said.out) == (0, "Nothing has changed.\n")
    assert [problem.split(": ", 1)[1] for problem in said.problems] == [
        "words.status.completed: the English text has changed since",
        "1 texts are empty or fuzzy and stay as they were",
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("export", "english"), "english is no language CLDR knows"),
        (("import", "it.po"), "'it.po' does not exist"),
        (("import", "bare.po"), "bare.po does not say which language it is in; use --language"),
    ],
)
def test_a_wrong_command_line_is_explained(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    (tmp_path / "bare.po").write_text('msgctxt "more"\nmsgid "a"\nmsgstr "b"\n', encoding="utf-8")
    said = bot("languages", *arguments)
    assert (said.code, said.out) == (2, "")
    assert problem in said.problems[-1]


def test_the_table_shows_what_is_missing_where_and_who_has_read_it() -> None:
    whole = Coverage(
        language="en",
        name="English",
        configured=True,
        texts=9,
        needed=9,
        page_texts=4,
        page_needed=4,
        reviewed="Ada",
        problems=(),
    )
    half = Coverage(
        language="zh-Hant",
        name="中文",
        configured=False,
        texts=5,
        needed=9,
        page_texts=0,
        page_needed=4,
        reviewed=None,
        problems=(),
    )
    plain = [line.replace("\x1b[0m", "").rpartition("m")[2] for line in table([half])]
    assert plain == [
        "  language  notices  page  reviewed by",
        "  zh-Hant   5 of 9   none  nobody yet   中文",
    ]
    assert (whole.complete, half.complete) == (True, False)
    assert list(table([whole]))[1] == "*  en        complete  complete  Ada          English"
