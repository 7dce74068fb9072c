"""Simulated time: callers ask, wait as they are told, and ask again."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.delivery import Priority
from bot.domain.pacing import DOUBT, KEPT, ChatKind, Pacer, chat_kind
from bot.domain.rates import ENOUGH, LONGEST_TRIP, TELEGRAM, Limits, Window

ROUNDING = 1e-5
ALLOWED = Limits(
    overall=Window(count=30, seconds=1), chat=Window(count=1, seconds=1), group=Window(count=20, seconds=60)
)
"""What Telegram says itself."""


@dataclass(frozen=True)
class Call:
    address: str
    priority: Priority = Priority.SUBSCRIBER
    at: float = 0.0


@dataclass(frozen=True)
class Sent:
    call: Call
    at: float


def simulate(pacer: Pacer, calls: Iterable[Call], *, until: float = math.inf, late: float = 0.0) -> list[Sent]:
    """All calls made at the times the pacer allows. late: seconds by which everybody oversleeps.

    At one instant the least urgent asks first, so that only the pacer can put the urgent ones before it.
    """
    order = count()
    waiting = [(call.at, -call.priority, next(order), call) for call in calls]
    heapq.heapify(waiting)
    sent: list[Sent] = []
    while waiting and waiting[0][0] <= until:
        now, priority, _, call = heapq.heappop(waiting)
        wait = pacer.reserve(address=call.address, kind=chat_kind(call.address), priority=call.priority, now=now)
        if wait == 0:
            sent.append(Sent(call, now))
        else:
            heapq.heappush(waiting, (now + wait + late, priority, next(order), call))
    return sent


def most_within(times: Sequence[float], seconds: float) -> int:
    """The largest number of times within any half-open stretch of so many seconds."""
    first = worst = 0
    for last, time in enumerate(times):
        while times[first] <= time - seconds + ROUNDING:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def soonest_end(calls: int) -> float:
    """When the last of so many calls to different chats may go at the earliest, if the first goes at 0."""
    return (calls - 1) // ALLOWED.overall.count * ALLOWED.overall.seconds


def assert_within(sent: Sequence[Sent], limits: Limits) -> None:
    assert most_within([each.at for each in sent], limits.overall.seconds) <= limits.overall.count
    by_chat: dict[str, list[float]] = defaultdict(list)
    for each in sent:
        by_chat[each.call.address].append(each.at)
    for address, times in by_chat.items():
        assert most_within(times, limits.chat.seconds) <= limits.chat.count
        if chat_kind(address) == "group":
            assert most_within(times, limits.group.seconds) <= limits.group.count


addresses = st.sampled_from(["1", "2", "3", "-1001", "-1002", "@shop_it", *map(str, range(100, 140))])
calls = st.lists(
    st.builds(Call, address=addresses, priority=st.sampled_from(Priority), at=st.floats(0, 20, allow_subnormal=False)),
    max_size=150,
)


@given(calls=calls)
@settings(max_examples=60, deadline=None)
def test_everything_is_sent_and_no_window_is_ever_exceeded(calls: list[Call]) -> None:
    sent = simulate(Pacer(), calls)
    assert sorted(map(id, calls)) == sorted(id(each.call) for each in sent)
    assert_within(sent, ALLOWED)


@given(
    calls=calls,
    limits=st.builds(
        Limits,
        overall=st.builds(Window, count=st.integers(1, 40), seconds=st.sampled_from([0.5, 1.0, 3.0])),
        chat=st.builds(Window, count=st.integers(1, 3), seconds=st.sampled_from([0.3, 1.0])),
        group=st.builds(Window, count=st.integers(1, 20), seconds=st.sampled_from([1.0, 60.0])),
    ),
)
@settings(max_examples=60, deadline=None)
def test_other_limits_are_kept_as_well(calls: list[Call], limits: Limits) -> None:
    sent = simulate(Pacer(limits), calls)
    assert len(sent) == len(calls)
    assert_within(sent, limits)


@pytest.mark.parametrize("priority", Priority, ids=lambda priority: priority.name)
def test_enough_work_for_many_chats_uses_over_99_percent_of_the_overall_rate(priority: Priority) -> None:
    sent = simulate(Pacer(), [Call(str(number), priority) for number in range(1, 692)])
    assert_within(sent, ALLOWED)
    assert sent[-1].at <= soonest_end(len(sent)) / 0.99


@pytest.mark.parametrize(("address", "a_minute"), [("7", 60), ("-1007", 20)], ids=["private", "group"])
def test_enough_work_for_one_chat_uses_over_99_percent_of_its_rate(address: str, a_minute: int) -> None:
    sent = simulate(Pacer(), [Call(address, Priority.CHANNEL)] * 600, until=595)
    assert_within(sent, ALLOWED)
    assert len(sent) >= 0.99 * a_minute * 595 / 60


def test_a_few_posts_to_different_channels_go_at_one_instant() -> None:
    sent = simulate(
        Pacer(), [Call(f"@shop_{language}", Priority.CHANNEL) for language in ("en", "it", "es", "de", "ar")]
    )
    assert [each.at for each in sent] == [0.0] * 5


def test_a_broadcast_that_oversleeps_a_little_still_uses_99_percent() -> None:
    sent = simulate(Pacer(), [Call(str(number)) for number in range(1, 692)], late=0.002)
    assert_within(sent, ALLOWED)
    assert sent[-1].at <= soonest_end(len(sent)) / 0.99


@given(at=st.floats(1, 11))
@settings(max_examples=12, deadline=None)
def test_an_operator_waits_for_one_slot_only_while_hundreds_wait(at: float) -> None:
    broadcast = [Call(str(number)) for number in range(1, 350)]
    sent = simulate(Pacer(), [*broadcast, Call("9999", Priority.OPERATOR, at)])
    answered = next(each.at for each in sent if each.call.priority is Priority.OPERATOR)
    assert answered - at < 0.15
    assert_within(sent, ALLOWED)


def test_a_channel_goes_before_subscribers_and_an_operator_before_both() -> None:
    busy = [Call(str(number)) for number in range(1, 400)]
    channels = [Call(f"-100{number}", Priority.CHANNEL, 5.0) for number in range(40)]
    operator = Call("9999", Priority.OPERATOR, 5.0)
    sent = simulate(Pacer(), [*busy, *channels, operator])
    at = {each.call: each.at for each in sent}
    last_channel = max(at[channel] for channel in channels)
    assert at[operator] <= min(at[channel] for channel in channels) + ROUNDING
    between = [each for each in sent if 5.0 < each.at < last_channel and each.call.priority is Priority.SUBSCRIBER]
    assert len(between) <= 3


def test_in_one_chat_the_operators_answer_goes_before_what_waited_longer() -> None:
    sent = simulate(
        Pacer(),
        [
            Call("-1005", Priority.CHANNEL),
            *[Call("-1005", Priority.CHANNEL, 0.1)] * 3,
            Call("-1005", Priority.OPERATOR, 0.9),
        ],
    )
    assert sent[1].call.priority is Priority.OPERATOR
    assert sent[1].at == pytest.approx(TELEGRAM.chat.seconds)


def test_a_slot_is_not_kept_for_somebody_who_gave_up() -> None:
    pacer = Pacer(ALLOWED)
    private = {"address": "1", "kind": "private"}
    assert pacer.reserve(**private, priority=Priority.CHANNEL, now=0.0) == 0
    assert pacer.reserve(**private, priority=Priority.OPERATOR, now=0.5) == 0.5
    assert pacer.reserve(**private, priority=Priority.CHANNEL, now=1.0) == pytest.approx(KEPT)
    assert pacer.reserve(**private, priority=Priority.CHANNEL, now=1.0 + KEPT) == 0


def test_a_paused_chat_waits_and_the_others_do_not() -> None:
    pacer = Pacer()
    pacer.halt("-1001", until=17.0)
    sent = simulate(pacer, [Call("-1001", Priority.OPERATOR), Call("-1002", Priority.CHANNEL)])
    assert {each.call.address: each.at for each in sent} == {"-1002": 0.0, "-1001": 17.0}


def test_a_pause_for_all_stops_operators_too() -> None:
    pacer = Pacer()
    pacer.halt(None, until=3.0)
    assert [each.at for each in simulate(pacer, [Call("1", Priority.OPERATOR), Call("-1002", Priority.CHANNEL)])] == [
        3,
        3,
    ]


def test_a_pause_is_never_shortened() -> None:
    pacer = Pacer()
    for until in (9.0, 4.0):
        pacer.halt("1", until=until)
        pacer.halt(None, until=until - 1)
    assert [each.at for each in simulate(pacer, [Call("1"), Call("2")])] == [8.0, 9.0]


def test_three_chats_paused_at_once_pause_all_until_the_first_may_go() -> None:
    pacer = Pacer()
    simulate(pacer, [Call("50")])
    for address, until in (("1", 5.0), ("2", 6.0), ("3", 7.0)):
        pacer.halt(address, until=until)
    assert [each.at for each in simulate(pacer, [Call("4", at=1.0)])] == [5.0]


def test_pauses_that_are_over_do_not_add_up_to_a_pause_for_all() -> None:
    pacer = Pacer()
    for number, address in enumerate(["1", "2", "3", "4"]):
        simulate(pacer, [Call("50", at=number * 10.0)])
        pacer.halt(address, until=number * 10.0 + 5)
    assert [each.at for each in simulate(pacer, [Call("9", at=31.0)])] == [31.0]


def test_a_hundred_thousand_chats_need_the_memory_of_the_last_seconds() -> None:
    pacer = Pacer(Limits(overall=Window(count=1000, seconds=1.0), chat=TELEGRAM.chat, group=TELEGRAM.group))
    most = 0
    for number in range(100_000):
        pacer.reserve(address=str(number), kind="private", priority=Priority.CHANNEL, now=number / 1000)
        most = max(most, pacer.remembered)
    assert most <= (TELEGRAM.chat.seconds + LONGEST_TRIP) * 1000 + 1


@pytest.mark.parametrize(
    ("address", "kind"), [("1001", "private"), ("-1001", "group"), ("-1001234567890", "group"), ("@shop_it", "group")]
)
def test_the_kind_of_a_chat_follows_from_its_address(address: str, kind: str) -> None:
    assert chat_kind(address) == kind


def quick_calls(pacer: Pacer, *, took: float) -> None:
    """As many as say how quick a call can be, one a second until shortly before 0.0."""
    for number in range(1, ENOUGH + 1):
        left = float(number - ENOUGH - 2)
        pacer.reserve(address=f"-{number}", kind="group", priority=Priority.CHANNEL, now=left)
        pacer.answered(f"-{number}", now=left + took)


def test_a_call_that_took_longer_than_others_counts_from_when_it_may_have_come_in() -> None:
    pacer = Pacer(ALLOWED)
    reserve = partial(pacer.reserve, kind="group", priority=Priority.CHANNEL)
    quick_calls(pacer, took=0.1)
    assert reserve(address="-1001", now=0.2) == 0
    pacer.answered("-1001", now=0.7)  # 0.4 s more: it may have been held up on its way
    assert reserve(address="-1001", now=1.2) == pytest.approx(0.4)
    assert reserve(address="-1001", now=1.6) == 0
    pacer.answered("-9999", now=2.0)  # one that was never called, or not for long


def test_a_call_without_an_answer_may_come_in_any_moment_but_not_for_ever() -> None:
    pacer = Pacer(ALLOWED)
    reserve = partial(pacer.reserve, kind="group", priority=Priority.CHANNEL)
    assert reserve(address="-1002", now=0.0) == 0
    pacer.answered("-1002", now=0.1)
    assert reserve(address="-1001", now=0.2) == 0
    assert reserve(address="-1001", now=3.0) > 0
    assert reserve(address="-1001", now=0.2 + LONGEST_TRIP + 1.0) == 0


def test_a_broken_connection_does_not_make_calls_look_quick() -> None:
    pacer = Pacer(ALLOWED)
    reserve = partial(pacer.reserve, kind="group", priority=Priority.CHANNEL)
    quick_calls(pacer, took=0.3)
    reserve(address="-1001", now=0.0)
    pacer.answered("-1001", now=0.0, clearly=False)
    reserve(address="-1002", now=0.0)
    pacer.answered("-1002", now=0.3)
    assert reserve(address="-1002", now=1.0) == 0


def arriving(delays: Sequence[float], *, back: float = 0.02) -> list[float]:
    """When a broadcast's calls come in, if the network adds these delays to them by turns. The first is a quick one."""
    pacer, now, arrived = Pacer(), 0.0, list[float]()
    answers: list[tuple[float, str]] = []
    for number in range(391):
        address = str(number)
        while True:
            while answers and answers[0][0] <= now:
                at, whose = heapq.heappop(answers)
                pacer.answered(whose, now=at)
            wait = pacer.reserve(address=address, kind="private", priority=Priority.SUBSCRIBER, now=now)
            if wait == 0:
                break
            now += min(wait, max(answers[0][0] - now, 1e-6)) if answers else wait
        delay = delays[number % len(delays)] if number else 0.0
        arrived.append(now + delay)
        heapq.heappush(answers, (now + delay + back, address))
    return sorted(arrived)


@given(delays=st.lists(st.floats(0, 0.3), min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_no_window_is_exceeded_where_calls_come_in_whatever_delays_them(delays: list[float]) -> None:
    assert most_within(arriving(delays), ALLOWED.overall.seconds) <= ALLOWED.overall.count


def test_a_network_that_delays_by_some_milliseconds_costs_less_than_a_hundredth_of_the_rate() -> None:
    arrived = arriving([0.0, 0.009, 0.004, 0.012, 0.001, 0.003])
    assert arrived[-1] - arrived[0] <= soonest_end(len(arrived)) / 0.99


def test_what_is_paid_for_goes_faster_and_takes_nothing_from_the_others() -> None:
    pacer = Pacer()
    reserve = partial(pacer.reserve, kind="private", priority=Priority.SUBSCRIBER, now=0.0)
    assert sum(reserve(address=str(number), paid=True) == 0 for number in range(2000)) == 100
    assert pacer.reserve(address="-1001", kind="group", priority=Priority.CHANNEL, now=0.0) == 0
    sent = [n for n in range(3000) if reserve(address=f"9{n}", now=1 + n * 0.001, paid=True) == 0]
    assert len(sent) >= 0.99 * 3000


def test_after_a_pause_for_all_nobody_trusts_for_a_while_that_it_was_paid() -> None:
    pacer = Pacer()
    for address in ("1", "2", "3"):
        pacer.halt(address, until=5.0)

    def let_go(since: float) -> int:
        reserve = partial(pacer.reserve, kind="private", priority=Priority.SUBSCRIBER, paid=True)
        return sum(reserve(address=f"{since}{n}", now=since + n / 1000) == 0 for n in range(2000))

    assert let_go(5.0) == pytest.approx(60, abs=4)
    assert let_go(5.0 + DOUBT) == pytest.approx(2000, rel=0.02)


def test_what_is_paid_for_still_goes_to_a_chat_once_a_second() -> None:
    pacer = Pacer()
    reserve = partial(pacer.reserve, address="1", kind="private", priority=Priority.SUBSCRIBER, paid=True)
    assert reserve(now=0.0) == 0
    assert reserve(now=0.5) == pytest.approx(TELEGRAM.chat.seconds - 0.5)


@pytest.mark.parametrize(("address", "kind"), [("-1001", "group"), ("5", "private")])
def test_a_process_that_starts_anew_goes_on_where_the_last_one_stopped(address: str, kind: ChatKind) -> None:
    before = simulate(Pacer(), [Call(address, Priority.CHANNEL)] * 40, until=23.0)
    after = Pacer()
    for each in before:
        after.remember(address, kind, at=each.at, priority=each.call.priority)
    rest = simulate(after, [Call(address, Priority.CHANNEL, at=23.5)] * 20)
    assert len(rest) == 20
    assert_within([*before, *rest], ALLOWED)


def test_nobody_needs_to_ask_before_the_soonest() -> None:
    pacer = Pacer()
    simulate(pacer, [Call(str(number), Priority.CHANNEL) for number in range(30)])
    assert pacer.soonest(Priority.OPERATOR, now=0.5) == pytest.approx(TELEGRAM.overall.seconds - 0.5)
    assert pacer.soonest(Priority.SUBSCRIBER, now=0.5, paid=True) <= 0
    pacer.halt(None, until=9.0)
    assert pacer.soonest(Priority.OPERATOR, now=0.5) == 8.5


def test_as_long_as_few_calls_were_answered_each_may_have_come_in_as_late_as_its_answer() -> None:
    pacer = Pacer()
    assert pacer.reserve(address="1", kind="private", priority=Priority.OPERATOR, now=0.0) == 0.0
    pacer.answered("1", now=0.03)  # the first call makes the connection: the next will be quicker
    wait = pacer.reserve(address="1", kind="private", priority=Priority.OPERATOR, now=1.003)
    assert wait == pytest.approx(0.029)
