"""A conversation as data: reads a YAML file into people, chats, settings and steps. Plays none: that is ``runner``.

about: One line: what this conversation shows.
databases: [sqlite, postgresql]          # sqlite alone when left out
who:
  anna: {id: 1001, role: publisher, language: it}     # an operator; their words are in this language
  zoe: {id: 4004, speaks: pt-br, started: false}      # a stranger; Telegram says what they speak
chats:                                   # "@bottega_en" (en) and "@bottega_it" (it) when left out
  "@bottega_en": {language: en, pin: true}            # with a language: notices are posted there
  team: {id: -1005, kind: forum, topics: [Incidents]}  # without: a group that people write in
config: {timezone: Asia/Tokyo}           # goes over the usual settings, key by key
steps:
  - anna says: /incident shop major      # in: team, topic: Incidents, answering: "part of a text"
  - anna reads: ["Published: incident 1", "Website and feed: at once"]    # a new text with all of these parts
    buttons: [[Publish, Edit words], [Drop]]          # and exactly these buttons; [] is none
    lacks: [Draft]                                    # and none of these parts
    with: [Publish]                                   # or: these buttons and perhaps others; without: none of these
  - anna reads nothing more:             # everything the bot wrote to her was read by a step
  - anna presses: Publish                # on: "part of a text" says on which card; else on the newest that has it
  - bruno presses old: Publish           # as a screen does that has not caught up with an edit
  - anna is told: Published              # the toast that answers her last press
  - bruno sees: ["Published by anna"]    # a text that stands there now, perhaps edited, read before or not
  - bruno sees no: Publish               # no text that stands there now has this part
  - anna taps: Online shop               # a button of the keyboard below the input field
  - anna has keyboard: [[Online shop, WhatsApp]]
  - anna is offered: [status, incident]   # by her client's menu, perhaps among others; in: team
    lacks: [operators]
  - zoe starts: en-shop                  # by a deep link with this payload
  - zoe blocks: bot                      # also: unblocks; deletes: "part of a text"; deletes account
  - "@bottega_en has":                   # these posts and no other, oldest first
      - Online shop
      - {text: [Monitoring], answers: 1, silent: true}  # also: edits, pinned, buttons, topic, links, kinds
  - store: {incidents: 1, drafts: 0, audit: [open, publish], updates: [{status: resolved}]}
  - store forgets: zoe                   # no row holds the person's id or name; besides: tables where one may
  - page /en/: [Online shop]             # what the website shows there
  - probe reports: {key: shop, state: firing, labels: {service: shop}}
  - restart:                             # the service; with polling or webhook behind it: it hears so from now on
  - "@bottega_en allows": {status: kicked}  # what the bot may do there from now on, see the fake's Rights
  - team moves to: -1007                  # a group becomes a supergroup with another id
  - redeliver: last                      # Telegram brings the newest update once more
  - telegram fails: {kind: close, method: sendMessage, chat: "@bottega_en"}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Mode = Literal["polling", "webhook"]
"""How the service is told of updates."""
FOLDER = Path(__file__).parent

_KEYS = {"about", "databases", "who", "chats", "config", "steps"}
_CHATS: Mapping[str, Mapping[str, Any]] = {"@bottega_en": {"language": "en"}, "@bottega_it": {"language": "it"}}
_LOOKS = frozenset({"buttons", "lacks", "with", "without"})
_OPTIONS: Mapping[str, frozenset[str]] = {
    "says": frozenset({"in", "topic", "answering"}),
    "taps": frozenset({"in"}),
    "starts": frozenset(),
    "presses": frozenset({"in", "on"}),
    "presses old": frozenset({"in", "on"}),
    "reads": _LOOKS | {"topic"},
    "reads nothing more": frozenset(),
    "is told": frozenset(),
    "sees": _LOOKS | {"edited"},
    "sees no": frozenset(),
    "has keyboard": frozenset(),
    "is offered": frozenset({"in", "lacks"}),
    "blocks": frozenset(),
    "unblocks": frozenset(),
    "deletes": frozenset({"in"}),
    "deletes account": frozenset(),
    "has": frozenset(),
    "allows": frozenset(),
    "moves to": frozenset(),
    "reports": frozenset(),
}
_ALONE: Mapping[str, frozenset[str]] = {
    "store": frozenset(),
    "store forgets": frozenset({"besides"}),
    "restart": frozenset(),
    "redeliver": frozenset(),
    "telegram fails": frozenset(),
}


class _Loader(yaml.SafeLoader):
    """Only true and false are truth: "on" is a key here, and "no" a language."""


_TRUTH = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag != _TRUTH]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile("(?:true|false)$"), list("tf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line. who: a person, a chat or a source, "" for a step that is nobody's; options: the keys beside it."""

    line: int
    who: str
    verb: str
    what: Any
    options: Mapping[str, Any]

    def __str__(self) -> str:
        beside = "".join(f"   ({name}: {value})" for name, value in self.options.items())
        what = "" if self.what is None else self.what
        return f"{' '.join(part for part in (self.who, self.verb) if part)}: {what}{beside}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole conversation, checked: every step's person, verb and options are known."""

    name: str
    about: str
    databases: Sequence[str]
    who: Mapping[str, Mapping[str, Any]]
    chats: Mapping[str, Mapping[str, Any]]
    config: Mapping[str, Any]
    steps: Sequence[Step]


def scripts() -> list[Path]:
    """All conversations, by name."""
    return sorted(FOLDER.glob("*.yaml"))


def load(path: Path) -> Script:
    """Read a file. Raises ValueError that names the file, the line and what is wrong."""
    return read(path.read_text(encoding="utf-8"), name=path.stem)


def read(text: str, *, name: str) -> Script:
    """Read a conversation. Raises ValueError that names it, the line and what is wrong."""
    body = yaml.load(text, Loader=_Loader)
    if not isinstance(body, dict) or (unknown := sorted(set(body) - _KEYS)):
        raise ValueError(f"{name}: expected {sorted(_KEYS)}, found {unknown if isinstance(body, dict) else body!r}")
    lines = _lines_of_steps(text)
    steps = [_step(step, f"{name}:{line}", line) for step, line in zip(body["steps"], lines, strict=True)]
    who, chats = body.get("who", {}), body.get("chats", _CHATS)
    for step in steps:
        if step.who and step.verb != "reports" and step.who not in {*who, *chats, "page"}:
            raise ValueError(f"{name}:{step.line}: nobody is called {step.who!r}; there are {[*who, *chats]}")
    return Script(
        name=name,
        about=body["about"],
        databases=body.get("databases", ["sqlite"]),
        who=who,
        chats=chats,
        config=body.get("config", {}),
        steps=steps,
    )


def _step(body: object, place: str, line: int) -> Step:
    if not isinstance(body, dict) or not body:
        raise ValueError(f"{place}: a step is 'who does: what', found {body!r}")
    (head, what), *beside = body.items()
    who, verb = _read_head(str(head))
    allowed = _ALONE.get(verb) if not who else _OPTIONS.get(verb)
    if who == "page":
        allowed = frozenset({"lacks"})
    if allowed is None:
        raise ValueError(f"{place}: unknown step {head!r}; there are {[*_OPTIONS, *_ALONE, 'page']}")
    if unknown := sorted({name for name, _ in beside} - allowed):
        raise ValueError(f"{place}: {verb!r} has no {unknown}, only {sorted(allowed)}")
    return Step(line=line, who=who, verb=verb, what=what, options=dict(beside))


def _read_head(head: str) -> tuple[str, str]:
    if head in _ALONE:
        return "", head
    who, _, verb = head.partition(" ")
    return who, verb


def _lines_of_steps(text: str) -> list[int]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    for key, value in root.value:
        if key.value == "steps":
            return [node.start_mark.line + 1 for node in value.value]
    raise ValueError("no steps")
