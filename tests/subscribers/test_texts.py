"""What subscribers read: complete in every language, short enough for Telegram, and golden files in three languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot.subscribers
from bot.channels.telegram.compose import compose
from bot.domain.buttons import MOST_DATA, Buttons
from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.following import Subscriber
from bot.domain.model import Impact, Notice, Status
from bot.domain.presses import pressed
from bot.domain.quiet_hours import QuietHours
from bot.languages.folders import languages_of
from bot.languages.text import utf16_length
from bot.languages.tongue import Tongues
from bot.resources import NOTICES, SUBSCRIBERS
from bot.subscribers.choosing import Choosing
from bot.subscribers.screens import Screen, Screens
from bot.subscribers.texts import Texts
from tests.channels.golden import assert_golden
from tests.worlds import START, catalogue, settings

LANGUAGES = languages_of(NOTICES)
TRANSLATED = [language for language in LANGUAGES if language != "en"]
TOASTS = (
    "Saved.",
    "Choose at least one service, or stop the notices.",
    "This button is out of date. Use /settings.",
    "You get no notices at present.",
)


def said() -> set[str]:
    """Every text that the package says."""

    def literals(tree: ast.AST) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
                yield node.args[0].value

    folder = Path(bot.subscribers.__file__).parent
    return {text for file in folder.glob("*.py") for text in literals(ast.parse(file.read_text("utf-8")))}


def world_of(*languages: str) -> tuple[Texts, Screens]:
    """The texts and screens of a company with these languages."""
    components = {
        name: {"name": {language: f"{name.title()} {language}" for language in languages}}
        for name in ("shop", "checkout", "app")
    }
    configured = settings(languages=list(languages), components=components, rules=[], operators=[])
    texts = Texts(configured, catalogue(*languages), Tongues(SUBSCRIBERS))
    return texts, Screens(configured, texts)


def somebody(language: str, *, stopped: bool = False) -> Subscriber:
    return Subscriber(
        chat_id=7,
        language=language,
        components=frozenset({"shop", "app"}),
        quiet=QuietHours(1320, 420),
        stopped=stopped,
    )


def notice(language: str, number: int = 1) -> Notice:
    url = f"https://status.shop.example/{language}/incidents/{number}"
    return Notice(
        language=language, lang=language, direction="ltr", status=Status.IDENTIFIED, impact=Impact.MAJOR,
        state="🟠 State of *things*", title="Title [of] it", body="Body.", instead=None, more=f"[More]({url})", url=url,
    )  # fmt: skip


def screens_of(language: str) -> Iterator[tuple[str, Screen]]:
    """Every page of the card."""
    _, screens = world_of(language)
    carla = somebody(language)
    yield "main", screens.main(carla)
    yield "main, stopped", screens.main(somebody(language, stopped=True))
    yield "languages", screens.languages(carla, 0)
    yield "services", screens.services(carla, 0)
    yield "quiet hours: from", screens.quiet_from(carla)
    yield "quiet hours: until", screens.quiet_until(carla, 22)
    yield "forget", screens.forget(carla)


def texts_of(language: str) -> Iterator[tuple[str, str]]:
    """Every text that is no card."""
    texts, _ = world_of(language)
    carla = somebody(language)
    yield "welcome", texts.welcome(carla, [])
    yield "status", texts.now([notice(language)], language)
    yield "digest", texts.digest([notice(language), notice(language, 2)], language)
    yield "help", texts.help(language)
    yield "not understood", texts.help(language, unread=True)


def sent(text: str) -> str:
    """The text as Telegram shows it. Raises Permanent when it takes none such."""
    row = Delivery(
        id=1, action=Action.POST, channel="telegram", address="7", lane="x", priority=Priority.CHANNEL, notice=None,
        text=text, opening=None, anchor=None, attempts=1, uncertain=False, owed_at=START, lease="x",
    )  # fmt: skip
    return compose(row).text


def drawn(buttons: Buttons) -> str:
    return "\n".join(" ".join(f"[{each.text} | {each.data}]" for each in row) for row in buttons.rows)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_there_in_every_language_and_no_other(language: str) -> None:
    with (SUBSCRIBERS / f"{language}.po").open("rb") as file:
        translated = {each.id: each.string for each in read_po(file, abort_invalid=True) if each.id}
    assert translated.keys() == said()
    assert [text for text, own in translated.items() if not own] == []


def test_there_is_no_language_without_notices() -> None:
    assert sorted(file.stem for file in SUBSCRIBERS.glob("*.po")) == TRANSLATED


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_and_commands_fit_into_what_telegram_has_for_them(language: str) -> None:
    texts, _ = world_of(language)
    tongue = texts.tongue(language)
    for toast in TOASTS:
        assert 1 <= len(tongue.say(toast)) <= 200
    for name, description in texts.commands(language).items():
        assert 1 <= len(description) <= 256, name
        assert "\n" not in description


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_and_text_can_be_sent_and_every_button_read(language: str) -> None:
    for name, text in texts_of(language):
        assert sent(text).strip(), name
    for name, screen in screens_of(language):
        assert sent(screen.text).strip(), name
        for row in screen.buttons.rows:
            for button in row:
                assert len((button.data or "").encode()) <= MOST_DATA
                assert pressed(button.data or "") is not None


@pytest.mark.parametrize("language", ["en", "it", "ar"])
def test_subscribers_read_this(language: str) -> None:
    parts = [f"--- {name} ---\n{sent(text)}" for name, text in texts_of(language)]
    parts += [f"--- {name} ---\n{sent(each.text)}\n{drawn(each.buttons)}" for name, each in screens_of(language)]
    assert_golden(f"subscribers/{language}.txt", "\n\n".join(parts) + "\n")


def test_markup_in_names_is_shown_literally() -> None:
    texts, _ = world_of("en")
    assert "State of *things*\nTitle [of] it" in sent(texts.now([notice("en")], "en"))


def test_however_much_is_open_the_text_can_be_sent_and_says_where_the_rest_is() -> None:
    texts, _ = world_of("en")
    text = texts.now([notice("en", number) for number in range(200)], "en")
    assert utf16_length(sent(text)) < 4096
    assert "https://status.shop.example/en/" in text


def test_many_languages_and_services_are_paged() -> None:
    texts, screens = world_of(*LANGUAGES)
    carla = somebody("it")
    pages = [screens.languages(carla, page) for page in range(6)]
    listed = [
        each.data for page in pages for row in page.buttons.rows for each in row if ":speak:" in (each.data or "")
    ]
    assert [data.rpartition(":")[2] for data in listed if data] == LANGUAGES
    assert len(pages[0].buttons.rows) <= 10
    assert screens.languages(carla, 99) == pages[-1]
    assert texts.name_of("it") == "Italiano" or texts.name_of("it") == "italiano"


def test_a_component_with_a_long_id_has_a_button_that_works() -> None:
    long = "x" * 64
    configured = settings(components={long: {"name": "Long"}, "shop": {"name": "Shop"}}, rules=[])
    texts = Texts(configured, catalogue("en", "it"), Tongues(SUBSCRIBERS))
    screens = Screens(configured, texts)
    everything = Subscriber(chat_id=7, language="en", components=None, quiet=None, stopped=False)
    [data] = [each.data for row in screens.services(everything, 0).buttons.rows for each in row if "Long" in each.text]
    button = pressed(data or "")
    assert button is not None
    choice = Choosing(configured, texts, screens).chosen(everything, button)
    assert choice is not None
    assert choice.subscriber.components == frozenset({"shop"})


def test_components_that_are_no_more_are_passed_over() -> None:
    texts, screens = world_of("en")
    old = Subscriber(chat_id=7, language="en", components=frozenset({"fax", "shop"}), quiet=None, stopped=False)
    assert texts.services(old) == "Shop en"
    assert "Fax" not in drawn(screens.services(old, 0).buttons)
