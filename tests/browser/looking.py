"""A real browser for the tests: the system's Chromium, quiet, and what it says of a page."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """A browser; where there is none, the test is skipped."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium here: apt-get install chromium")
    playwright = pytest.importorskip("playwright.async_api", reason="pip install playwright")
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=[*_QUIET])
        yield browser
        await browser.close()


@dataclass(slots=True)
class Visit:
    """One look at one page. requests: (URL, status, bytes) of each; complaints: from its console."""

    page: Any
    requests: list[tuple[str, int, int]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


async def visit(browser: Any, url: str, **context: Any) -> Visit:
    """Opens the page in a fresh profile, without scripts unless asked otherwise."""
    fresh = await browser.new_context(**{"java_script_enabled": False, "viewport": PHONE} | context)
    seen = Visit(await fresh.new_page())
    answers: list[Any] = []

    def answered(answer: Any) -> None:  # playwright marks its handlers, which it cannot do with list.append
        answers.append(answer)

    seen.page.on("response", answered)
    seen.page.on("console", lambda line: seen.complaints.append(line.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("requestfailed", lambda request: seen.complaints.append(request.url))
    await seen.page.goto(url, wait_until="load")
    for answer in answers:
        if answer.url.endswith("/live"):
            continue
        seen.requests.append((answer.url, answer.status, len(await answer.body())))
    return seen


async def assert_no_barrier(page: Any) -> None:
    """axe has nothing to say against a page, with all that can be opened opened.

    It needs scripts, and a policy that lets it in: ``java_script_enabled``, ``bypass_csp``.
    """
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="pip install axe-playwright-python")
    await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    results = await axe.Axe().run(page)
    assert results.response["violations"] == [], f"{page.url}\n{results.generate_report()}"
