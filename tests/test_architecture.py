"""The rules of the house that neither ruff, mypy nor import-linter can state.

Each rule is a function that yields one line per offence; each is also shown an offence, to prove that it can fail.
"""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 300
USUAL_FUNCTION = 30

CATCH_ALL = {
    "bot/dispatcher/dispatcher.py": "a defect in one channel must not stop the others",
    "bot/dispatcher/settling.py": "a defect with one outcome must not stop the dispatcher; its lease ends by itself",
    "bot/intake/apart.py": "one of many duties must not sink the others",
    "bot/intake/broadcasting.py": "a defect with one broadcast must stop neither the others nor the service",
    "bot/intake/writer.py": "everybody who waits for a batch must hear that it failed",
    "bot/hearing/handler.py": "one command that cannot be handled must not keep the others waiting",
    "bot/hearing/inbox.py": "a defect must not end the bot's hearing",
    "bot/polling/poller.py": "a defect in reading one page must not stop the others, nor the service",
    "bot/timers.py": "one duty that fails must not end all that is due",
    "bot/translators/worker.py": "a defect with one text must not stop the others, nor the service",
    "bot/web/server.py": "whoever asked gets a number instead of a traceback",
}
"""The modules that may say ``except Exception``, and why."""

AVOIDED = {
    "alert", "event", "message", "notification", "ticket", "post", "user",
    "manager", "helper", "util", "utils",
}  # fmt: skip
"""Words that DESIGN keeps out of our names, because each is somebody else's word or says nothing."""

VENDORS_WORDS = {
    "bot/sources/": {"alert", "event", "message"},
    "bot/channels/telegram/": {"message", "post", "user"},
    "bot/operators/": {"message", "user"},
    "bot/hearing/": {"message", "user"},
}
"""Where the other side's own words are the right ones: next to its wire."""

LIBRARYS_NAMES = {"process_bind_param", "process_result_value", "__post_init__"}
"""Methods whose names and meaning a library gave them: SQLAlchemy's TypeDecorator, Python's dataclasses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file: its path from the root of the checkout, and what is in it."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    def at(self, node: ast.AST, text: str) -> str:
        """One offence, as an editor can jump to it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {text}"


Rule = Callable[[Module], Iterator[str]]
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the service."""
    files = sorted((ROOT / "bot").rglob("*.py"))
    return tuple(Module(path=str(file.relative_to(ROOT)), text=file.read_text("utf-8")) for file in files)


def definitions(tree: ast.AST, *, private: bool = True) -> Iterator[Definition]:
    """Classes, functions and methods, but nothing inside a function.

    private: also those whose name begins with an underscore, and what is in them.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            if not private and node.name.startswith("_"):
                continue
            yield node
        if isinstance(node, ast.ClassDef | ast.If | ast.Try | ast.With):
            yield from definitions(node, private=private)


def short_modules(module: Module) -> Iterator[str]:
    if (lines := module.text.count("\n")) > LONGEST_MODULE:
        yield f"{module.path}: {lines} lines, at most {LONGEST_MODULE}"


def modules_introduce_themselves(module: Module) -> Iterator[str]:
    if module.tree.body and not ast.get_docstring(module.tree):
        yield f"{module.path}: does not say what it is"


def public_names_are_explained(module: Module) -> Iterator[str]:
    for node in definitions(module.tree, private=False):
        if not ast.get_docstring(node) and node.name not in LIBRARYS_NAMES:
            yield module.at(node, f"{node.name} has no docstring")


def only_the_clock_tells_the_time(module: Module) -> Iterator[str]:
    if module.path == "bot/clock.py":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and re.fullmatch(
            r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|gmtime|localtime)", ast.unparse(node)
        ):
            yield module.at(node, f"{ast.unparse(node)}: take the time as an argument")


def errors_are_not_swallowed(module: Module) -> Iterator[str]:
    if module.path not in CATCH_ALL:
        yield from catches_of_everything(module)


def catches_of_everything(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            if not caught or re.search(r"\b(Base)?Exception\b", caught):
                yield module.at(node, f"except {caught}: name the errors you mean")


def only_the_dispatcher_sends(module: Module) -> Iterator[str]:
    if module.path.startswith("bot/dispatcher"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Await) and re.match(
            r"await [\w.]*channels?(\[[^]]*\])?\.(send|find)\(", ast.unparse(node)
        ):
            yield module.at(node, f"{ast.unparse(node)}: only the dispatcher sends")


def names_use_our_words(module: Module) -> Iterator[str]:
    allowed = {word for folder, words in VENDORS_WORDS.items() if module.path.startswith(folder) for word in words}
    for node in definitions(module.tree):
        if node.name in LIBRARYS_NAMES:
            continue
        words = re.findall(r"[A-Z]?[a-z]+", node.name)
        if avoided := {word.lower() for word in words} & (AVOIDED - allowed):
            yield module.at(node, f"{node.name}: avoid {', '.join(sorted(avoided))}")


def suppressions_give_a_reason(module: Module) -> Iterator[str]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if re.search(r"# (type: ignore|noqa)(?!(\[[\w-]+\]|: [A-Z0-9, ]+)\s+(#|-|–)\s*\w)", line):
            yield f"{module.path}:{number}: a suppression without its code and reason"


def nothing_is_left_for_later(module: Module) -> Iterator[str]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
            yield f"{module.path}:{number}: do it or open an issue"


RULES: dict[Rule, str] = {
    short_modules: "pass\n" * (LONGEST_MODULE + 1),
    modules_introduce_themselves: "x = 1",
    public_names_are_explained: "class Lane:\n    '''A lane.'''\n    def name(self): ...",
    only_the_clock_tells_the_time: "from datetime import datetime\nat = datetime.now()",
    errors_are_not_swallowed: "try:\n    pass\nexcept (ValueError, Exception):\n    pass",
    only_the_dispatcher_sends: "async def f(channels):\n    await channels['x'].send(1)",
    names_use_our_words: "class AlertManager: ...",
    suppressions_give_a_reason: "x = 1  # type: ignore[assignment]",
    nothing_is_left_for_later: "x = 1  # TODO: y",
}
"""Every rule, with a module that breaks it."""

by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@by_name
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    offences = [offence for module in modules() for offence in rule(module)]
    assert not offences, "\n" + "\n".join(offences)


@by_name
def test_the_rule_sees_an_offence(rule: Rule) -> None:
    assert list(rule(Module(path="bot/invented.py", text=RULES[rule])))


def test_no_module_may_catch_everything_that_does_not() -> None:
    assert {module.path for module in modules() if any(catches_of_everything(module))} == CATCH_ALL.keys()


def test_nine_functions_in_ten_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules()
        for node in definitions(module.tree)
        if not isinstance(node, ast.ClassDef)
    ]
    assert statistics.quantiles(lengths, n=10)[-1] <= USUAL_FUNCTION
