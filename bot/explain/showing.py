"""What was found out about a request, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.decisions import Advance, name_of
from bot.domain.model import OnDeadline, Publish, SignalState
from bot.domain.routing import Rule
from bot.explain.judging import Explained, Step
from bot.languages.length import plain

_COLUMN = 12


def as_text(explained: Sequence[Explained]) -> str:
    """A paragraph per signal, and the notices under it."""
    if not explained:
        return "The request says nothing: no signal."
    return "\n\n".join("\n".join(_lines(each)) for each in explained)


def as_json(explained: Sequence[Explained]) -> dict[str, Any]:
    """The same for programs: ``{"signals": [...]}``; times are RFC 3339, absent things null."""
    return {"signals": [_fields(each) for each in explained]}


def _lines(explained: Explained) -> Iterator[str]:
    signal = explained.signal
    yield f"{signal.state}: {signal.key}"
    said = {
        "at": signal.at.isoformat() if signal.at else "not said",
        "labels": ", ".join(f"{name}={value}" for name, value in signal.labels.items()) or "none",
        "summary": signal.summary,
        "url": signal.url or "",
        "statement": signal.statement.replace("\n", "\n" + " " * (_COLUMN + 2)),
        "rule": _rule(explained),
        "component": ", ".join(explained.components) or "none",
    }
    if explained.rule is not None:
        said |= {"impact": explained.rule.impact, "publish": _publishing(explained.rule)}
    yield from (f"  {name:<{_COLUMN}}{text}" for name, text in said.items() if text)
    yield from (f"  {'decision':<{_COLUMN}}{_step(step)}" for step in explained.steps)
    yield from (f"  {'recovery':<{_COLUMN}}{_step(step)}" for step in explained.endings)
    yield from (f"\n== {language}\n\n{plain(notice)}" for language, notice in explained.notices.items())


def _rule(explained: Explained) -> str:
    if explained.rule is None:
        told = ": operators are told" if explained.signal.state is SignalState.FIRING else ""
        return f"no rule matches{told}"
    return f"{explained.rule.number}" + (f", line {explained.line}" if explained.line else "")


def _publishing(rule: Rule) -> str:
    if rule.publish is not Publish.AFTER_APPROVAL:
        return {Publish.AUTOMATICALLY: "automatically, at once", Publish.NEVER: "never"}[rule.publish]
    if rule.deadline is None:
        return "after approval; the draft waits for ever"
    becomes = "published" if rule.on_deadline is OnDeadline.PUBLISH else "dropped"
    return f"after approval; after {rule.deadline} without an answer the draft is {becomes}"


def _step(step: Step) -> str:
    when = f"({step.when}) " if step.when else ""
    decision = step.decision
    how = f" to {decision.status}, {decision.publish}" if isinstance(decision, Advance) else ""
    return f"{when}{name_of(decision)}{how}: {decision.reason}"


def _fields(explained: Explained) -> dict[str, Any]:
    signal, rule = explained.signal, explained.rule
    return {
        "source": signal.source,
        "key": signal.key,
        "state": signal.state,
        "labels": dict(signal.labels),
        "at": signal.at.isoformat() if signal.at else None,
        "summary": signal.summary,
        "url": signal.url,
        "statement": signal.statement,
        "rule": rule.number if rule else None,
        "line": explained.line,
        "components": list(explained.components),
        "impact": rule.impact if rule else None,
        "publish": rule.publish if rule else None,
        "decisions": [_decided(step) for step in explained.steps],
        "recovery": [_decided(step) for step in explained.endings],
        "notices": {language: plain(notice) for language, notice in explained.notices.items()},
    }


def _decided(step: Step) -> dict[str, Any]:
    decision = step.decision
    advance = decision if isinstance(decision, Advance) else None
    return {
        "when": step.when,
        "decision": name_of(decision),
        "reason": decision.reason,
        "status": advance.status if advance else None,
        "publish": advance.publish if advance else None,
    }
