"""A file of sentences is complete and right, or the start stops and says where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import CatalogueError
from bot.languages.catalogue import Catalogue
from bot.languages.files import Entry, read
from bot.resources import NOTICES

ENGLISH = (NOTICES / "en.yaml").read_text(encoding="utf-8")


def problems(directory: Path, *languages: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(directory, languages or ["en"])
    return [str(problem).removeprefix(f"{directory}/") for problem in caught.value.problems]


def line_of(text: str, of: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if of in line)


def swapped(old: str, new: str) -> Callable[[str], str]:
    assert old in ENGLISH
    return lambda text: text.replace(old, new, 1)


LATE = "    resolved: Resolved\n"
TITLE = '    title: "Maintenance completed: {{ components }}"\n'
LESS = "    under_a_minute: less than a minute\n"

BROKEN = {
    "a missing text": (swapped(LATE, ""), [r"en\.yaml: words\.status\.resolved: missing"]),
    "a key twice": (
        swapped(LATE, LATE + LATE),
        [r"en\.yaml:\d+: words\.status\.resolved: stands here and in line \d+"],
    ),
    "a misspelt key": (
        swapped(LATE, "    resolvd: Resolved\n"),
        [
            r"en\.yaml: words\.status\.resolved: missing",
            r"en\.yaml:\d+: words\.status\.resolvd: not a known key \(did you mean 'words\.status\.resolved'\?\)",
        ],
    ),
    "an empty text": (swapped(LATE, "    resolved:\n"), [r"en\.yaml:\d+: words\.status\.resolved: empty"]),
    "a list": (
        swapped(LATE, "    resolved: [Resolved]\n"),
        [r"en\.yaml:\d+: words\.status\.resolved: expected text"],
    ),
    "a block of keys for a text": (
        swapped(LATE, "    resolved: {text: Resolved}\n"),
        [
            r"en\.yaml: words\.status\.resolved: missing",
            r"en\.yaml:\d+: words\.status\.resolved\.text: not a known key \(did you mean '.*'\?\)",
        ],
    ),
    "a key that is none": (swapped(LATE, "    [a, b]: Resolved\n"), [r"en\.yaml:\d+: words\.status: expected a key"]),
    "an unknown placeholder": (
        swapped(TITLE, TITLE.replace("components", "component")),
        [
            r"en\.yaml:\d+: maintenance\.completed\.title: no placeholder 'component' here; there are: at, company, .*"
            r" \(did you mean 'components'\?\)"
        ],
    ),
    "a placeholder where none may be": (
        swapped(LATE, '    resolved: "{{ since }}"\n'),
        [r"en\.yaml:\d+: words\.status\.resolved: no placeholder 'since' here; there are: none"],
    ),
    "a template that does not parse": (
        swapped(TITLE, TITLE.replace("}}", "}")),
        [r"en\.yaml:\d+: maintenance\.completed\.title: not a template: .*"],
    ),
    "a template that goes wrong": (
        swapped(TITLE, TITLE.replace("components", "1 // 0")),
        [r"en\.yaml:\d+: maintenance\.completed\.title: does not render: .*"],
    ),
    "a template that reaches into Python": (
        swapped(TITLE, TITLE.replace("components", "components.__class__")),
        [r"en\.yaml:\d+: maintenance\.completed\.title: does not render: access to attribute '__class__'.*"],
    ),
    "a text that comes out empty": (
        swapped(TITLE, TITLE.replace("Maintenance completed: {{ components }}", "{% if 0 %}x{% endif %}")),
        [r"en\.yaml:\d+: maintenance\.completed\.title: says nothing"],
    ),
    "a body that is too long": (
        swapped("Thank you for your patience.\n  cancelled:", "Thank you. " * 500 + "\n  cancelled:"),
        [r"en\.yaml:\d+: maintenance\.completed\.body: \d+ characters too long"] * 2,
    ),
    "no YAML": (swapped(LATE, "    resolved: Resolved: again\n"), [r"en\.yaml:\d+: is not YAML: .*"]),
    "a character YAML forbids": (swapped(LATE, LATE.replace("R", "\x07")), [r"en\.yaml(:\d+)?: is not YAML: .*"]),
    "only a word": (lambda _: "notices", [r"en\.yaml:1: expected keys and texts"]),
    "nothing": (lambda _: "", [r"en\.yaml: expected keys and texts"]),
    "a text that holds itself": (
        lambda text: text + "loop: &loop {loop: *loop}\n",
        [r"en\.yaml:\d+: (loop\.)+loop: expected text"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named_with_file_line_and_path(tmp_path: Path, name: str) -> None:
    breaking, expected = BROKEN[name]
    (tmp_path / "en.yaml").write_text(breaking(ENGLISH), encoding="utf-8")
    found = problems(tmp_path)
    assert len(found) == len(expected)
    for line, pattern in zip(found, expected, strict=True):
        assert re.fullmatch(pattern, line), line


def test_the_line_is_where_the_text_stands(tmp_path: Path) -> None:
    broken = ENGLISH.replace(TITLE, TITLE.replace("components", "nothing"))
    (tmp_path / "en.yaml").write_text(broken, encoding="utf-8")
    assert problems(tmp_path)[0].startswith(f"en.yaml:{line_of(broken, '{{ nothing }}')}: ")


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(ENGLISH.replace(LATE, "").replace(LESS, ""), encoding="utf-8")
    (tmp_path / "it.yaml").write_text(ENGLISH.replace(LATE, ""), encoding="utf-8")
    assert problems(tmp_path, "en", "it", "nl") == [
        "en.yaml: words.status.resolved: missing",
        "en.yaml: when.duration.under_a_minute: missing",
        "it.yaml: words.status.resolved: missing",
        f"{tmp_path}: no file for language 'nl'; there are: en, it",
    ]


def test_the_plural_forms_a_language_needs_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "ar.yaml").write_text(ENGLISH, encoding="utf-8")
    missing = {line.split(": ")[1] for line in problems(tmp_path, "ar")}
    assert missing == {
        f"when.duration.{unit}.{form}" for unit in ("day", "hour", "minute") for form in ("two", "few", "many")
    }


def test_a_file_named_after_no_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "qq.yaml").write_text(ENGLISH, encoding="utf-8")
    assert problems(tmp_path, "qq") == ["qq.yaml: its name is no language CLDR knows"]


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_bytes(b"language: \xff")
    (tmp_path / "it.yaml").mkdir()
    assert problems(tmp_path, "en", "it") == ["en.yaml: is not UTF-8", "it.yaml: cannot be read: Is a directory"]


def test_nothing_but_text_is_read_into_a_value(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: no\nb: 12:30\nc: 1.10\nd: 2024-12-11\n", encoding="utf-8")
    assert read(file) == {
        "a": Entry("no", 1, str(file)),
        "b": Entry("12:30", 2, str(file)),
        "c": Entry("1.10", 3, str(file)),
        "d": Entry("2024-12-11", 4, str(file)),
    }
