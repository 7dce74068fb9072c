"""The small words of times in the languages that operators are answered in. CLDR has none of them.

Where a language puts such words behind (Turkish, Japanese, Chinese), the signs do: ``02:00 + 2h``, ``02:00 - 04:00``.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.joints import ENGLISH, Joints

_JOINTS: Mapping[str, Joints] = {
    "ar": Joints(
        ahead=("بعد", "خلال"),
        at=("الساعة", "في", "في الساعة"),
        lasting=("لمدة",),
        until=("حتى", "إلى"),
        week=("كل أسبوع",),
        two_weeks=("كل أسبوعين",),
        month=("كل شهر",),
    ),
    "de": Joints(
        at=("um",),
        lasting=("für",),
        until=("bis",),
        week=("jede woche",),
        two_weeks=("alle zwei wochen", "alle 2 wochen"),
        month=("jeden monat",),
    ),
    "es": Joints(
        ahead=("en", "dentro de"),
        at=("a las", "a la"),
        lasting=("durante", "por"),
        until=("hasta", "hasta las"),
        week=("cada semana",),
        two_weeks=("cada dos semanas", "cada 2 semanas"),
        month=("cada mes",),
    ),
    "fr": Joints(
        ahead=("dans",),
        at=("à",),
        lasting=("pendant", "pour"),
        until=("jusqu'à", "jusqu’à"),
        week=("chaque semaine", "toutes les semaines"),
        two_weeks=("toutes les deux semaines", "toutes les 2 semaines"),
        month=("chaque mois", "tous les mois"),
    ),
    "it": Joints(
        ahead=("fra", "tra"),
        at=("alle", "ore", "alle ore"),
        lasting=("per",),
        until=("fino a", "fino alle"),
        week=("ogni settimana",),
        two_weeks=("ogni due settimane", "ogni 2 settimane"),
        month=("ogni mese",),
    ),
    "ja": Joints(week=("毎週",), two_weeks=("隔週", "2週間ごと"), month=("毎月",)),
    "nl": Joints(
        ahead=("over",),
        at=("om",),
        lasting=("gedurende", "voor"),
        until=("tot",),
        week=("elke week",),
        two_weeks=("elke twee weken", "elke 2 weken"),
        month=("elke maand",),
    ),
    "pl": Joints(
        ahead=("za",),
        at=("o",),
        lasting=("na", "przez"),
        until=("do",),
        week=("co tydzień",),
        two_weeks=("co dwa tygodnie", "co 2 tygodnie"),
        month=("co miesiąc",),
    ),
    "pt": Joints(
        ahead=("em", "daqui a"),
        at=("às",),
        lasting=("durante", "por"),
        until=("até", "até às"),
        week=("toda semana", "todas as semanas"),
        two_weeks=("a cada duas semanas", "a cada 2 semanas"),
        month=("todo mês", "todos os meses"),
    ),
    "ru": Joints(
        ahead=("через",),
        at=("в",),
        lasting=("на",),
        until=("до",),
        week=("каждую неделю",),
        two_weeks=("каждые две недели", "каждые 2 недели"),
        month=("каждый месяц",),
    ),
    "tr": Joints(at=("saat",), week=("her hafta",), two_weeks=("iki haftada bir", "2 haftada bir"), month=("her ay",)),
    "uk": Joints(
        ahead=("через", "за"),
        at=("о", "об"),
        lasting=("на",),
        until=("до",),
        week=("щотижня",),
        two_weeks=("кожні два тижні", "кожні 2 тижні"),
        month=("щомісяця",),
    ),
    "zh": Joints(week=("每周",), two_weeks=("每两周", "每2周"), month=("每月",)),
}


def joints_of(tag: str) -> Joints:
    """Those of a language besides the English ones; none for a language that is not here."""
    return _JOINTS.get(tag.partition("-")[0].lower(), ENGLISH)
