"""Every kind and occasion has words that fit it, its own or borrowed ones, whatever is and is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Notice, Occasion, Status
from bot.errors import CatalogueError
from bot.languages.markdown import to_plain
from bot.languages.naming import names
from bot.languages.samples import steps
from tests.languages.shop import BEGAN, LANGUAGES, catalogue, facts

UNPLANNED = [kind for kind in Kind if not kind.planned]
each_language = pytest.mark.parametrize("language", LANGUAGES)


def told(status: Status = Status.INVESTIGATING, **others: Any) -> Notice:
    return catalogue("en").render(facts(status, **others), "en")


def words(notice: Notice) -> tuple[str, str, str]:
    return notice.state, notice.title, notice.body


ORDER = {
    "a status": (facts(), ["outage.investigating"]),
    "a kind borrows from outages": (
        facts(Status.MONITORING, kind=Kind.DEGRADED),
        ["degraded.monitoring", "outage.monitoring"],
    ),
    "maintenance borrows from nobody": (facts(Status.SCHEDULED), ["maintenance.scheduled"]),
    "an occasion borrows from the status": (
        facts(Status.RESOLVED, kind=Kind.DATA_DELAY, occasion=Occasion.STABLE),
        ["data_delay.stable", "outage.stable", "data_delay.resolved", "outage.resolved"],
    ),
    "a correction may be worded for a kind": (
        facts(Status.SCHEDULED, occasion=Occasion.CORRECTION),
        ["maintenance.correction", "correction", "maintenance.scheduled"],
    ),
    "one component goes before all, name by name": (
        facts(kind=Kind.SECURITY, component_ids=("shop",)),
        [
            "components.shop.security.investigating",
            "security.investigating",
            "components.shop.outage.investigating",
            "outage.investigating",
        ],
    ),
    "several components have no words of their own": (
        facts(component_ids=("shop", "whatsapp")),
        ["outage.investigating"],
    ),
    "nobody to name": (facts(kind=Kind.UPSTREAM), ["outage.investigating"]),
    "somebody to name": (
        facts(kind=Kind.UPSTREAM, upstream="Meta"),
        ["upstream.investigating", "outage.investigating"],
    ),
    "what nobody feels is no slowness": (facts(kind=Kind.DEGRADED, impact=Impact.NONE), ["outage.investigating"]),
    "what nobody feels is not unstable": (
        facts(impact=Impact.NONE, occasion=Occasion.UNSTABLE),
        ["outage.investigating"],
    ),
    "a matter of security stays one": (
        facts(kind=Kind.SECURITY, impact=Impact.NONE),
        ["security.investigating", "outage.investigating"],
    ),
    "maintenance nobody feels stays maintenance": (
        facts(Status.SCHEDULED, impact=Impact.NONE),
        ["maintenance.scheduled"],
    ),
}


@pytest.mark.parametrize("name", ORDER)
def test_words_are_looked_for_in_this_order(name: str) -> None:
    about, expected = ORDER[name]
    assert list(names(about)) == expected


@each_language
def test_every_kind_can_tell_every_step_of_its_story(language: str) -> None:
    for kind in Kind:
        for (status, occasion), impact in product(steps(kind), Impact):
            notice = catalogue(language).render(facts(status, kind=kind, occasion=occasion, impact=impact), language)
            assert all(words(notice))


@each_language
@pytest.mark.parametrize("kind", [Kind.OUTAGE, Kind.DEGRADED, Kind.UPSTREAM, Kind.DATA_DELAY])
def test_what_nobody_feels_is_told_alike_whatever_its_kind(language: str, kind: Kind) -> None:
    for status in (status for status in Status if not status.planned):
        report = catalogue(language).render(facts(status, impact=Impact.NONE), language)
        other = facts(status, impact=Impact.NONE, kind=kind, upstream="Meta")
        assert words(catalogue(language).render(other, language)) == words(report)


def test_a_step_that_no_such_story_takes_has_no_words() -> None:
    with pytest.raises(CatalogueError, match=r"en\.yaml: maintenance\.resolved\.state: missing"):
        told(Status.RESOLVED, kind=Kind.MAINTENANCE)


def test_the_kinds_begin_differently() -> None:
    titles = {told(kind=kind, upstream="Meta").title for kind in UNPLANNED}
    assert titles == {
        "Disruption affecting Online shop",
        "Slow response times affecting Online shop",
        "Problem at Meta affecting Online shop",
        "Delayed data affecting Online shop",
        "Security notice about Online shop",
    }


def test_somebody_elses_problem_is_named_with_what_it_means_and_what_it_spares() -> None:
    notice = told(kind=Kind.UPSTREAM, upstream="Meta & Co.", impact=Impact.CRITICAL)
    assert to_plain(notice.body).split("\n\n")[0] == (
        "A problem at Meta & Co. has been affecting Online shop since March 5 at 2:03\u202fPM CET. "
        "The service is currently unavailable. Our other services are not affected by it."
    )


def test_a_correction_says_what_is_right_and_keeps_the_state() -> None:
    right, correction = told(impact=Impact.MINOR), told(impact=Impact.MINOR, occasion=Occasion.CORRECTION)
    assert correction.title == "Correction: Online shop"
    assert correction.state == right.state
    lead, _, rest = correction.body.partition("\n\n")
    assert lead.startswith("Our previous notice about this was not correct")
    assert rest == right.body


@each_language
def test_a_correction_ends_with_the_right_words_in_every_language(language: str) -> None:
    for kind in Kind:
        for status, _ in steps(kind):
            right = facts(status, kind=kind, upstream="Meta")
            said = catalogue(language).render(replace(right, occasion=Occasion.CORRECTION), language).body
            assert said.endswith("\n\n" + catalogue(language).render(right, language).body)


def test_own_words_stand_alone_in_a_correction_too() -> None:
    assert told(occasion=Occasion.CORRECTION, text="It was the *till*.").body == "It was the *till*."


def test_what_is_withdrawn_needs_no_other_way() -> None:
    assert told(occasion=Occasion.RETRACTION, instead=("Call us.",)).instead is None
    assert told(occasion=Occasion.UNSTABLE, instead=("Call us.",)).instead == "Call us."


def test_an_all_clear_after_ups_and_downs_is_resolved_but_says_what_it_was() -> None:
    calm, resolved = told(Status.RESOLVED, occasion=Occasion.STABLE), told(Status.RESOLVED)
    assert calm.state == resolved.state == "🟢 Resolved after 1 h 20 min"
    assert calm.title == "Stable again: Online shop"


def test_longer_maintenance_says_until_when_if_anybody_knows() -> None:
    longer: Facts = facts(Status.IN_PROGRESS, occasion=Occasion.EXTENDED, scheduled_for=BEGAN)
    until = replace(longer, scheduled_until=BEGAN + timedelta(hours=3))
    notice, known = (catalogue("en").render(each, "en") for each in (longer, until))
    assert "We now expect to finish by March 5 at 5:03\u202fPM CET." in known.body
    assert "expect to finish" not in notice.body
    assert known.state == "🔧 Maintenance in progress until March 5 at 5:03\u202fPM CET"
