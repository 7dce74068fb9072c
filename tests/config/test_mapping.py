"""A mapping that is wrong stops the start, in the words of whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.files import BASE, loaded, refused

HEAD = "sources:\n  panel:\n    type: generic\n    insecure: true\n    mapping:\n"
LEAST = "      key: /id\n      state: /state\n      values: {firing: [down], resolved: [up]}\n"


def test_the_least_that_is_valid(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, BASE + HEAD + LEAST).hooks["panel"].mapping
    assert mapping is not None
    assert (mapping.key, mapping.state, mapping.problems, mapping.ordered) == ("/id", "/state", None, False)
    assert dict(mapping.values.words()) == {"down": "firing", "up": "resolved"}


def test_all_there_is_to_say(tmp_path: Path) -> None:
    text = LEAST.replace("key: /id", "key: [/host, /check]") + (
        '      problems: ""\n      labels: {service: /tags/0, "a b": /a~1b~0c}\n      summary: /text\n      at: /time\n'
        "      timezone: Europe/Rome\n      ordered: true\n      url: /link\n      statement: /words\n"
    )
    mapping = loaded(tmp_path, BASE + HEAD + text).hooks["panel"].mapping
    assert mapping is not None
    assert (mapping.key, mapping.problems, mapping.ordered) == (("/host", "/check"), "", True)
    assert mapping.labels == {"service": "/tags/0", "a b": "/a~1b~0c"}


A_POINTER = "expected a JSON pointer such as /check/name or /tags/0 (~1 is / and ~0 is ~ inside a name), found"
WRONG = {
    "a path with dots": (("key: /id", "key: check.id"), f"12: {{at}}.key: {A_POINTER} 'check.id'"),
    "a tilde alone": (("/state", "/a~b"), f"13: {{at}}.state: {A_POINTER} '/a~b'"),
    "a control character": (("/state", r'"/a\x07b"'), f"13: {{at}}.state: {A_POINTER} '/a\\x07b'"),
    "one of several": (("key: /id", "key: [/id, id]"), f"12: {{at}}.key[1]: {A_POINTER} 'id'"),
    "none of several": (("key: /id", "key: []"), "12: {at}.key: expected at least one, found an empty list"),
    "no key": (("      key: /id\n", ""), "11: {at}.key: expected text or a list, found nothing"),
    "nothing fires": (("firing: [down], ", ""), "14: {at}.values.firing: expected a list, found nothing"),
    "a word with two meanings": (
        ("[up]", "[up, DOWN]"),
        "14: {at}.values: a word stands for firing and for resolved: expected each word once",
    ),
    "an unknown state": (
        ("resolved: [up]", "resolvd: [up]"),
        "14: {at}.values.resolvd: expected one of acknowledged, firing, maintenance, no_data, pending, resolved, "
        "statement, test; found an unknown key (did you mean 'resolved'?)",
    ),
    "statements without a place": (
        ("resolved: [up]", "statement: [said]"),
        "11: {at}: values.statement needs statement, the place of the words",
    ),
}


@pytest.mark.parametrize(("change", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    found = refused(tmp_path, BASE + HEAD + LEAST.replace(*change))
    assert found == [f"config.yaml:{problem.format(at='sources.panel.mapping')}"]


def test_only_a_generic_source_has_a_mapping(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, BASE + (HEAD + LEAST).replace("type: generic", "type: grafana"))
    assert problem == "config.yaml:8: sources.panel: mapping is only for type generic"
