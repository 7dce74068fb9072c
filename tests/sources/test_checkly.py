"""The body on Checkly's page: filled in as Checkly does it, it is read; not filled in, it says what is missing."""

from __future__ import annotations

import re
import textwrap
from html import escape
from pathlib import Path

import pytest

from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from tests.sources.fixture import source_of

PAGE = (Path(__file__).parents[2] / "docs" / "sources" / "checkly.md").read_text(encoding="utf-8")
EACH_TAG = re.compile(r"\{\{#each TAGS\}\}.*\{\{/each\}\}")
FILLED_IN = {
    "ALERT_TITLE": 'Check "Shop & co" has failed',
    "ALERT_TYPE": "ALERT_FAILURE",
    "CHECK_ID": "0f5f3c55-8f6a-4f4e-9f5f-0f1f7a4be871",
    "CHECK_NAME": 'Shop "front" & co',
    "CHECK_TYPE": "API",
    "GROUP_NAME": "",
    "RESULT_LINK": "https://app.checkly.example/checks/71?a=b&c=d",
    "RUN_LOCATION": "Frankfurt",
    "STARTED_AT": "2024-12-11T17:41:02.118Z",
}


def template() -> str:
    [block] = re.findall(r"```handlebars\n(.*?)```", PAGE, re.DOTALL)
    return textwrap.dedent(block)


def filled_in(*, tags: list[str], without: str = "") -> HookRequest:
    """As Handlebars does it: escaped for HTML. without: a variable that stays as it was typed."""
    body = EACH_TAG.sub(",".join(f'"{escape(tag)}"' for tag in tags), template())
    for name, value in FILLED_IN.items():
        if name != without:
            body = body.replace(f"{{{{{name}}}}}", escape(value))
    return HookRequest(headers={"content-type": "application/json"}, body=body.encode())


def test_the_body_on_the_page_names_only_variables_we_fill_in_here() -> None:
    assert set(re.findall(r"\{\{([A-Z_]+)\}\}", template())) == set(FILLED_IN)


def test_the_body_on_the_page_is_read() -> None:
    [read] = source_of("checkly").parse(filled_in(tags=["service:shop", "public"]))
    assert read.state is SignalState.FIRING
    assert read.key == FILLED_IN["CHECK_ID"]
    assert read.labels == {
        "service": "shop",
        "public": "",
        "check": 'Shop "front" & co',
        "check_type": "API",
        "location": "Frankfurt",
        "severity": "failing",
    }
    assert read.summary == 'Check "Shop & co" has failed'
    assert read.url == "https://app.checkly.example/checks/71?a=b&c=d"


def test_a_check_without_tags_is_read() -> None:
    [read] = source_of("checkly").parse(filled_in(tags=[]))
    assert "service" not in read.labels


@pytest.mark.parametrize("name", ["CHECK_ID", "ALERT_TYPE", "STARTED_AT"])
def test_a_variable_that_was_not_filled_in_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(Malformed, match="not filled in: Checkly does not know it") as caught:
        source_of("checkly").parse(filled_in(tags=[], without=name))
    assert caught.value.path == name.lower()
