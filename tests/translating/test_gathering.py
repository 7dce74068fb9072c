"""What operators and subscribers are told: listed from the code, and complete in every language there is a file for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from bot.domain.command_reading import NAMES
from bot.domain.model import Role
from bot.errors import CommandError
from bot.languages.tongue import Tongues
from bot.operators.menus import aliases, called, menu
from bot.resources import OPERATORS
from bot.translating.gathering import (
    CODE,
    TO_OPERATORS,
    TO_SUBSCRIBERS,
    Listeners,
    brought_up,
    gather,
    missing,
    read,
    texts,
)

FIELD = re.compile(r"\{[a-z_]+\}")
CODE_SPAN = re.compile(r"`[^`]+`")
WANTED = {"ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh-Hans"}
FILES = [
    pytest.param(listeners, path, id=f"{listeners.who} {path.stem}")
    for listeners in (TO_OPERATORS, TO_SUBSCRIBERS)
    for path in sorted(listeners.folder.glob("*.po"))
]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def entry(catalog: Catalog, text: str) -> Message:
    """What a catalogue has for an English text."""
    found = catalog.get(text)
    assert found is not None, text
    return found


def test_operators_are_told_all_that_the_code_says_and_nothing_else() -> None:
    assert missing(TO_OPERATORS) == {}, "python -m bot languages gather, then translate what is empty"


def test_operators_have_the_languages_that_were_promised() -> None:
    assert {path.stem for path in OPERATORS.glob("*.po")} >= WANTED


@pytest.mark.parametrize(("listeners", "path"), FILES)
def test_a_translation_keeps_values_commands_and_emphasis(listeners: Listeners, path: Path) -> None:
    for entry in read(path):
        if not entry.id:
            continue
        [*_, english] = forms(entry.id)
        for own in forms(entry.string):
            where = f"{path.name}: {english!r} -> {own!r}"
            assert sorted(FIELD.findall(own)) == sorted(FIELD.findall(english)), where
            assert sorted(CODE_SPAN.findall(own)) == sorted(CODE_SPAN.findall(english)), where
            assert own.count("**") == english.count("**"), where
            assert own == own.strip() or english != english.strip(), where
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", own), where


@pytest.mark.parametrize("language", sorted(WANTED))
def test_what_commands_are_called_can_be_typed_and_means_one_command(language: str) -> None:
    tongue = Tongues(OPERATORS).of(language)
    names = [called(name, tongue) for name in NAMES]
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in names)
    assert len(set(names)) == len(names)
    assert all(name == own for name, own in zip(NAMES, names, strict=True) if own in NAMES)
    assert set(aliases(tongue).values()) <= set(NAMES)


@pytest.mark.parametrize("language", sorted(WANTED))
@pytest.mark.parametrize("role", Role)
def test_a_menu_fits_into_telegrams(language: str, role: Role) -> None:
    commands = menu(role, Tongues(OPERATORS).of(language))
    assert len(commands) <= 100
    assert all(1 <= len(purpose) <= 256 for _, purpose in commands)


def commands_refused() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("CommandError", "Denied")
            ):
                yield f"{path.relative_to(CODE.parent)}:{node.lineno}", node.args[0]


def test_no_refusal_is_put_together_before_it_is_translated() -> None:
    made_up = [where for where, text in commands_refused() if isinstance(text, ast.JoinedStr | ast.BinOp)]
    assert not made_up


def test_what_is_new_stands_there_empty_and_what_is_gone_is_gone(tmp_path: Path) -> None:
    known = Catalog(locale="it")
    known.add("**Operators**", "**Operatori**")
    known.add("What nobody says any more.", "Che nessuno dice più.")
    (tmp_path / "it.po").write_bytes(brought_up(known, "it", TO_OPERATORS))
    brought = read(tmp_path / "it.po")
    assert entry(brought, "**Operators**").string == "**Operatori**"
    assert entry(brought, "**Problems**").string == ""
    assert brought.get("What nobody says any more.") is None
    here = Listeners(who="operators", folder=tmp_path, parts=TO_OPERATORS.parts)
    untranslated = len([entry for entry in texts(here) if entry.id]) - 1
    assert list(gather(here)) == [(tmp_path / "it.po", untranslated)]
    assert missing(here) == {"it": untranslated}


def test_gathering_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "ru.po").write_bytes(brought_up(None, "ru", TO_SUBSCRIBERS))
    here = Listeners(who="subscribers", folder=tmp_path, parts=TO_SUBSCRIBERS.parts)
    before = (tmp_path / "ru.po").read_bytes()
    list(gather(here))
    assert (tmp_path / "ru.po").read_bytes() == before


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "it.po").write_text('msgid "half', encoding="utf-8")
    with pytest.raises(PoFileError):
        read(tmp_path / "it.po")


def test_an_error_of_the_code_is_found_with_its_place() -> None:
    found = entry(texts(TO_OPERATORS), "there is no incident {id}; /status lists the open ones")
    assert [file for file, _ in found.locations] == ["bot/intake/voice.py"]
    assert str(CommandError(str(found.id), id=5)).startswith("there is no incident 5")
