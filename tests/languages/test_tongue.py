"""Texts for operators and subscribers, said in their language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.model import Role, Status
from bot.errors import CatalogueError, CommandError, Listed
from bot.languages.tongue import ENGLISH, Tongue, Tongues

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {}\\n"\n\n'
SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


def tongue(folder: Path, language: str, *texts: tuple[str, str], more: str = "", plurals: str = "") -> Tongue:
    """A language with these translations."""
    entries = "".join(f'msgid "{english}"\nmsgstr "{own}"\n\n' for english, own in texts)
    header = HEADER.format(plurals or "nplurals=2; plural=(n != 1);")
    (folder / f"{language}.po").write_text(header + entries + more, encoding="utf-8")
    return Tongues(folder).of(language)


def test_english_is_what_the_code_says() -> None:
    assert ENGLISH.say("Incident {id} is open.", id=5) == "Incident 5 is open."
    assert ENGLISH.many("{n} chat", "{n} chats", n=1) == "1 chat"
    assert ENGLISH.many("{n} chat", "{n} chats", n=0) == "0 chats"
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c"
    assert ENGLISH.word(Status.IN_PROGRESS) == "in progress"


def test_what_is_put_into_a_text_is_never_a_format() -> None:
    assert ENGLISH.say("{name} wrote {text}", name="{text}", text="{0.__class__} %s") == "{text} wrote {0.__class__} %s"


def test_a_translation_may_order_its_values_anew(tmp_path: Path) -> None:
    it = tongue(tmp_path, "it", ("update {number} of incident {id}", "incidente {id}, aggiornamento {number}"))
    assert it.say("update {number} of incident {id}", number=2, id=7) == "incidente 7, aggiornamento 2"


def test_a_language_has_the_plurals_it_needs(tmp_path: Path) -> None:
    forms = (
        'msgid "{n} chat"\nmsgid_plural "{n} chats"\nmsgstr[0] "{n} чат"\nmsgstr[1] "{n} чата"\nmsgstr[2] "{n} чатов"\n'
    )
    ru = tongue(tmp_path, "ru", more=forms, plurals=SLAVIC)
    assert [ru.many("{n} chat", "{n} chats", n=n) for n in (1, 3, 5, 11, 21)] == [
        "1 чат",
        "3 чата",
        "5 чатов",
        "11 чатов",
        "21 чат",
    ]


def test_an_error_is_said_with_all_its_parts(tmp_path: Path) -> None:
    it = tongue(
        tmp_path,
        "it",
        ("{error}; begin with {tags}", "{error}: si comincia con {tags}"),
        ("this needs a {role}", "serve il ruolo {role}"),
        ("admin", "amministratore"),
    )
    inner = CommandError("this needs a {role}", role=Role.ADMIN)
    error = CommandError("{error}; begin with {tags}", error=inner, tags=Listed(["en:", "it:", "es:"], "or"))
    assert str(error) == "this needs a admin; begin with en:, it: or es:"
    assert it.error(error) == "serve il ruolo amministratore: si comincia con en:, it: o es:"


def test_what_was_typed_cannot_turn_the_words_around_it() -> None:
    assert ENGLISH.error(CommandError("no {typed}", typed="'a\u202eb\u2066c'")) == "no 'abc'"


def test_in_a_leftward_text_foreign_parts_keep_their_own_direction(tmp_path: Path) -> None:
    ar = tongue(tmp_path, "ar", ("{name}: see `/drafts`, {n}", "{name}: انظر `/drafts`، {n}"))
    said = ar.say("{name}: see `/drafts`, {n}", name="Online shop", n=3)
    assert said == "\u2068Online shop\u2069: انظر \u2068`/drafts`\u2069، 3"
    assert ar.shown("one\ntwo") == "one\ntwo"


def test_the_closest_language_speaks_and_english_where_none_is_close(tmp_path: Path) -> None:
    tongue(tmp_path, "pt", ("Published.", "Publicado."))
    tongues = Tongues(tmp_path)
    assert tongues.of("pt-BR").say("Published.") == "Publicado."
    assert tongues.of("ja").language == "en"
    assert (tongues.speaks("pt-BR"), tongues.speaks("ja")) == (True, False)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param('msgid "{id} is open"\nmsgstr "{name} aperto"\n', "names other values", id="another value"),
        pytest.param('msgid "half a line\n', "", id="no PO file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "it.po").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"it\.po") as error:
        Tongues(tmp_path).of("it")
    assert problem in str(error.value)
