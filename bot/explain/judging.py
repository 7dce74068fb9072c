"""What would come of signals: each judged as one nobody has heard of before, while nothing else is going on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.domain.decisions import Decision, Ignore, Judgement, Open, ProblemRecord, Situation, WaitingDraft
from bot.domain.lifecycle import decide
from bot.domain.model import Incident, Notice, Origin, Publish, Signal, SignalState, Status
from bot.domain.routing import Rule, first_match, hit, nature
from bot.domain.story import began
from bot.intake.rendering import Renderer, Words
from bot.intake.rules import depends_on_of, judgement_of, rules_of, upstreams_of
from bot.languages.catalogue import Catalogue

_HOW_IT_ENDS = {
    Publish.AUTOMATICALLY: (("", WaitingDraft.NONE),),
    Publish.AFTER_APPROVAL: (
        ("when it recovers before the yes", WaitingDraft.OPENING),
        ("when it recovers after the yes", WaitingDraft.NONE),
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """when: in which case, or after how long; "" for at once."""

    when: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What comes of one signal. line: of the rule in the file, None when not asked for; components: what it hits;

    steps: what is decided now, and once the time has come that it waits for; endings: what its recovery would do then;
    notices: what customers would read, by language, empty when nothing is opened or nobody asked.
    """

    signal: Signal
    rule: Rule | None
    line: int | None
    components: tuple[str, ...]
    steps: tuple[Step, ...]
    endings: tuple[Step, ...]
    notices: Mapping[str, Notice]


def explain(
    settings: Settings,
    signals: Sequence[Signal],
    *,
    now: datetime,
    lines: Sequence[int] = (),
    catalogue: Catalogue | None = None,
) -> list[Explained]:
    """What would come of each signal. lines: of the rules in their file; catalogue: to show notices, None for none."""
    rules = rules_of(settings)
    return [_explained(settings, signal, first_match(rules, signal), now, lines, catalogue) for signal in signals]


def _explained(  # noqa: PLR0917 - what explain was given, and one signal with its rule
    settings: Settings,
    signal: Signal,
    rule: Rule | None,
    now: datetime,
    lines: Sequence[int],
    catalogue: Catalogue | None,
) -> Explained:
    components = hit(rule, signal, depends_on_of(settings))
    situation = Situation(
        problem=None,
        incident=None,
        others_firing=0,
        waiting=WaitingDraft.NONE,
        now=now,
        hit=components,
        components=components,
    )
    judgement = judgement_of(settings)
    steps = tuple(_course(signal, rule, situation, judgement))
    opened = steps[-1].decision
    endings: list[Step] = []
    notices: dict[str, Notice] = {}
    if isinstance(opened, Open):
        incident = _incident(settings, opened.rule, signal, situation)
        endings = list(_endings(signal, incident, opened.rule, situation, judgement))
        notices = _notices(settings, catalogue, incident, now) if catalogue else {}
    return Explained(
        signal=signal,
        rule=rule,
        line=lines[rule.number - 1] if rule and lines else None,
        components=components,
        steps=steps,
        endings=tuple(endings),
        notices=notices,
    )


def _course(
    signal: Signal, rule: Rule | None, situation: Situation, judgement: Judgement, when: str = ""
) -> Iterator[Step]:
    """What is decided now and, where that is to wait, what is decided then if nothing new is said meanwhile."""
    decision = decide(signal, rule, situation, judgement)
    yield Step(when, decision)
    wait = None if isinstance(decision, Ignore) or situation.due else decision.wait
    if wait is None or wait.until is None:
        return
    since = began(signal.at, situation.now)
    held = _record(situation, signal.state, since, situation.problem.incident_id if situation.problem else None)
    later = replace(situation, problem=replace(held, wait=wait), now=wait.until, due=True)
    so_long = wait.until - situation.now
    yield from _course(replace(signal, at=since), rule, later, judgement, f"{when} {so_long} later".strip())


def _record(situation: Situation, state: SignalState, since: datetime, incident_id: int | None) -> ProblemRecord:
    return ProblemRecord(state=state, at=since, seen_at=situation.now, incident_id=incident_id)


def _endings(
    signal: Signal, incident: Incident, rule: Rule, situation: Situation, judgement: Judgement
) -> Iterator[Step]:
    recovery = replace(signal, state=SignalState.RESOLVED, at=None)
    held = _record(situation, SignalState.FIRING, incident.started_at, incident.id)
    for when, waiting in _HOW_IT_ENDS[rule.publish]:
        told = incident if waiting is WaitingDraft.OPENING else replace(incident, published_at=situation.now)
        then = replace(situation, problem=held, incident=told, waiting=waiting, now=situation.now + timedelta(hours=1))
        yield from _course(recovery, rule, then, judgement, when)


def _incident(settings: Settings, rule: Rule, signal: Signal, situation: Situation) -> Incident:
    kind, upstream = nature(rule, upstreams_of(settings).get(signal.source))
    return Incident(
        id=1,
        kind=kind,
        origin=Origin.AUTOMATION,
        status=Status.INVESTIGATING,
        impact=rule.impact,
        components=situation.components,
        started_at=began(signal.at, situation.now),
        publish=rule.publish,
        upstream=upstream,
    )


def _notices(settings: Settings, catalogue: Catalogue, incident: Incident, now: datetime) -> dict[str, Notice]:
    words = Words(status=incident.status, impact=incident.impact, because="", texts={}, author=None)
    ways = [
        way
        for name in incident.components
        for way in settings.components[name].ways
        if not set(way.depends_on) & set(incident.components)
    ]
    rendered = Renderer(settings, catalogue).render(incident, words, ways, now=now)
    return {notice.language: notice for notice in rendered}
