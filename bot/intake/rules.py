"""From the configuration to what the core and the ledger want to know of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta

from bot.config.settings import Regex, Settings
from bot.domain.cards import Reader
from bot.domain.decisions import Judgement
from bot.domain.model import Kind, Role
from bot.domain.routing import Rule
from bot.domain.staff import Operator
from bot.intake.ledger import Quarters


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """The rules in order, their label conditions compiled."""
    return tuple(
        Rule(
            number=number,
            source=rule.match.source,
            labels={name: _pattern(wanted) for name, wanted in rule.match.labels.items()},
            component=rule.component,
            impact=rule.impact,
            publish=rule.publish,
            deadline=rule.deadline,
            on_deadline=rule.on_deadline,
            reopen_within=rule.reopen_within,
            confirm_for=rule.confirm_for,
            recover_for=rule.recover_for,
            group=rule.group,
            group_within=rule.group_within,
            kind=Kind(rule.kind) if rule.kind else None,
            upstream=rule.upstream,
        )
        for number, rule in enumerate(settings.rules, start=1)
    )


def _pattern(wanted: str | Regex) -> re.Pattern[str]:
    return re.compile(wanted.regex if isinstance(wanted, Regex) else re.escape(wanted))


def judgement_of(settings: Settings) -> Judgement:
    """How patient automation is with all problems alike."""
    flapping = settings.flapping
    return Judgement(changes=flapping.changes, within=flapping.within, calm_for=flapping.calm_for)


def quarters_of(settings: Settings) -> Quarters:
    """What the ledger must know."""
    return Quarters(
        inhibitors={name: _above(settings, name) for name in settings.components},
        reopen_within=max((rule.reopen_within for rule in settings.rules), default=timedelta()),
        judgement=judgement_of(settings),
    )


def _above(settings: Settings, component: str) -> frozenset[str]:
    """Everything that silences a component while it is down, directly or through others."""
    direct = settings.components[component].inhibited_by
    return frozenset(direct).union(*(_above(settings, name) for name in direct))


def depends_on_of(settings: Settings) -> Mapping[str, Collection[str]]:
    """By component, the upstream products it stands on."""
    return {name: component.depends_on for name, component in settings.components.items()}


def languages_of(settings: Settings) -> Mapping[str, str]:
    """By source, the language that people write statements for customers in."""
    return {name: source.language or settings.default_language for name, source in settings.hooks.items()}


def upstreams_of(settings: Settings) -> Mapping[str, str]:
    """By source that we look at, the platform as customers know it."""
    return {name: source.shown for name, source in settings.upstreams.items()}


def expected_of(settings: Settings) -> Mapping[str, timedelta]:
    """By source that must not fall silent, how long it may be."""
    return {name: source.expect_every for name, source in settings.sources.items() if source.expect_every is not None}


def operators_of(settings: Settings) -> tuple[Operator, ...]:
    """Who may command the bot, as far as the configuration goes."""
    return tuple(
        Operator(telegram_id=each.telegram_id, name=each.name, role=each.role, language=each.language)
        for each in settings.operators
    )


def room_of(settings: Settings) -> Reader | None:
    """The group where operators read what they are told, None when each does in private. What is not a person's own
    chat has a negative number: https://core.telegram.org/bots/api#chat
    """
    telegram = settings.channels.telegram
    if telegram is None or telegram.operators_chat is None or telegram.operators_chat > 0:
        return None
    language, topic = settings.default_language, telegram.operators_topic
    return Reader(chat_id=telegram.operators_chat, language=language, role=Role.ADMIN, topic=topic)
