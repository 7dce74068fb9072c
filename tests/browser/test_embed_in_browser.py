"""The banner in a real browser, on somebody else's page with the strictest policy it can work under."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.model import Board, Impact, Status
from tests.channels.boards import board, story, words
from tests.web.served import app_of
from tests.web.shelf import Shelf

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("no chromium here: apt-get install chromium", allow_module_level=True)
playwright = pytest.importorskip("playwright.async_api", reason="pip install playwright")

pytestmark = pytest.mark.slow

OUTAGE = (Status.INVESTIGATING,)
WORK = (Status.SCHEDULED, Status.IN_PROGRESS)
_QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
_KEEP_THE_ROOT = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  window.mode = options.mode;
  return (window.root = attach.call(this, options));
};
addEventListener("securitypolicyviolation", (broken) => console.error("policy: " + broken.violatedDirective));
"""
"""Lets the test look into the closed root; changes nothing else."""

IMPOSTORS = {
    "an image for the script": '<img name="currentScript" src="/elsewhere.js">',
    "a form for the script": '<form name="currentScript"><input name="src" value="/elsewhere.js"></form>',
    "forms for the document's parts": '<form name="documentElement"><input name="lang"></form><form name="body">',
    "forms for the document's powers": '<form name="querySelector"></form><form name="createElement"></form>',
    "images for the window's powers": '<img id="addEventListener"><img name="hidden">',
}
"""What a page that others may write on can hold; each takes the place of something that scripts ask the browser for."""

_PAGE = """<!DOCTYPE html>
<html{lang}><head><title>Shop</title><script src="{ours}/embed.js" defer></script>{more}</head>
<body><main id="shop"><h1>Shop</h1><div id="place"></div></main></body></html>"""


def told(
    *statuses: Status, id: int = 7, impact: Impact = Impact.MAJOR, language: str, also: tuple[int, ...] = ()
) -> Board:
    """A board with one open story, and others like it."""
    stories = [story(*statuses, id=each, impact=impact, language=language) for each in (id, *also)]
    return board(*stories, language=language)


def on_board(*statuses: Status, **what: Any) -> Any:
    """Tells ``told`` in any language."""
    return lambda language: told(*statuses, language=language, **what)


@dataclass(slots=True)
class Visit:
    """One look at the shop's page. requests: URL and status of each; complaints: from its console, and of scripts."""

    page: Any
    requests: list[tuple[str, int]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def inside(self, script: str) -> Any:
        """What the script finds in the banner's root; None when there is no banner."""
        return await self.page.evaluate(f"window.root && root.host.isConnected ? ({script})(root) : null")

    async def text(self) -> str | None:
        """What the banner says, once it has said it; None when there is none."""
        await self.page.wait_for_function(
            "() => !window.root || !root.host.isConnected || root.querySelector('a').textContent"
        )
        said: str | None = await self.inside("root => root.querySelector('a').textContent")
        return said


class Shop:
    """The company's own website, on another origin than ours."""

    def __init__(self, browser: Any, ours: str, host: str) -> None:
        self.browser, self.ours, self.host = browser, ours, host

    async def visit(
        self, lang: str | None = "en", *, context: Any = None, more: str = "", script: str = "", **kind: Any
    ) -> Visit:
        """Opens the page and waits until the banner has asked. context: whose visit it is, None for somebody new."""
        context = context or await self.browser.new_context(**kind)
        page = await context.new_page()
        seen = Visit(page)
        page.on("console", lambda line: seen.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("response", lambda answer: seen.requests.append((answer.url, answer.status)))
        await page.add_init_script(_KEEP_THE_ROOT + script)
        async with page.expect_response(re.compile(r"/embed\.json")):
            await page.goto(f"{self.host}/?lang={lang or ''}&more={more}")
        await page.wait_for_load_state("networkidle")
        return seen


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(on_board(*OUTAGE))


@pytest.fixture
async def shop(shelf: Shelf) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(TestServer(app_of(shelf)))
        ours = str(service.make_url("/")).rstrip("/")
        app = web.Application()
        app.add_routes([web.get("/", partial(_shops_page, ours)), web.get("/elsewhere.js", _elsewhere)])
        host = await stack.enter_async_context(TestServer(app))
        driver = await stack.enter_async_context(playwright.async_playwright())
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET])
        stack.push_async_callback(browser.close)
        yield Shop(browser, ours, f"http://localhost:{host.port}")


async def _elsewhere(request: web.Request) -> web.Response:
    return web.Response(content_type="image/svg+xml", text='<svg xmlns="http://www.w3.org/2000/svg"/>')


async def _shops_page(ours: str, request: web.Request) -> web.Response:
    lang = request.query["lang"]
    if impostor := request.query.get("impostor"):
        script = f'<script src="{ours}/embed.js"></script>'
        icon = '<link rel="icon" href="data:,">'  # else the browser asks for one and complains
        head, foot = (icon + script, "") if request.query["more"] == "early" else (icon, script)
        text = f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{IMPOSTORS[impostor]}{foot}</body></html>'
        return web.Response(text=text, content_type="text/html")
    more = {"": "", "twice": f'<script src="{ours}/embed.js" defer></script>'}.get(request.query["more"], "")
    text = _PAGE.format(lang=f' lang="{lang}"' if lang else "", ours=ours, more=more)
    if request.query["more"] == "place":
        text = text.replace('id="place"', 'id="place" data-notices')
    policy = (
        f"default-src 'none'; script-src {ours}; connect-src {ours}; style-src 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Embedder-Policy": "require-corp"}
    return web.Response(text=text, content_type="text/html", headers=headers)


@pytest.mark.parametrize(
    "what",
    [lambda language: board(language=language), on_board(Status.SCHEDULED), on_board(*OUTAGE, impact=Impact.NONE)],
    ids=["nothing", "planned", "looked into"],
)
async def test_while_all_is_well_there_is_nothing_and_nothing_is_kept(shop: Shop, shelf: Shelf, what: Any) -> None:
    shelf.change(what)
    seen = await shop.visit()
    assert await seen.page.evaluate("document.body.children.length") == 1
    assert await seen.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await seen.page.context.cookies() == []
    assert [url.rpartition("/")[2] for url, _ in seen.requests[1:]] == ["embed.js", "embed.json?lang=en"]
    assert {status for _, status in seen.requests} == {200}
    assert seen.complaints == []


async def test_an_outage_is_told_on_the_strictest_page_with_all_its_looks(shop: Shop) -> None:
    seen = await shop.visit("it")
    said = told(*OUTAGE, language="it").open[0].latest.notice
    assert await seen.text() == said.title
    assert await seen.inside("root => root.querySelector('a').href") == "https://status.bottega.example/it/incidents/7"
    assert await seen.page.evaluate("[window.mode, root.host.shadowRoot]") == ["closed", None]
    ground = await seen.inside("root => getComputedStyle(root.querySelector('section')).backgroundColor")
    assert ground == "rgb(255, 232, 214)"
    assert seen.complaints == []
    assert await seen.page.evaluate("document.body.firstElementChild === root.host")


@pytest.mark.parametrize(
    ("page", "spoken"), [("it", "it"), ("de-AT", "de"), ("ar-EG", "ar"), ("tlh", "en"), (None, "en")]
)
async def test_it_speaks_the_language_of_the_page(shop: Shop, page: str | None, spoken: str) -> None:
    seen = await shop.visit(page)
    assert await seen.text() == told(*OUTAGE, language=spoken).open[0].latest.notice.title
    names = "root => [...root.querySelectorAll('section, button')].map(each => each.ariaLabel)"
    assert await seen.inside(names) == [
        words(spoken).plain("title", company="Bottega Trieste"),
        words(spoken).plain("embed.close"),
    ]
    assert await seen.inside("root => root.querySelector('a').lang") == spoken


@pytest.mark.parametrize(("language", "close_is_after"), [("en", True), ("ar", False)])
async def test_its_parts_stand_in_the_order_of_the_script(shop: Shop, language: str, close_is_after: bool) -> None:
    seen = await shop.visit(language, viewport={"width": 360, "height": 640})
    await seen.text()
    where = "root => ['p', 'button'].map(name => root.querySelector(name).getBoundingClientRect().x)"
    line, close = await seen.inside(where)
    assert (close > line) is close_is_after
    assert await seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_who_closes_it_does_not_see_this_incident_again_but_the_next_one(shop: Shop, shelf: Shelf) -> None:
    context = await shop.browser.new_context()
    seen = await shop.visit(context=context)
    await seen.text()
    await seen.inside("root => root.querySelector('button').click()")
    assert await seen.text() is None
    assert await (await shop.visit(context=context)).text() is None
    shelf.change(on_board(Status.INVESTIGATING, Status.IDENTIFIED))
    assert await (await shop.visit(context=context)).text() is None
    shelf.change(on_board(*OUTAGE, id=8, also=(7,)))
    assert await (await shop.visit(context=context)).text() == words("en").plain("headline.major")
    assert await context.cookies() == []


async def test_a_page_without_storage_can_still_close_it(shop: Shop) -> None:
    blocked = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } });"
    seen = await shop.visit(script=blocked)
    assert await seen.text()
    await seen.inside("root => root.querySelector('button').click()")
    assert await seen.text() is None
    assert seen.complaints == []


async def test_a_keyboard_reaches_everything_and_shows_where_it_is(shop: Shop) -> None:
    seen = await shop.visit()
    await seen.text()
    for name in ("A", "BUTTON"):
        await seen.page.keyboard.press("Tab")
        assert await seen.inside("root => root.activeElement.tagName") == name
        outline = await seen.inside("root => getComputedStyle(root.activeElement).outlineStyle")
        assert outline == "solid"
    await seen.page.keyboard.press("Enter")
    assert await seen.text() is None


async def test_a_screen_reader_is_told_what_each_part_is(shop: Shop) -> None:
    seen = await shop.visit("de")
    said = await seen.text()
    session = await seen.page.context.new_cdp_session(seen.page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    named = {(node["role"]["value"], node["name"]["value"]) for node in nodes if "name" in node and "role" in node}
    assert {("region", words("de").plain("title", company="Bottega Trieste")), ("link", said)} <= named
    assert ("button", words("de").plain("embed.close")) in named
    live = [node for node in nodes if node.get("role", {}).get("value") == "status"]
    assert len(live) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("statuses", "impact"),
    [(OUTAGE, Impact.MINOR), (OUTAGE, Impact.MAJOR), (OUTAGE, Impact.CRITICAL), (WORK, Impact.MINOR)],
    ids=["minor", "major", "critical", "maintenance"],
)
async def test_it_can_be_read_in_light_and_dark(
    shop: Shop, shelf: Shelf, statuses: tuple[Status, ...], impact: Impact, scheme: str
) -> None:
    shelf.change(on_board(*statuses, impact=impact))
    seen = await shop.visit(color_scheme=scheme)
    assert await seen.text()
    look = """root => ['a', 'button'].flatMap(name => getComputedStyle(root.querySelector(name)).color)
        .concat(getComputedStyle(root.querySelector('section')).backgroundColor)"""
    link, close, ground = await seen.inside(look)
    assert contrast(link, ground) >= 7
    assert contrast(close, ground) >= 7
    assert (luminance(ground) < 0.2) is (scheme == "dark")


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance of ``rgb(r, g, b)``."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


async def test_axe_finds_no_barrier(shop: Shop) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="pip install axe-playwright-python")
    opened = "const closed = Element.prototype.attachShadow; Element.prototype.attachShadow = function () {"
    seen = await shop.visit(script=opened + " return closed.call(this, { mode: 'open' }) };", bypass_csp=True)
    assert await seen.text()
    results = await axe.Axe().run(seen.page)
    assert results.response["violations"] == [], results.generate_report()
    assert "button-name" in {each["id"] for each in results.response["passes"]}, "axe has looked inside"


async def test_a_service_that_is_down_is_no_trouble_of_the_page(shop: Shop, shelf: Shelf) -> None:
    shelf.busy = True
    seen = await shop.visit()
    assert await seen.text() is None
    assert [line for line in seen.complaints if "503" not in line] == []


async def test_a_page_that_stays_open_hears_of_the_end_and_of_the_next_one(shop: Shop, shelf: Shelf) -> None:
    context = await shop.browser.new_context()
    page = await context.new_page()
    await page.clock.install()
    seen = Visit(page)
    await page.add_init_script(_KEEP_THE_ROOT)
    await page.goto(f"{shop.host}/?lang=en&more=")
    await page.wait_for_function("() => window.root")
    shelf.change(lambda language: board(language=language))
    await page.clock.fast_forward(61_000)
    await page.wait_for_function("() => !root.host.isConnected")
    shelf.change(on_board(*OUTAGE, id=9))
    await page.clock.fast_forward(61_000)
    await page.wait_for_function("() => root.host.isConnected")
    await page.clock.fast_forward(1_000)
    assert await seen.text()


@pytest.mark.parametrize("early", [True, False], ids=["in the head, at once", "after everything"])
@pytest.mark.parametrize("impostor", IMPOSTORS)
async def test_no_element_of_the_page_can_stand_in_for_what_it_asks_the_browser_for(
    shop: Shop, impostor: str, early: bool
) -> None:
    seen = await shop.visit("it", more=f"{'early' if early else 'late'}&impostor={impostor}")
    assert await seen.text() == told(*OUTAGE, language="it").open[0].latest.notice.title
    assert [url for url, _ in seen.requests if "embed.json" in url] == [f"{shop.ours}/embed.json?lang=it"]
    assert seen.complaints == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//x", ""])
async def test_it_leads_to_addresses_of_the_web_and_nowhere_else(shop: Shop, address: str) -> None:
    said = {
        "incidents": ["7"], "state": "major", "text": "Outage", "lang": "en", "dir": "ltr", "url": address,
        "label": "Shop", "close": "Close", "labels": "en",
    }  # fmt: skip
    context = await shop.browser.new_context()
    headers = {"Access-Control-Allow-Origin": "*"}
    await context.route("**/embed.json*", lambda route: route.fulfill(json=said, headers=headers))
    seen = await shop.visit(context=context)
    assert await seen.text() == "Outage"
    assert await seen.inside("root => root.querySelector('a').hasAttribute('href')") is False


async def test_a_page_that_draws_itself_anew_gets_it_back_until_it_is_closed(shop: Shop) -> None:
    context = await shop.browser.new_context(bypass_csp=True)
    page = await context.new_page()
    await page.clock.install()
    seen = Visit(page)
    await page.add_init_script(_KEEP_THE_ROOT)
    await page.goto(f"{shop.host}/?lang=en&more=")
    await page.wait_for_function("() => window.root")
    await page.evaluate("document.body.replaceChildren(document.createElement('main'))")
    assert await page.evaluate("root.host.isConnected") is False
    await page.clock.fast_forward(1_100)
    assert await page.evaluate("document.body.firstElementChild === root.host")
    await page.evaluate("document.body.replaceWith(document.createElement('body'))")
    await page.clock.fast_forward(1_100)
    assert await page.evaluate("document.body.firstElementChild === root.host")
    assert await seen.text()
    await seen.inside("root => root.querySelector('button').click()")
    await page.clock.fast_forward(5_000)
    assert await page.evaluate("root.host.isConnected") is False


async def test_a_page_that_loads_it_twice_shows_it_once(shop: Shop) -> None:
    seen = await shop.visit(more="twice")
    assert await seen.text()
    assert await seen.page.evaluate("document.body.children.length") == 2
    assert len([url for url, _ in seen.requests if "embed.json" in url]) == 1


async def test_a_page_may_say_where_it_is_to_stand(shop: Shop) -> None:
    seen = await shop.visit(more="place")
    assert await seen.text()
    assert await seen.page.evaluate("root.host.parentElement.id") == "place"
