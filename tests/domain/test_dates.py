"""Moments and windows as operators type them. What the commands make of them is in ``test_commands``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.dates import Here, folded, instants, take_moment
from bot.domain.windows import LONGEST, Window, refuse, take_window
from bot.errors import CommandError
from bot.languages.days import day_names

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 25, 14, 3, 20, 500, tzinfo=UTC)
"""A Wednesday; clocks in Rome show 15:03, and go forward on Sunday."""
AUTUMN = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
"""The Saturday before clocks in Rome go back."""


def here(now: datetime = NOW, *, zone: ZoneInfo = ROME, language: str = "it") -> Here:
    return Here(now=now, zone=zone, names=day_names(language))


def local(text: str, now: datetime = NOW, *, language: str = "it") -> str:
    """What a moment is read as, by the clocks of Rome."""
    at, rest = take_moment(text, here(now, language=language))
    assert rest == ""
    return f"{at.astimezone(ROME):%Y-%m-%d %H:%M %Z}"


def refused(text: str, now: datetime = NOW) -> str:
    with pytest.raises(CommandError) as error:
        take_window(text, here(now))
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-12-01 02:00", "2026-12-01 02:00 CET", id="ISO"),
        pytest.param("2026-12-01T02:00", "2026-12-01 02:00 CET", id="ISO with a T"),
        pytest.param("2025-12-01 02:00", "2025-12-01 02:00 CET", id="past, for others to refuse"),
        pytest.param("1.12. 02:00", "2026-12-01 02:00 CET", id="day and month"),
        pytest.param("1.12 2:00", "2026-12-01 02:00 CET", id="without the last dot"),
        pytest.param("01.12.2026, 02:00", "2026-12-01 02:00 CET", id="with the year"),
        pytest.param("1.2. 02:00", "2026-02-01 02:00 CET", id="just passed"),
        pytest.param("5.1. 02:00", "2027-01-05 02:00 CET", id="long passed"),
        pytest.param("13/12 02:00", "2026-12-13 02:00 CET", id="day first"),
        pytest.param("12/13 02:00", "2026-12-13 02:00 CET", id="month first"),
        pytest.param("5/5/2026 02:00", "2026-05-05 02:00 CEST", id="both the same"),
        pytest.param("15:04", "2026-03-25 15:04 CET", id="later today"),
        pytest.param("15:03", "2026-03-26 15:03 CET", id="earlier today is tomorrow"),
        pytest.param("3 pm", "2026-03-26 15:00 CET", id="pm"),
        pytest.param("3:30P.M.", "2026-03-25 15:30 CET", id="p.m."),
        pytest.param("12 am", "2026-03-26 00:00 CET", id="midnight"),
        pytest.param("12:30pm", "2026-03-26 12:30 CET", id="after noon"),
        pytest.param("sat 02:00", "2026-03-28 02:00 CET", id="weekday"),
        pytest.param("Saturday at 02:00", "2026-03-28 02:00 CET", id="weekday in full"),
        pytest.param("SABATO 02:00", "2026-03-28 02:00 CET", id="in the operator's language"),
        pytest.param("venerdi 02:00", "2026-03-27 02:00 CET", id="without its accent"),
        pytest.param("mer. 16:00", "2026-03-25 16:00 CET", id="today's weekday, later"),
        pytest.param("mer 15:00", "2026-04-01 15:00 CEST", id="today's weekday, earlier"),
        pytest.param("tomorrow 02:00", "2026-03-26 02:00 CET", id="tomorrow"),
        pytest.param("oggi 22:00", "2026-03-25 22:00 CET", id="today"),
        pytest.param("today 02:00", "2026-03-25 02:00 CET", id="today, earlier"),
        pytest.param("in 2h", "2026-03-25 17:04 CET", id="in two hours, to the minute"),
        pytest.param("IN 1d12h", "2026-03-27 03:04 CET", id="in a day and a half"),
        pytest.param("in 4d", "2026-03-29 16:04 CEST", id="hours as they pass, not as clocks show"),
        pytest.param("٠٢:٠٠", "2026-03-26 02:00 CET", id="Arabic digits"),
    ],
)
def test_a_moment_is_read(text: str, moment: str) -> None:
    assert local(text) == moment


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "mañana 02:00"),
        ("es", "manana 02:00"),
        ("fr", "demain 02:00"),
        ("de", "morgen 02:00"),
        ("de", "Do 02:00"),
        ("ar", "غدا 02:00"),
        ("ar", "الخميس ٠٢:٠٠"),
        ("pt-BR", "quinta-feira 02:00"),
        ("he", "יום חמישי 02:00"),
        ("ja", "木 02:00"),
        ("xx", "thursday 02:00"),
    ],
)
def test_days_have_the_names_of_the_operators_language(language: str, text: str) -> None:
    assert local(text, language=language) == "2026-03-26 02:00 CET"


@pytest.mark.parametrize(
    ("text", "starts", "ends", "rest"),
    [
        pytest.param("sat 02:00 - 04:00 major", (28, 2, 0), (28, 4, 0), "major", id="dash"),
        pytest.param("sat 02:00-04:00", (28, 2, 0), (28, 4, 0), "", id="dash without spaces"),
        pytest.param("sat 02:00 – sun 05:00 x", (28, 2, 0), (29, 5, 0), "x", id="long dash, day"),
        pytest.param("23:00 to 01:00", (25, 23, 0), (26, 1, 0), "", id="over midnight"),
        pytest.param("fri 22:00 until 28.3. 06:00", (27, 22, 0), (28, 6, 0), "", id="until a day"),
        pytest.param("sat 02:00 for 2h Ciao a tutti", (28, 2, 0), (28, 4, 0), "Ciao a tutti", id="for"),
        pytest.param("sat 02:00 +90m", (28, 2, 0), (28, 3, 30), "", id="plus"),
        pytest.param("sat 02:00, for 1 h 30 m\nciao", (28, 2, 0), (28, 3, 30), "ciao", id="with spaces"),
        pytest.param("sun 01:00 for 2h", (29, 1, 0), (29, 4, 0), "", id="over the hour that is left out"),
    ],
)
def test_a_window_is_read_and_the_rest_left(
    text: str, starts: tuple[int, int, int], ends: tuple[int, int, int], rest: str
) -> None:
    expected = Window(starts=datetime(2026, 3, *starts, tzinfo=ROME), ends=datetime(2026, 3, *ends, tzinfo=ROME))
    assert take_window(text, here()) == (expected, rest)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("", "expected when, such as 2026-12-01 02:00, sat 02:00, 02:00 or in 2h.", id="nothing"),
        pytest.param(
            "soon", "expected when, such as 2026-12-01 02:00, sat 02:00, 02:00 or in 2h, not 'soon'.", id="no moment"
        ),
        pytest.param(
            "01/12 02:00 +1h", "01/12 may have the day or the month first; write 1.12. or 12.1.", id="slashes"
        ),
        pytest.param("31.2. 02:00 +1h", "there is no day '31.2.'.", id="no such day"),
        pytest.param("2026-13-01 02:00 +1h", "there is no day '2026-13-01'.", id="no such month"),
        pytest.param("24:00 +1h", "there is no time '24:00'.", id="no such time"),
        pytest.param("13 pm +1h", "there is no time '13 pm'.", id="no such half-day"),
        pytest.param("saturday", "at what time on 'saturday'? Such as 02:00.", id="no time"),
        pytest.param("sat - sun", "at what time on 'sat'? Such as 02:00, not '- sun'.", id="days only"),
        pytest.param("02:00", "expected until when, such as - 04:00 or for 2h.", id="no end"),
        pytest.param(
            "02:00 for ever", "expected until when, such as - 04:00 or for 2h, not 'for ever'.", id="no length"
        ),
        pytest.param("02:00 GMT - 04:00", "times are those of Europe/Rome; leave out GMT.", id="zone"),
        pytest.param("in 999999d +1h", "expected how long, such as 30m, 2h or 1d, not '999999d'.", id="too far"),
        pytest.param("02:00 for 0h", "expected how long, such as 30m, 2h or 1d, not '0h'.", id="no time at all"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, answer: str) -> None:
    assert refused(text) == answer


# --- when clocks change ---


def test_an_hour_that_is_left_out_is_refused_with_the_next_that_is_not() -> None:
    answer = (
        "02:30 does not exist on 2026-03-29 in Europe/Rome: clocks go forward. The next that does is 2026-03-29 03:00."
    )
    assert refused("sun 02:30 for 1h") == answer
    assert refused("29.3. 02:30 for 1h") == answer
    assert refused("sat 23:00 - 02:30") == answer


def test_a_time_that_is_missing_on_another_day_is_none_of_our_business() -> None:
    assert local("02:30", datetime(2026, 3, 28, 0, 0, tzinfo=UTC)) == "2026-03-28 02:30 CET"
    assert local("02:30", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)) == "2026-03-30 02:30 CEST"


def test_of_an_hour_that_comes_twice_the_first_is_meant_while_it_lies_ahead() -> None:
    assert local("sun 02:30", AUTUMN) == "2026-10-25 02:30 CEST"
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert local("02:30", between) == "2026-10-25 02:30 CET"
    window, _ = take_window("02:40 - 02:30", here(datetime(2026, 10, 25, 0, 10, tzinfo=UTC)))
    assert window.length == timedelta(minutes=50), "the first 02:40 to the second 02:30"


INSTANTS = st.integers(0, 15 * 366 * 86_400).map(lambda at: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=at))
ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"]


@given(at=INSTANTS, zone=st.sampled_from(ZONES))
def test_every_instant_is_found_by_what_clocks_show_then(at: datetime, zone: str) -> None:
    assert at in instants(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), ZoneInfo(zone))


# --- all the rest ---


def understood(text: str, now: datetime, *, language: str = "it") -> tuple[datetime, str] | str:
    """The moment and what follows it, or why it is refused."""
    try:
        return take_moment(text, here(now, language=language))
    except CommandError as error:
        return str(error)


@given(now=INSTANTS, day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), hour=st.integers(0, 23))
def test_what_is_written_in_full_is_that_very_time(now: datetime, day: date, hour: int) -> None:
    wanted = datetime.combine(day, time(hour, 30))
    found = understood(f"{wanted:%Y-%m-%d %H:%M} x", now)
    if isinstance(found, str):
        assert "does not exist" in found
    else:
        assert (found[0].astimezone(ROME).replace(tzinfo=None), found[1]) == (wanted, " x")


@given(now=INSTANTS, hour=st.integers(0, 23), minute=st.integers(0, 59), day=st.sampled_from(["", "sat ", "lunedì "]))
def test_what_is_next_lies_ahead_and_not_far(now: datetime, hour: int, minute: int, day: str) -> None:
    found = understood(f"{day}{hour}:{minute:02}", now)
    if isinstance(found, str):
        assert "does not exist" in found
    else:
        assert now < found[0] <= now + timedelta(days=8 if day else 1, hours=1)


PIECES = st.sampled_from(
    [
        "02:00",
        "2026-12-01",
        "1.12.",
        "12/13",
        "sat",
        "in",
        "2h",
        "999999d",
        "-",
        "for",
        "+1h",
        "am",
        "٣",
        "²",
        "to",
        "x",
    ]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=3)).map(" ".join), INSTANTS, st.sampled_from(["it", "he", "xx"]))
@example("in ²h", NOW, "it")
@example("2099-12-31 23:59", NOW, "it")
def test_any_text_is_a_moment_or_refused_in_words(text: str, now: datetime, language: str) -> None:
    found = understood(text, now, language=language)
    if isinstance(found, str):
        assert found
    else:
        assert found[0].tzinfo is UTC
        assert text.endswith(found[1])


@given(st.lists(PIECES).map(" ".join), INSTANTS)
def test_any_pieces_are_a_window_or_refused_in_words(text: str, now: datetime) -> None:
    try:
        window, rest = take_window(text, here(now))
    except CommandError:
        return
    assert window.starts.tzinfo is window.ends.tzinfo is UTC
    assert text.endswith(rest)


@pytest.mark.parametrize(
    ("starts", "length", "answer"),
    [
        pytest.param(timedelta(), timedelta(hours=1), "begins in the past", id="now"),
        pytest.param(timedelta(days=367), timedelta(hours=1), "more than a year", id="next year"),
        pytest.param(timedelta(hours=1), timedelta(), "ends before it begins", id="nothing"),
        pytest.param(timedelta(hours=1), timedelta(hours=-1), "ends before it begins", id="backwards"),
        pytest.param(timedelta(hours=1), LONGEST + timedelta(minutes=1), "longer than 30 days", id="too long"),
    ],
)
def test_an_impossible_window_is_refused(starts: timedelta, length: timedelta, answer: str) -> None:
    window = Window(starts=NOW + starts, ends=NOW + starts + length)
    with pytest.raises(CommandError, match=answer):
        refuse(window, now=NOW)


def test_a_possible_window_is_not() -> None:
    refuse(Window(starts=NOW + timedelta(minutes=1), ends=NOW + LONGEST), now=NOW)


def test_names_are_compared_without_what_phones_leave_out() -> None:
    assert folded(" Aujourd’hui ") == "aujourd'hui"
    assert folded("MIÉ") == "mie"
