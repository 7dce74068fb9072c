"""Times, durations and lists as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.languages.shop import LANGUAGES, catalogue, without_isolates

ROME = ZoneInfo("Europe/Rome")

# fmt: off
DURATIONS = {
    "en": ["less than a minute", "1 min", "2 min", "59 min", "1 h", "1 h 1 min", "1 h 20 min", "11 h 11 min", "1 day",
           "2 days 3 h", "100 days"],
    "it": ["meno di un minuto", "1 min", "2 min", "59 min", "1 h", "1 h 1 min", "1 h 20 min", "11 h 11 min", "1 giorno",
           "2 giorni 3 h", "100 giorni"],
    "es": ["menos de un minuto", "1 min", "2 min", "59 min", "1 h", "1 h 1 min", "1 h 20 min", "11 h 11 min", "1 día",
           "2 días 3 h", "100 días"],
    "fr": ["moins d’une minute", "1 min", "2 min", "59 min", "1 h", "1 h 1 min", "1 h 20 min", "11 h 11 min", "1 jour",
           "2 jours 3 h", "100 jours"],
    "de": ["weniger als eine Minute", "1 min", "2 min", "59 min", "1 h", "1 h 1 min", "1 h 20 min", "11 h 11 min",
           "1 Tag", "2 Tage 3 h", "100 Tage"],
    "ar": ["أقل من دقيقة", "دقيقة", "دقيقتين", "59 دقيقة", "ساعة", "ساعة ودقيقة", "ساعة و20 دقيقة",
           "11 ساعة و11 دقيقة", "يوم", "يومين و3 ساعات", "100 يوم"],
}
# fmt: on
LENGTHS = [
    timedelta(seconds=59),
    timedelta(seconds=119),
    timedelta(minutes=2),
    timedelta(minutes=59, seconds=59),
    timedelta(hours=1),
    timedelta(hours=1, minutes=1),
    timedelta(hours=1, minutes=20),
    timedelta(hours=11, minutes=11),
    timedelta(days=1, minutes=30),
    timedelta(days=2, hours=3, minutes=59),
    timedelta(days=100),
]


@pytest.mark.parametrize("language", DURATIONS)
def test_durations_are_written_as_the_language_does(language: str) -> None:
    moments = catalogue(language).moments(language)
    assert [moments.duration(length).replace("\u00a0", " ") for length in LENGTHS] == DURATIONS[language]


@settings(deadline=None)
@given(st.sampled_from(LANGUAGES), st.timedeltas(timedelta(), timedelta(days=4000)))
def test_any_duration_can_be_written(language: str, length: timedelta) -> None:
    written = catalogue(language).moments(language).duration(length)
    assert written
    assert "duration" not in written  # what CLDR's own units print in some languages


def test_an_end_before_the_beginning_is_no_duration() -> None:
    assert catalogue("en").moments("en").duration(timedelta(hours=-1)) == "less than a minute"


MORNING = datetime(2025, 12, 1, 0, 5, tzinfo=UTC)  # the first, and in Rome one o'clock: both bend words


@pytest.mark.parametrize(
    ("language", "morning", "afternoon"),
    [
        ("en", "December 1 at 1:05 AM CET", "July 11 at 4:00 PM CEST"),
        ("en-GB", "1 December at 01:05 CET", "11 July at 16:00 CEST"),
        ("it", "ore 01:05 (CET) di lunedì 1 dicembre", "ore 16:00 (CEST) di venerdì 11 luglio"),
        ("es", "lunes 1 de diciembre a la 1:05 (CET)", "viernes 11 de julio a las 16:00 (CEST)"),
        ("es-MX", "lunes 1 de diciembre a la 1:05 a.m. (CET)", "viernes 11 de julio a las 4:00 p.m. (CEST)"),
        ("fr", "lundi 1er décembre à 1 h 05 (CET)", "vendredi 11 juillet à 16 h (CEST)"),
        ("de", "Montag, 1. Dezember, 01:05 Uhr (MEZ)", "Freitag, 11. Juli, 16:00 Uhr (MESZ)"),
        ("ar", "يوم الاثنين 1 ديسمبر الساعة 1:05 ص بتوقيت روما", "يوم الجمعة 11 يوليو الساعة 4:00 م بتوقيت روما"),
        ("ar-EG", "يوم الاثنين ١ ديسمبر الساعة ١:٠٥ ص بتوقيت روما", "يوم الجمعة ١١ يوليو الساعة ٤:٠٠ م بتوقيت روما"),
    ],
)
def test_an_instant_has_its_day_and_zone(language: str, morning: str, afternoon: str) -> None:
    moments = catalogue(language).moments(language)
    written = [moments.moment(at, ROME) for at in (MORNING, datetime(2025, 7, 11, 14, 0, tzinfo=UTC))]
    assert [text.replace("\u202f", " ").replace("\u00a0", " ") for text in written] == [morning, afternoon]


@pytest.mark.parametrize(
    ("zone", "english", "french", "arabic"),
    [
        ("UTC", "UTC", "(UTC)", "بتوقيت غرينتش"),
        ("Etc/UTC", "UTC", "(UTC)", "بتوقيت غرينتش"),
        ("Europe/London", "GMT", "(GMT)", "بتوقيت لندن"),
        ("America/New_York", "EST", "(EST)", "بتوقيت نيويورك"),
        ("Asia/Dubai", "GMT+4", "(UTC+4)", "بتوقيت دبي"),
        ("Asia/Kathmandu", "GMT+5:45", "(UTC+5:45)", "بتوقيت كاتماندو"),
        ("America/Argentina/Buenos_Aires", "GMT-3", "(UTC-3)", "بتوقيت بوينوس أيرس"),
        ("Europe/Kyiv", "EET", "(EET)", "بتوقيت كييف"),
        ("Etc/GMT-4", "GMT+4", "(UTC+4)", "بتوقيت غرينتش+4"),
    ],
)
def test_a_zone_is_called_what_people_call_it(zone: str, english: str, french: str, arabic: str) -> None:
    endings = {"en": english, "fr": french, "ar": arabic}
    for language, ending in endings.items():
        assert without_isolates(catalogue(language).moments(language).moment(MORNING, ZoneInfo(zone))).endswith(
            f" {ending}"
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_zone_is_unknown_or_nameless(language: str) -> None:
    moments = catalogue(language).moments(language)
    for zone in ("UTC", "Etc/UTC", "GMT", "Europe/Rome", "Africa/Cairo", "Asia/Kolkata", "Pacific/Chatham", "Egypt"):
        written = moments.moment(MORNING, ZoneInfo(zone))
        unknown = moments.locale.territories["ZZ"]
        assert unknown.casefold() not in written.casefold()
        assert "()" not in written


@pytest.mark.parametrize(
    ("language", "one_day", "days", "unbounded"),
    [
        (
            "en",
            "on Monday, December 1, from 1:05 AM to 3:00 AM CET",
            "from December 1 at 1:05 AM CET to December 2 at 1:05 AM CET",
            "from December 1 at 1:05 AM CET",
        ),
        (
            "it",
            "lunedì 1 dicembre, dalle ore 01:05 alle ore 03:00 (CET)",
            "dalle ore 01:05 (CET) di lunedì 1 dicembre alle ore 01:05 (CET) di martedì 2 dicembre",
            "a partire dalle ore 01:05 (CET) di lunedì 1 dicembre",
        ),
        (
            "fr",
            "le lundi 1er décembre, de 1 h 05 à 3 h (CET)",
            "du lundi 1er décembre à 1 h 05 (CET) au mardi 2 décembre à 1 h 05 (CET)",
            "à partir du lundi 1er décembre à 1 h 05 (CET)",
        ),
        (
            "de",
            "am Montag, 1. Dezember, von 01:05 bis 03:00 Uhr (MEZ)",
            "von Montag, 1. Dezember, 01:05 Uhr (MEZ) bis Dienstag, 2. Dezember, 01:05 Uhr (MEZ)",
            "ab Montag, 1. Dezember, 01:05 Uhr (MEZ)",
        ),
        (
            "es",
            "el lunes 1 de diciembre, de 1:05 a 3:00 (CET)",
            "desde el lunes 1 de diciembre a la 1:05 (CET) hasta el martes 2 de diciembre a la 1:05 (CET)",
            "a partir del lunes 1 de diciembre a la 1:05 (CET)",
        ),
        (
            "ar",
            "يوم الاثنين 1 ديسمبر من الساعة 1:05 ص إلى الساعة 3:00 ص بتوقيت روما",
            "من يوم الاثنين 1 ديسمبر الساعة 1:05 ص بتوقيت روما إلى يوم الثلاثاء 2 ديسمبر الساعة 1:05 ص بتوقيت روما",
            "ابتداءً من يوم الاثنين 1 ديسمبر الساعة 1:05 ص بتوقيت روما",
        ),
    ],
)
def test_a_window_names_its_day_once(language: str, one_day: str, days: str, unbounded: str) -> None:
    moments = catalogue(language).moments(language)
    ends = (datetime(2025, 12, 1, 2, 0, tzinfo=UTC), MORNING + timedelta(days=1), None)
    written = [moments.window(MORNING, end, ROME).replace("\u202f", " ").replace("\u00a0", " ") for end in ends]
    assert written == [one_day, days, unbounded]


def test_a_window_over_a_change_of_clocks_keeps_both_zones() -> None:
    start = datetime(2025, 10, 25, 22, 0, tzinfo=UTC)
    written = catalogue("de").moments("de").window(start, start + timedelta(hours=26), ROME)
    assert written == "von Sonntag, 26. Oktober, 00:00 Uhr (MESZ) bis Montag, 27. Oktober, 01:00 Uhr (MEZ)"


@pytest.mark.parametrize(
    ("language", "listed"),
    [("en", "A, B, and C"), ("it", "A, B e C"), ("es", "A, B y C"), ("fr", "A, B et C"), ("de", "A, B und C"),
     ("ar", "A وB وC")],
)  # fmt: skip
def test_names_are_listed_in_words(language: str, listed: str) -> None:
    assert without_isolates(catalogue(language).moments(language).listing(["A", "B", "C"])) == listed


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (["ร้านค้าออนไลน์", "WhatsApp"], "ร้านค้าออนไลน์และ WhatsApp"),
        (["WhatsApp", "ร้านค้าออนไลน์"], "WhatsApp และร้านค้าออนไลน์"),
        (["A", "B"], "A และ B"),
        (["A", "B", "C"], "A, B และ C"),
        (["ร้านค้าออนไลน์", "แอป", "WhatsApp 2"], "ร้านค้าออนไลน์, แอป และ WhatsApp 2"),
        (["ร้านค้าออนไลน์", "แอป"], "ร้านค้าออนไลน์และแอป"),
        (["ร้านLINE"], "ร้านLINE"),
    ],
)
def test_thai_names_are_told_apart_and_stand_off_from_other_letters(names: list[str], listed: str) -> None:
    assert catalogue("th").moments("th").listing(names) == listed
