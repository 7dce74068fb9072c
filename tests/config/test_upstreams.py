"""What may be written about somebody else's status page, and what is said when it is written otherwise."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from bot.config.sources import HookType
from bot.config.upstreams import UpstreamType
from tests.config.files import BASE, loaded, refused

PAGE = 'name: Pago, url: "https://status.pago.example"'


def test_a_platform_needs_nothing_but_its_type(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "sources: {meta: {type: meta}}").upstreams["meta"]
    assert (settings.shown, settings.url, settings.products) == ("Meta", None, ())
    assert settings.every == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("meta", "Meta"), ("slack_status", "Slack"), ("google_cloud_status", "Google Cloud"), ("aws_status", "AWS")],
)
def test_a_platform_has_the_name_customers_know(tmp_path: Path, kind: str, shown: str) -> None:
    assert loaded(tmp_path, f"{BASE}sources: {{up: {{type: {kind}}}}}").upstreams["up"].shown == shown
    named = loaded(tmp_path, f"{BASE}sources: {{up: {{type: {kind}, name: Theirs}}}}").upstreams["up"]
    assert named.shown == "Theirs"


def test_anybodys_page_is_named_and_addressed(tmp_path: Path) -> None:
    text = f"sources: {{pago: {{type: statuspage_feed, {PAGE}, products: [card-payments, メッセージ], every: 30s}}}}"
    settings = loaded(tmp_path, BASE + text)
    assert settings.upstreams["pago"].shown == "Pago"
    assert settings.upstreams["pago"].products == ("card-payments", "メッセージ")
    assert settings.hooks == {}


CASES = {
    "a page without a name": (
        'pago: {type: statuspage_feed, url: "https://x.example"}',
        "sources.pago: name missing: type statuspage_feed can be anybody's page",
    ),
    "a page without name and address": (
        "pago: {type: instatus_feed}",
        "sources.pago: name and url missing: type instatus_feed can be anybody's page",
    ),
    "an address that is known": (
        'meta: {type: meta, url: "https://x.example"}',
        "sources.meta: url is not for type meta, whose address is known",
    ),
    "too often": ("meta: {type: meta, every: 29s}", "sources.meta: every is less than 30s, which is more often than"),
    "a silence shorter than the usual pause": (
        "meta: {type: meta, expect_every: 1m}",
        "sources.meta: expect_every, which is 30m unless written, is not longer than every",
    ),
    "looks that are further apart than the usual silence": (
        "meta: {type: meta, every: 1h}",
        "sources.meta: expect_every, which is 30m unless written, is not longer than every",
    ),
    "only_open elsewhere": (
        "meta: {type: meta, only_open: true}",
        "sources.meta: only_open is only for type syndication_feed",
    ),
    "a product's name instead of its slug": (
        f"pago: {{type: statuspage_feed, {PAGE}, products: [Card Payments]}}",
        "sources.pago.products[0]: expected a product as in depends_on, such as git-operations, found 'Card Payments'",
    ),
    "a sender's key": (
        "meta: {type: meta, secret: x}",
        "sources.meta.secret: expected one of ",
    ),
}


@pytest.mark.parametrize(("text", "problem"), CASES.values(), ids=CASES)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    [line] = refused(tmp_path, f"{BASE}sources: {{{text}}}")
    assert line.startswith(f"config.yaml:7: {problem}")


DOCUMENT = (Path(__file__).parents[2] / "docs" / "upstream.md").read_text(encoding="utf-8")


def test_the_example_in_the_documentation_is_accepted(tmp_path: Path) -> None:
    [example] = re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    settings = loaded(tmp_path, BASE.partition("components:")[0] + example)
    assert {name: each.shown for name, each in settings.upstreams.items()} == {"meta": "Meta", "stripe": "Stripe"}


@pytest.mark.parametrize("kind", get_args(UpstreamType))
def test_every_type_is_in_the_documentation(kind: str) -> None:
    assert f"| `{kind}` |" in DOCUMENT


@pytest.mark.parametrize("rest", ["insecure: true", PAGE, "products: [api]", ""])
def test_an_unknown_type_is_told_what_sends_and_what_is_looked_at(tmp_path: Path, rest: str) -> None:
    lines = refused(tmp_path, f"{BASE}sources: {{up: {{type: statuspge, {rest}}}}}")
    [line] = [each for each in lines if "sources.up.type" in each]
    assert all(repr(kind) in line for kind in (*get_args(HookType), *get_args(UpstreamType)))
    assert line.endswith("found 'statuspge'")
    assert len(lines) == 1


@pytest.mark.parametrize("rest", ["insecure: true", "every: 1m"])
def test_a_missing_type_is_told_the_same(tmp_path: Path, rest: str) -> None:
    [line] = refused(tmp_path, f"{BASE}sources: {{up: {{{rest}}}}}")
    assert all(repr(kind) in line for kind in (*get_args(HookType), *get_args(UpstreamType)))
    assert line.endswith("found nothing")


@pytest.mark.parametrize("name", ["meta", "meta/messenger"])
def test_a_component_may_stand_on_a_platform_or_a_product_that_is_looked_at(tmp_path: Path, name: str) -> None:
    text = (
        BASE + f"  chat: {{name: Chat, depends_on: [{name}]}}\nsources: {{meta: {{type: meta, products: [messenger]}}}}"
    )
    assert loaded(tmp_path, text).components["chat"].depends_on == (name,)


def test_a_component_that_stands_on_a_product_nobody_looks_at_is_refused(tmp_path: Path) -> None:
    text = (
        BASE + "  chat: {name: Chat, depends_on: [meta/mesenger]}\nsources: {meta: {type: meta, products: [messenger]}}"
    )
    assert refused(tmp_path, text) == [
        "config.yaml:7: components.chat.depends_on[0]: expected one of sources.meta.products (messenger), "
        "found 'meta/mesenger' (did you mean 'messenger'?)"
    ]
