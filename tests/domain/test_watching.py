"""What must be seen twice before it counts, and what changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Signal, SignalState
from bot.domain.watching import (
    LONGEST_PAUSE,
    READINGS,
    REPEAT_AFTER,
    Memory,
    observe,
    pause,
    remembered,
)

AT = datetime(2024, 12, 11, 17, 45, tzinfo=UTC)

Reading = Sequence[Signal]


def says(key: str = "api", state: SignalState = SignalState.FIRING, **labels: str) -> Signal:
    return Signal(source="up", key=key, state=state, labels={"product": key, **labels}, summary="It fails", at=AT)


DOWN = says(impact="major")
WORSE = says(impact="critical")
UNDER_WAY = says(state=SignalState.MAINTENANCE)
DOUBT = says(state=SignalState.UNKNOWN)


def told(*readings: Reading, memory: Memory | None = None) -> list[list[tuple[str, str]]]:
    """What each reading gave, as key and state."""
    return [[(each.key, each.state.value) for each in reports] for reports in reports_of(readings, memory or {})]


def reports_of(readings: Iterable[Reading], memory: Memory) -> list[tuple[Signal, ...]]:
    given_out = []
    for reading in readings:
        memory, reports = observe(memory, reading)
        given_out.append(reports)
    return given_out


FIRES, ENDS = [("api", "firing")], [("api", "resolved")]


def test_a_problem_counts_when_two_readings_agree() -> None:
    assert told([DOWN], [DOWN], [DOWN]) == [[], FIRES, []]


def test_a_problem_seen_once_is_nothing() -> None:
    assert told([DOWN], [], [DOWN], []) == [[], [], [], []]


def test_the_first_two_readings_need_not_rate_it_alike() -> None:
    [_, [signal]] = reports_of([[DOWN], [WORSE]], {})
    assert signal == WORSE


def test_it_is_over_when_two_readings_are_without_it() -> None:
    assert told([DOWN], [DOWN], [], [], []) == [[], FIRES, [], ENDS, []]


def test_an_end_seen_once_is_nothing() -> None:
    assert told([DOWN], [DOWN], [], [DOWN], [], [DOWN]) == [[], FIRES, [], [], [], []]


def test_the_end_is_of_the_same_problem_at_a_time_nobody_knows() -> None:
    [ended] = reports_of([[WORSE], [WORSE], [], []], {})[-1]
    assert (ended.state, ended.key, ended.labels) == (SignalState.RESOLVED, "api", WORSE.labels)
    assert ended.at is None


def test_doubt_neither_counts_nor_starts_the_count_anew() -> None:
    assert told([DOWN], [DOUBT], [DOWN]) == [[], [], FIRES]
    assert told([DOWN], [DOWN], [], [DOUBT], []) == [[], FIRES, [], [], ENDS]
    assert told(*[[DOUBT]] * 20) == [[]] * 20


def test_doubt_never_ends_a_problem() -> None:
    assert told([DOWN], [DOWN], *[[DOUBT]] * 20) == [[], FIRES, *[[]] * 20]


def test_a_problem_that_grows_worse_is_told_when_two_readings_agree_on_it() -> None:
    [_, _, third, [fourth]] = reports_of([[DOWN], [DOWN], [WORSE], [WORSE]], {})
    assert third == ()
    assert fourth == WORSE


def test_a_rating_that_flickers_is_not_told() -> None:
    assert told([DOWN], [DOWN], [WORSE], [DOWN], [WORSE], [DOWN]) == [[], FIRES, [], [], [], []]


def test_maintenance_is_told_and_its_end_is_no_recovery() -> None:
    assert told([UNDER_WAY], [UNDER_WAY], [], [], []) == [[], [("api", "maintenance")], [], [], []]


def test_a_problem_that_became_maintenance_is_over_when_that_is() -> None:
    readings: list[Reading] = [[DOWN], [DOWN], [UNDER_WAY], [UNDER_WAY], [], []]
    assert told(*readings) == [[], FIRES, [], [("api", "maintenance")], [], ENDS]


def test_what_stays_is_said_again_now_and_then() -> None:
    reports = told(*[[DOWN]] * (READINGS + 2 * REPEAT_AFTER))
    assert [number for number, each in enumerate(reports, start=1) if each] == [
        READINGS,
        READINGS + REPEAT_AFTER,
        READINGS + 2 * REPEAT_AFTER,
    ]


def test_after_a_restart_what_has_vanished_is_noticed() -> None:
    assert told([], [], memory=remembered([says()])) == [[], ENDS]


def test_after_a_restart_what_is_still_there_is_said_with_all_that_is_known_of_it() -> None:
    [_, [again]] = reports_of([[DOWN], [DOWN]], remembered([says()]))
    assert again == DOWN


def test_products_do_not_touch_each_other() -> None:
    other = says("web")
    assert told([DOWN], [DOWN, other], [other], [other]) == [[], FIRES, [("web", "firing")], ENDS]


def test_what_is_well_takes_no_memory() -> None:
    memory: Memory = {}
    for reading in ([DOWN], [DOWN], [], [], [says("web")], []):
        memory, _ = observe(memory, reading)
    assert memory == {}


ANY = st.lists(
    st.lists(st.sampled_from([DOWN, WORSE, UNDER_WAY, DOUBT]), max_size=1),
    max_size=60,
)


@given(ANY)
def test_beginnings_and_ends_take_turns_and_each_was_seen_twice(readings: list[Reading]) -> None:
    standing = False
    for number, reports in enumerate(reports_of(readings, {})):
        for report in reports:
            plain = [each for each in readings[: number + 1] if each != [DOUBT]]
            if report.state is SignalState.RESOLVED:
                assert standing
                assert plain[-READINGS:] == [[]] * READINGS
                standing = False
            elif report.state is SignalState.FIRING:
                assert all(each and each[0].state is SignalState.FIRING for each in plain[-READINGS:])
                assert len(plain) >= READINGS
                standing = True


@given(ANY)
def test_whatever_was_two_quiet_readings_end_it(readings: list[Reading]) -> None:
    memory: Memory = {}
    for reading in [*readings, [], []]:
        memory, _ = observe(memory, reading)
    assert memory == {}


# --- when to look again ---

MINUTE = timedelta(minutes=1)


def test_a_page_that_answers_is_asked_as_often_as_configured() -> None:
    assert pause(MINUTE, failures=0, draw=0.5) == MINUTE


def test_looks_are_spread_by_a_tenth() -> None:
    assert pause(MINUTE, failures=0, draw=0.0) == timedelta(seconds=54)
    assert timedelta(seconds=65.9) < pause(MINUTE, failures=0, draw=0.999) < timedelta(seconds=66)


def test_a_page_that_fails_is_asked_less_and_less_often() -> None:
    waits = [pause(MINUTE, failures=failures, draw=0.5) for failures in range(4)]
    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, LONGEST_PAUSE]


@given(st.timedeltas(timedelta(seconds=30), timedelta(days=2)), st.integers(0, 10_000), st.floats(0, 0.999))
def test_it_is_asked_often_enough_to_see_it_come_back(every: timedelta, failures: int, draw: float) -> None:
    assert 0.89 * every < pause(every, failures=failures, draw=draw) < 1.11 * max(every, LONGEST_PAUSE)
