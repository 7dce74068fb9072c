"""The section for the machine that translates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.secrets import secrets_of
from tests.config.files import BASE, loaded, refused


def test_the_least_that_each_provider_needs_is_enough(tmp_path: Path) -> None:
    for section in (
        "{provider: deepl, api_key: key}",
        "{provider: libretranslate, url: http://translate.internal:5000/}",
        "{provider: openai, model: small}",
    ):
        machine = loaded(tmp_path, f"{BASE}translate: {section}").translate
        assert machine is not None
        assert (machine.within, machine.formality) == (timedelta(seconds=20), "more")
    assert loaded(tmp_path, BASE).translate is None


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("{provider: deepl}", "api_key is missing"),
        ("{provider: deepl, api_key: a, api_key_file: b}", "expected api_key or api_key_file, found both"),
        ("{provider: libretranslate}", "url is missing"),
        ("{provider: openai}", "model is for provider openai, which needs it"),
        ("{provider: deepl, api_key: a, model: small}", "model is for provider openai, which needs it"),
        ("{provider: deepl, api_key: a, within: 11m}", "within is more than 10m"),
        ("{provider: deepl, api_key: a, within: 0s}", "expected a duration above 0s"),
        ("{provider: bable, api_key: a}", "expected one of 'deepl', 'libretranslate' or 'openai', found 'bable'"),
        ("{provider: openai, model: a, url: 'http://a.example?b'}", "expected a web address without"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, section: str, says: str) -> None:
    [problem] = refused(tmp_path, f"{BASE}translate: {section}")
    assert says in problem
    assert problem.startswith("config.yaml:7: translate")


def test_the_key_may_lie_in_a_file_and_is_among_the_secrets_that_logs_must_not_show(tmp_path: Path) -> None:
    (tmp_path / "deepl.key").write_text("0f1e2d-key:fx\n")
    settings = loaded(tmp_path, f"{BASE}translate: {{provider: deepl, api_key_file: deepl.key}}")
    assert "0f1e2d-key:fx" in secrets_of(settings)
    assert "0f1e2d-key:fx" not in repr(settings)


def test_a_key_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, f"{BASE}translate: {{provider: deepl, api_key_file: deepl.key}}")
    assert problem.startswith("config.yaml:7: translate.api_key_file: expected a readable file")


def test_who_only_looks_needs_no_key(tmp_path: Path) -> None:
    settings = loaded(tmp_path, f'{BASE}translate: {{provider: deepl, api_key: "${{DEEPL}}"}}', secrets=False)
    assert settings.translate is None
