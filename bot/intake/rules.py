"""From configured rules to the core's."""

from __future__ import annotations

import re

from bot.config.settings import Regex, Settings
from bot.domain.routing import Rule


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
        )
        for number, rule in enumerate(settings.rules, start=1)
    )


def _pattern(wanted: str | Regex) -> re.Pattern[str]:
    return re.compile(wanted.regex if isinstance(wanted, Regex) else re.escape(wanted))
