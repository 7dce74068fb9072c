"""Turns facts into one notice with the sentences of one language. Chooses no language: that is ``catalogue``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.facts import Facts
from bot.domain.model import Impact, Notice, Occasion
from bot.domain.stated import Stated
from bot.errors import CatalogueError, Problem
from bot.languages.length import excess
from bot.languages.markdown import escape, link
from bot.languages.moments import Moments
from bot.languages.naming import names
from bot.languages.numbers import isolate_numbers
from bot.languages.samples import samples
from bot.languages.sentences import Sentences
from bot.languages.text import clean, isolate, one_line, printable

_Values = dict[str, str]


def write(facts: Facts, language: str, moments: Moments, *, own: bool) -> Notice:
    """The notice. own: the words are in the language asked for, so the company's own may stand beside them.

    Raises CatalogueError when there are no words for it, or they go wrong on these facts.
    """
    sentences = moments.sentences
    situation = {"kind": facts.kind.value, "status": facts.status.value, "impact": facts.impact.value}
    plain = situation | _story(facts, moments)
    text = printable(facts.text or "").strip() if own else ""
    return Notice(
        language=language,
        lang=sentences.tag,
        direction=sentences.direction,
        status=facts.status,
        impact=facts.impact,
        state=one_line(sentences.say(sentences.find(names(facts), "state"), plain)),
        title=one_line(sentences.say(sentences.find(names(facts), "title"), plain)),
        body="\n\n".join(filter(None, [text or _body(facts, sentences, plain, situation), _promise(facts, moments)])),
        instead=_instead(facts, moments, situation) if own else None,
        more=link(one_line(sentences.say("more", situation)), facts.url),
        url=facts.url,
        moments=_stated(facts, moments, plain),
    )


def _stated(facts: Facts, moments: Moments, plain: _Values) -> tuple[Stated, ...]:
    """Where sentences with these values name instants; each word for one only once."""
    starts, ends = facts.scheduled_for, facts.scheduled_until
    named = {"since": facts.started_at, "at": facts.at, "starts": starts, "ends": ends}
    found = {plain[name]: Stated(text=plain[name], at=at) for name, at in named.items() if at}
    if facts.promised_at is not None:
        promised = moments.moment(facts.promised_at, ZoneInfo(facts.timezone))
        found.setdefault(promised, Stated(text=promised, at=facts.promised_at))
    if not starts or not ends:
        return tuple(found.values())
    zone, window = ZoneInfo(facts.timezone), plain["window"]
    in_parts = [
        at
        for name, at in (("starts", starts), ("ends", ends))
        if moments.one_day(starts, ends, zone) or plain[name] not in window
    ]
    return (*found.values(), *moments.clocks_in(window, in_parts, zone))


def _body(facts: Facts, sentences: Sentences, plain: _Values, situation: _Values) -> str:
    """A correction says what is right in the words the update would have had without it."""
    values = {name: escape(value) for name, value in plain.items()} | situation
    if facts.occasion is Occasion.CORRECTION:
        values["body"] = _body(replace(facts, occasion=None), sentences, plain, situation)
    return _paragraphs(sentences.say(sentences.find(names(facts), "body"), values))


def _promise(facts: Facts, moments: Moments) -> str:
    """The last paragraph: by when there will be more news; "" when that is not said."""
    return promise(facts.promised_at, moments, ZoneInfo(facts.timezone)) if facts.promised_at is not None else ""


def promise(at: datetime, moments: Moments, zone: ZoneInfo) -> str:
    """By when there will be more news, as one paragraph of Markdown."""
    return one_line(moments.sentences.say("promise", {"promised": escape(moments.moment(at, zone))}))


def _story(facts: Facts, moments: Moments) -> _Values:
    """What templates may use, as plain text; "" for what is not known."""
    zone = ZoneInfo(facts.timezone)
    company = clean(facts.company)
    names = [clean(name) for name in facts.components]
    starts, ends = facts.scheduled_for, facts.scheduled_until
    return {
        "company": isolate(company, moments.sentences.direction),
        "upstream": isolate(clean(facts.upstream or ""), moments.sentences.direction),
        "components": moments.listing([name for name in names if name] or [company]),
        "since": (since := moments.moment(facts.started_at, zone)),
        "at": since if facts.at == facts.started_at else moments.moment(facts.at, zone),
        "duration": moments.duration(facts.at - facts.started_at),
        "window": moments.window(starts, ends, zone) if starts else "",
        "starts": moments.moment(starts, zone) if starts else "",
        "ends": moments.moment(ends, zone) if ends else "",
    }


def _instead(facts: Facts, moments: Moments, situation: _Values) -> str | None:
    """One way stands alone, several are a list with a few words before it.

    Once all is over there is no "meanwhile", and where nobody feels anything nobody needs another way.
    """
    over = facts.status.ends or facts.occasion is Occasion.RETRACTION
    unfelt = not facts.kind.planned and facts.impact is Impact.NONE
    direction = moments.sentences.direction
    ways = list(
        dict.fromkeys(isolate_numbers(way, direction) for line in facts.instead if (way := printable(line).strip()))
    )
    if over or unfelt or not ways:
        return None
    if len(ways) == 1:
        return ways[0]
    lead = moments.sentences.say("instead", situation)
    return "\n".join([lead, "", *("- " + way.replace("\n", "\n  ") for way in ways)])


def _paragraphs(text: str) -> str:
    """Paragraphs a blank line apart; other line ends are only how the template is laid out."""
    return "\n\n".join(one_line(paragraph) for paragraph in re.split(r"\n[ \t]*\n", text) if paragraph.strip())


def prove(moments: Moments) -> list[Problem]:
    """Writes every notice with sample facts; what goes wrong, comes out empty or is too long."""
    problems: dict[Problem, None] = {}
    for facts in samples(moments.sentences.components):
        try:
            notice = write(facts, moments.sentences.tag, moments, own=True)
        except CatalogueError as error:
            problems.update(dict.fromkeys(error.problems))
        else:
            problems.update(dict.fromkeys(_flaws(facts, notice, moments.sentences)))
    return list(problems)


def _flaws(facts: Facts, notice: Notice, sentences: Sentences) -> Iterator[Problem]:
    for part, text in (("state", notice.state), ("title", notice.title), ("body", notice.body)):
        if not text:
            yield sentences.problem(sentences.find(names(facts), part), "says nothing")
    if too_long := excess(notice):
        yield sentences.problem(sentences.find(names(facts), "body"), f"{too_long} characters too long")
