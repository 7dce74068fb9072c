"""What config.yaml may say. What somebody reads who got it wrong is in test_config_errors."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args, get_origin

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from bot.config.file import json_schema, load
from bot.config.secrets import read_secret, resolve, secrets_of
from bot.config.settings import Settings
from bot.config.tree import read
from bot.errors import ConfigError, Problem
from tests.config.files import BASE, loaded, refused

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "hunter2-and-more"

# ── What is right is read as it was meant ──


def test_the_shipped_configuration_is_valid_once_the_hooks_have_a_secret() -> None:
    settings = load(ROOT / "config.yaml", {"HOOK_SECRET": SECRET})
    assert settings.languages == ("en", "it", "es", "fr", "de", "ar")
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.channels.telegram is not None
    assert settings.channels.telegram.token is None
    assert {source.type for source in settings.sources.values()} == set(settings.sources)
    assert secrets_of(settings) == {SECRET}


def test_scalars_that_yaml_would_guess_at_stay_what_was_written(tmp_path: Path) -> None:
    text = BASE.replace("[en, it]", "[no, en]") + (
        "rules: [{match: {labels: {on: off, at: 12:30, version: 1.10, id: 007}}, component: shop}]"
    )
    settings = loaded(tmp_path, text)
    assert settings.languages == ("no", "en")
    assert settings.rules[0].match.labels == {"on": "off", "at": "12:30", "version": "1.10", "id": "007"}


def test_a_key_with_nothing_after_it_is_not_written_and_such_a_channel_is_on(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "rules:\noperators: ~\nlisten: null\nchannels:\n  feed:\n  website:\n")
    assert settings.rules == ()
    assert settings.operators == ()
    assert settings.listen == "127.0.0.1:8080"
    assert settings.channels.feed is not None
    assert settings.channels.feed.items == 50
    assert settings.channels.telegram is None


def test_durations_flags_numbers_and_addresses_are_converted(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        BASE.replace("status.shop.example", "status.shop.example/")
        + "listen: '[::1]:0'\nrules: [{match: {}, component: shop, deadline: 1h30m, reopen_within: 0s}]\n"
        + "channels: {telegram: {chats: [{chat: -1001234567890, language: en, pin: true}]}, feed: {items: 7}}\n",
    )
    assert settings.public_url == "https://status.shop.example"
    assert settings.rules[0].deadline == timedelta(hours=1, minutes=30)
    assert settings.rules[0].reopen_within == timedelta()
    assert settings.channels.telegram is not None
    assert settings.channels.telegram.chats[0].chat == "-1001234567890"
    assert settings.channels.telegram.chats[0].pin is True
    assert settings.channels.feed is not None
    assert settings.channels.feed.items == 7


def test_an_anchor_may_be_used_again(tmp_path: Path) -> None:
    text = BASE.replace("{name: Shop}", "{name: &name {en: Shop, it: Negozio}}\n  till: {name: *name}")
    assert loaded(tmp_path, text).components["till"].name == {"en": "Shop", "it": "Negozio"}


def test_a_rule_may_name_an_upstream_that_a_component_depends_on(tmp_path: Path) -> None:
    text = BASE.replace("{name: Shop}", "{name: Shop, depends_on: [meta/graph-api]}")
    text += "sources: {meta: {type: meta}}\nrules: [{match: {source: meta}, component: shop}]"
    assert loaded(tmp_path, text).rules[0].match.source == "meta"


VARIABLES = {
    "set": ("${NAME}", {"NAME": "Bottega"}, "Bottega"),
    "set, inside other text": ("La ${NAME}!", {"NAME": "Bottega"}, "La Bottega!"),
    "two": ("${A}${B}", {"A": "Bott", "B": "ega"}, "Bottega"),
    "unset, with a default": ("${NAME:-Bottega}", {}, "Bottega"),
    "empty, with a default": ("${NAME:-Bottega}", {"NAME": ""}, "Bottega"),
    "set, with a default": ("${NAME:-Other}", {"NAME": "Bottega"}, "Bottega"),
    "literal": ("$${NAME}", {"NAME": "Bottega"}, "${NAME}"),
    "a dollar alone": ("$5 {NAME}", {"NAME": "Bottega"}, "$5 {NAME}"),
    "a value that looks like one is not read again": ("${NAME}", {"NAME": "${OTHER}"}, "${OTHER}"),
}


@pytest.mark.parametrize(("written", "environ", "meant"), VARIABLES.values(), ids=VARIABLES)
def test_variables_are_filled_in(tmp_path: Path, written: str, environ: dict[str, str], meant: str) -> None:
    assert loaded(tmp_path, BASE.replace("name: Bottega", f'name: "{written}"'), environ).company.name == meant


# ── Secrets ──


def test_secrets_are_read_from_files_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text(f"  {SECRET}\n")
    (tmp_path / "token").write_text("123:abc\n")
    settings = loaded(
        tmp_path,
        BASE + "sources: {generic: {type: generic, secret_file: hook}}\nchannels: {telegram: {token_file: token}}\n"
        "database: postgresql://bot:p%2Fw@db/notices",
    )
    assert settings.sources["generic"].secret == SecretStr(SECRET)
    assert settings.channels.telegram is not None
    assert settings.channels.telegram.token == SecretStr("123:abc")
    assert secrets_of(settings) == {SECRET, "123:abc", "p%2Fw", "p/w"}


def test_a_secret_from_a_variable_that_holds_blanks_opens_nothing(tmp_path: Path) -> None:
    text = BASE + 'sources: {generic: {type: generic, secret: "${BLANK}"}}'
    why = "the secret is empty; an open source must say insecure: true"
    assert refused(tmp_path, text, {"BLANK": " \t "}) == [f"config.yaml:7: sources.generic: {why}"]


def test_a_source_that_ends_without_a_secret_and_is_not_called_open_is_refused(tmp_path: Path) -> None:
    """Whatever let it through before: nothing later tells a source without a secret from an open one."""
    settings = loaded(tmp_path, BASE + "sources: {generic: {type: generic, insecure: true}}")
    shut = settings.hooks["generic"].model_copy(update={"insecure": False})
    tree = read(BASE + "sources: {generic: {type: generic}}", file="config.yaml", environ={})
    _, problems = resolve(settings.model_copy(update={"sources": {"generic": shut}}), tree, base=tmp_path)
    assert [str(problem) for problem in problems] == [
        "config.yaml:7: sources.generic: expected a secret, found none; an open source must say insecure: true"
    ]


@pytest.mark.parametrize("topics", [[], ["arn:aws:sns:eu-south-1:123456789012:alarms"]], ids=["open", "topics"])
def test_a_source_that_needs_no_secret_has_none(tmp_path: Path, topics: list[str]) -> None:
    way = f"topics: {topics}" if topics else "insecure: true"
    settings = loaded(tmp_path, BASE + f"sources: {{aws: {{type: aws_sns, {way}}}}}")
    assert settings.hooks["aws"].secret is None


def test_a_key_in_a_file_is_held_to_its_form_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("whsec_c2hvcnQ=\n")
    text = BASE + "sources: {incident: {type: incident_io, secret_file: key}}"
    [problem] = refused(tmp_path, text)
    assert problem.startswith("config.yaml:7: sources.incident.secret_file: expected whsec_ and a key of at least 16")
    assert problem.endswith("found a key of 5 bytes")


def test_the_address_of_the_heartbeat_is_a_secret(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "heartbeat: {url: 'https://ping.example/5b1c-a-word'}")
    assert secrets_of(settings) == {"https://ping.example/5b1c-a-word"}


@pytest.mark.parametrize("environ", [{}, {"TOKEN": ""}, {"TOKEN": "  "}], ids=["unset", "empty", "white space"])
def test_a_telegram_channel_without_token_is_off_not_wrong(tmp_path: Path, environ: dict[str, str]) -> None:
    settings = loaded(tmp_path, BASE + 'channels: {telegram: {token: "${TOKEN}"}}', environ)
    assert settings.channels.telegram is not None
    assert settings.channels.telegram.token is None


BAD_FILES = {
    "empty": (b" \n", "expected a file with a secret in it, found an empty file"),
    "two lines": (b"one\ntwo", "expected a file with a secret in it, found more than one line, or a control character"),
    "not UTF-8": (b"\xff\xfe", "expected a file with a secret in it, found one that is not UTF-8"),
}


@pytest.mark.parametrize(("raw", "reason"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_secret_file_that_holds_no_secret_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "hook").write_bytes(raw)
    text = BASE + "sources: {generic: {type: generic, secret_file: hook}}"
    assert refused(tmp_path, text) == [f"config.yaml:7: sources.generic.secret_file: {reason}"]


def test_a_value_wins_over_a_file_and_neither_is_none(tmp_path: Path) -> None:
    assert read_secret(SecretStr("value"), Path("absent"), base=tmp_path) == "value"
    assert read_secret(None, None, base=tmp_path) is None


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    added = f"sources: {{generic: {{type: generic, secret: {SECRET}}}}}\ndatabase: postgresql://bot:{SECRET}@db/notices"
    assert SECRET not in repr(loaded(tmp_path, BASE + added))


# ── Whatever is written, it is settings or a ConfigError ──

words = st.sampled_from(
    ["en", "it", "shop", "@bottega", "5", "true", "", "~", "${A}", "${B}", "a${B}", "${", "10m", "never", "https://a.b"]
) | st.text(max_size=8)
sections = [
    *Settings.model_fields,
    "name",
    "url",
    "match",
    "labels",
    "telegram",
    "chats",
    "chat",
    "regex",
    "type",
    "feed",
]
values = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sections) | words, inner, max_size=4),
    max_leaves=12,
)


def _either_way(raw: bytes) -> None:
    """Nothing else than a ConfigError is raised, and each of its problems is one line."""
    problems: tuple[Problem, ...] | None = None
    with TemporaryDirectory() as folder:
        try:
            loaded(Path(folder), raw, {"A": "x\ny"})
        except ConfigError as error:
            problems = error.problems
    assert problems is None or problems
    for problem in problems or ():
        assert not any(unicodedata.category(character) == "Cc" for character in str(problem))


@given(st.text() | st.text(alphabet="ab:{}[]&*!-?#|>%@`'\"\\,\n\t 0~$"))
def test_any_text_is_settings_or_a_config_error(text: str) -> None:
    _either_way(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_a_config_error(raw: bytes) -> None:
    _either_way(raw)


@given(st.dictionaries(st.sampled_from(list(Settings.model_fields)), values))
def test_any_value_anywhere_is_settings_or_a_config_error(changed: dict[str, Any]) -> None:
    _either_way(yaml.safe_dump(yaml.load(BASE, yaml.BaseLoader) | changed, allow_unicode=True).encode())


# ── What is written about it ──


def _described(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, str]]:
    """Every key's path as the documentation writes it, with its description."""
    for name, field in model.model_fields.items():
        yield before + name, field.description or ""
        for inner, step in _models(field.annotation):
            yield from _described(inner, f"{before}{name}{step}.")


def _models(annotation: Any, step: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, step
    within = "[]" if get_origin(annotation) is tuple else ".*" if get_origin(annotation) is dict else step
    for argument in get_args(annotation):
        yield from _models(argument, within)


KEYS = dict(_described(Settings))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_in_the_documentation_as_the_schema_describes_it(key: str) -> None:
    rows = [
        row for row in (ROOT / "docs" / "configuration.md").read_text().splitlines() if row.startswith(f"| `{key}` |")
    ]
    assert KEYS[key]
    assert len(rows) == 1
    assert KEYS[key].replace("``", "`") in rows[0]


def test_the_documentation_has_no_key_that_is_gone() -> None:
    lines = (ROOT / "docs" / "configuration.md").read_text().splitlines()
    assert {line.split("`")[1] for line in lines if line.startswith("| `")} == set(KEYS)


def test_the_schema_for_editors_knows_every_section() -> None:
    assert set(json_schema()["properties"]) == set(Settings.model_fields)
