"""What somebody reads who got config.yaml wrong: one line for each problem, with its place, and never a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.config.file import load
from bot.errors import ConfigError
from tests.config.files import BASE, loaded, refused

SECRET = "hunter2-and-more"

ADDED = {
    "a reminder without its unit": (
        "maintenance: {remind: 24, complete: ask}",
        "config.yaml:7: maintenance.remind: expected a duration such as 90s, 10m, 1h30m or 2d, found '24'",
    ),
    "an end that nobody knows": (
        "maintenance: {complete: never}",
        "config.yaml:7: maintenance.complete: expected one of 'automatically' or 'ask', found 'never'",
    ),
    "an accent that not everybody can read names the nearest that they can": (
        'channels: {website: {accent: "#0a7", accent_dark: "#1d4f91"}}',
        "config.yaml:7: channels.website.accent: expected a contrast of 4.5 to #f6f5f2 and #ffffff (WCAG AA), "
        "found '#0a7' with 2.7; #008059 has it",
        "config.yaml:7: channels.website.accent_dark: expected a contrast of 4.5 to #12151a and #1a1f26 (WCAG AA), "
        "found '#1d4f91' with 2; #6889b5 has it",
    ),
    "a colour that is none": (
        "channels: {website: {accent: teal}}",
        "config.yaml:7: channels.website.accent: expected a colour such as #0a7 or #00aa77, found 'teal'",
    ),
    "a site that may frame ours, with a path": (
        "channels: {website: {frame_ancestors: ['https://shop.example/help']}}",
        "config.yaml:7: channels.website.frame_ancestors[0]: expected self, or an origin such as "
        "https://shop.example, found 'https://shop.example/help'",
    ),
    "a font that is not everywhere": (
        "channels: {website: {font: comic}}",
        "config.yaml:7: channels.website.font: expected one of 'system', 'humanist', 'rounded' or 'serif', "
        "found 'comic'",
    ),
    "a misspelt key names the nearest": (
        "listn: 127.0.0.1:8080",
        "config.yaml:7: listn: expected one of channels, company, components, database, flapping, heartbeat, "
        "languages, listen, listen_internal, maintenance, operators, public_url, rules, sources, storm, templates, "
        "timezone, translate; "
        "found an unknown key "
        "(did you mean 'listen'?)",
    ),
    "a misspelt key deep inside": (
        "channels:\n  telegram:\n    chats:\n      - {chat: '@bottega', language: en}\n"
        "      - chat: '@bottega_it'\n        langage: it",
        "config.yaml:11: channels.telegram.chats[1].language: expected a language tag such as it or pt-BR, "
        "found nothing",
        "config.yaml:12: channels.telegram.chats[1].langage: expected one of chat, language, pin, silent, topic; "
        "found an unknown key (did you mean 'language'?)",
    ),
    "a channel nobody knows": (
        "channels: {pigeon: {}}",
        "config.yaml:7: channels.pigeon: expected one of feed, telegram, website; found an unknown key",
    ),
    "an unknown key with nothing after it": (
        "channels:\n  feed:\n    itmes:",
        "config.yaml:9: channels.feed.itmes: expected one of hub, items; found an unknown key (did you mean 'items'?)",
    ),
    "a list where a section belongs": (
        "sources: []",
        "config.yaml:7: sources: expected a section of keys, found an empty list",
    ),
    "text where a section belongs is not repeated": (
        f"sources:\n  generic: {SECRET}",
        "config.yaml:8: sources.generic: expected a section of keys, found text",
    ),
    "text where a list belongs": ("rules: none", "config.yaml:7: rules: expected a list, found text"),
    "nothing where a rule belongs": (
        "rules:\n  -",
        "config.yaml:8: rules[0]: expected a section of keys, found nothing",
    ),
    "a word that is not among the choices": (
        "rules: [{match: {}, component: shop, publish: sometimes}]",
        "config.yaml:7: rules[0].publish: expected one of 'automatically', 'after_approval' or 'never', "
        "found 'sometimes'",
    ),
    "yes is not true": (
        "sources: {generic: {type: generic, insecure: yes}}",
        "config.yaml:7: sources.generic.insecure: expected true or false, found 'yes'",
    ),
    "text where a number belongs": (
        "channels: {feed: {items: many}}",
        "config.yaml:7: channels.feed.items: expected a whole number, found 'many'",
    ),
    "a number too small": (
        "channels: {feed: {items: 0}, website: {past: 201}}",
        "config.yaml:7: channels.feed.items: expected at least 1, found '0'",
        "config.yaml:7: channels.website.past: expected at most 200, found '201'",
    ),
    "a duration without a unit": (
        "rules: [{match: {}, component: shop, deadline: 12:30}]",
        "config.yaml:7: rules[0].deadline: expected a duration such as 90s, 10m, 1h30m or 2d, found '12:30'",
    ),
    "a duration of nothing": (
        "rules: [{match: {}, component: shop, deadline: 0s}]",
        "config.yaml:7: rules[0].deadline: expected a duration above 0s, found '0s'",
    ),
    "a regular expression that is none": (
        'rules: [{match: {labels: {service: {regex: "("}}}, component: shop}]',
        "config.yaml:7: rules[0].match.labels.service.regex: expected a regular expression "
        "('missing ), unterminated subpattern at position 0'), found '('",
    ),
    "a label that is neither text nor regex": (
        "rules: [{match: {labels: {service: [shop]}}, component: shop}]",
        "config.yaml:7: rules[0].match.labels.service: expected text or a section of keys, found a list",
    ),
    "a port beyond the last": (
        "listen: 127.0.0.1:65536",
        "config.yaml:7: listen: expected a port from 0 to 65535, found '127.0.0.1:65536'",
    ),
    "a host with a part that is too long for any name": (
        f"channels: {{feed: {{hub: https://{'a' * 64}.example/}}}}",
        "config.yaml:7: channels.feed.hub: expected a web address such as https://shop.example, "
        f"found 'https://{'a' * 52}…'",
    ),
    "a host with an empty part": (
        "heartbeat: {url: https://ping..example/}",
        "config.yaml:7: heartbeat.url: expected a web address such as https://shop.example, "
        "found 'https://ping..example/'",
    ),
    "an address of version 6 that is none": (
        "sources: {shop: {type: statuspage_feed, name: Shop, url: 'http://[::1'}}",
        "config.yaml:7: sources.shop.url: expected a web address such as https://shop.example, found 'http://[::1'",
    ),
    "a hub with a user name": (
        "channels: {feed: {hub: 'https://bot@hub.example/'}}",
        "config.yaml:7: channels.feed.hub: expected a web address without a user name and a password, "
        "because it is published, found 'https://***@hub.example/'",
    ),
    "a hub with a password, which every feed would show; it is not repeated": (
        f"channels: {{feed: {{hub: 'https://bot:{SECRET}@hub.example/'}}}}",
        "config.yaml:7: channels.feed.hub: expected a web address without a user name and a password, "
        "because it is published, found 'https://***@hub.example/'",
    ),
    "a database nobody drives; its password is not repeated": (
        f"database: mysql://bot:{SECRET}@db/notices",
        "config.yaml:7: database: expected sqlite:///path/to/file.db or postgresql://user:password@host/name, "
        "found 'mysql://***@db/notices'",
    ),
    "a name that cannot be part of an address": (
        "sources: {My Monitor: {type: generic, insecure: true}}",
        "config.yaml:7: sources['My Monitor']: expected a name of small letters, digits, - and _ (at most 64), "
        "found this key",
    ),
    "a rule without component": (
        "rules: [{match: {}}]",
        "config.yaml:7: rules[0]: component is missing (only publish: never and upstream sources do without)",
    ),
    "a deadline that could never come": (
        "rules: [{match: {}, component: shop, publish: never, deadline: 5m}]",
        "config.yaml:7: rules[0]: deadline only makes sense with publish: after_approval",
    ),
    "a source open without saying so": (
        "sources: {generic: {type: generic}}",
        "config.yaml:7: sources.generic: expected exactly one of secret, secret_file, insecure: true; found none",
    ),
    "a source with a secret and open all the same": (
        f"sources: {{generic: {{type: generic, secret: {SECRET}, insecure: true}}}}",
        "config.yaml:7: sources.generic: expected exactly one of secret, secret_file, insecure: true; "
        "found secret and insecure: true",
    ),
    "a secret that is empty": (
        'sources: {generic: {type: generic, secret: ""}}',
        "config.yaml:7: sources.generic: the secret is empty; an open source must say insecure: true",
    ),
    "a secret of blanks": (
        'sources: {generic: {type: generic, secret: " \t "}}',
        "config.yaml:7: sources.generic: the secret is empty; an open source must say insecure: true",
    ),
    "a word of blanks beside topics": (
        'sources: {aws: {type: aws_sns, secret: " ", topics: ["arn:aws:sns:eu-south-1:123456789012:alarms"]}}',
        "config.yaml:7: sources.aws: the secret is empty; an open source must say insecure: true",
    ),
    "a key of Svix without a key in it": (
        "sources: {incident: {type: incident_io, secret: whsec_}}",
        "config.yaml:7: sources.incident.secret: expected whsec_ and a key of at least 16 bytes in base64, "
        "as its sender shows it; found a key of 0 bytes",
    ),
    "a key of Svix that anybody could guess": (
        "sources: {incident: {type: incident_io, secret: whsec_c2hvcnQ=}}",
        "config.yaml:7: sources.incident.secret: expected whsec_ and a key of at least 16 bytes in base64, "
        "as its sender shows it; found a key of 5 bytes",
    ),
    "a key of Svix that is no base64": (
        f"sources: {{incident: {{type: incident_io, secret: '{SECRET} !!'}}}}",
        "config.yaml:7: sources.incident.secret: expected whsec_ and a key of at least 16 bytes in base64, "
        "as its sender shows it; found no base64",
    ),
    "a secret that is a list": (
        f"sources: {{generic: {{type: generic, secret: [{SECRET}]}}}}",
        "config.yaml:7: sources.generic.secret: expected text, found a list",
    ),
    "two tokens": (
        f"channels: {{telegram: {{token: {SECRET}, token_file: token}}}}",
        "config.yaml:7: channels.telegram: expected token or token_file, found both",
    ),
    "a token typed where a chat belongs is not repeated": (
        "channels: {telegram: {chats: [{chat: '987654:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ', language: en}]}}",
        "config.yaml:7: channels.telegram.chats[0].chat: expected @name of a public channel or group, "
        "or a numeric chat id, found '***'",
    ),
    "a secret file that is not there": (
        "sources:\n  generic:\n    type: generic\n    secret_file: secrets/hook",
        "config.yaml:10: sources.generic.secret_file: expected a readable file, found: no such file or directory "
        "(looked in FOLDER)",
    ),
    "an unset variable that is needed": (
        'sources: {generic: {type: generic, secret: "${HOOK}"}}',
        "config.yaml:7: sources.generic: expected exactly one of secret, secret_file, insecure: true; found none; "
        "the environment variable HOOK is not set",
    ),
    "an unset variable in a list": (
        'components2: x\noperators: [{telegram_id: "${DUTY}", name: Duty, role: admin, language: it}]',
        "config.yaml:7: components2: expected one of channels, company, components, database, flapping, heartbeat, "
        "languages, listen, listen_internal, maintenance, operators, public_url, rules, sources, storm, templates, "
        "timezone, translate; "
        "found an unknown key "
        "(did you mean 'components'?)",
        "config.yaml:8: operators[0].telegram_id: expected a whole number, found nothing; "
        "the environment variable DUTY is not set",
    ),
    "an unset variable inside other text": (
        'database: "postgresql://bot:${PASSWORD}@db/notices"',
        "config.yaml:7: database: expected the environment variable PASSWORD, found it unset",
    ),
    "a variable without an end": (
        'database: "sqlite:///${HOME"',
        "config.yaml:7: database: expected ${NAME} or ${NAME:-default}, found ${ without it ($${ is a literal ${)",
    ),
    "a key twice": (
        "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2",
        "config.yaml:8: listen: expected each key once, found it in line 7 already",
    ),
    "a tag": (
        "listen: !env LISTEN",
        "config.yaml:7: listen: expected a plain value, found the tag '!env'",
    ),
    "a key that is a list": (
        "? [a, b]\n: c",
        "config.yaml:7: expected keys of plain text, found another kind",
    ),
    "half a character": (
        'database: "sqlite:///\\ud800"',
        "config.yaml:7: database: expected text, found half of a surrogate pair",
    ),
    # ── settings that are fine alone, but not together ──
    "a rule for a component that is not there": (
        "rules: [{match: {}, component: shp}]",
        "config.yaml:7: rules[0].component: expected one of components (shop), found 'shp' (did you mean 'shop'?)",
    ),
    "a rule for a source that is not there": (
        "rules: [{match: {source: grafana}, component: shop}]",
        "config.yaml:7: rules[0].match.source: expected one of sources (none is configured), found 'grafana'",
    ),
    "a rule after one that takes everything": (
        "rules:\n  - {match: {}, component: shop}\n  - {match: {labels: {service: shop}}, component: shop}",
        "config.yaml:9: rules[1]: can never match: rules[0] in line 8 takes every signal this one could",
    ),
    "a chat in a language notices are not published in": (
        "channels: {telegram: {chats: [{chat: '@bottega', language: fr}]}}",
        "config.yaml:7: channels.telegram.chats[0].language: expected one of languages (en, it), found 'fr'",
    ),
    "a chat twice, whatever its case": (
        "channels:\n  telegram:\n    chats:\n      - {chat: '@bottega', language: en}\n"
        "      - {chat: '@Bottega', language: it}",
        "config.yaml:11: channels.telegram.chats[1].chat: expected each once, found '@Bottega' in line 10 already",
    ),
    "a chat of two bots, and a topic twice": (
        "channels:\n  telegram:\n    chats:\n      - {chat: '@bottega', language: en, topic: 7}\n"
        "      - {chat: '@bottega', language: it, topic: 8}\n      - {chat: '@bottega', language: it, topic: 7}\n"
        "    bots:\n      two:\n        chats: [{chat: '@bottega', language: fr}]",
        "config.yaml:12: channels.telegram.chats[2].chat: expected each once, found '@bottega' in line 10 already",
        "config.yaml:15: channels.telegram.bots.two.chats[0].chat: expected each once, found '@bottega' in line 10"
        " already",
        "config.yaml:15: channels.telegram.bots.two.chats[0].language: expected one of languages (en, it), found 'fr'",
    ),
    "an operator twice, in a foreign language": (
        "operators:\n  - {telegram_id: 5, name: Ada, role: admin, language: de}\n"
        "  - {telegram_id: 5, name: Bo, role: viewer, language: en}",
        "config.yaml:8: operators[0].language: expected one of languages (en, it), found 'de'",
        "config.yaml:9: operators[1].telegram_id: expected each once, found '5' in line 8 already",
    ),
    "two addresses that are one": (
        "listen: 127.0.0.1:80\nlisten_internal: 127.0.0.1:80",
        "config.yaml:8: listen_internal: expected another address than listen, found '127.0.0.1:80'",
    ),
    "a name with a line break": (
        'operators: [{telegram_id: 5, name: "A\\nda", role: admin, language: it}]',
        "config.yaml:7: operators[0].name: expected a name in one line, found a control character or a line break",
    ),
}


@pytest.mark.parametrize("case", ADDED.values(), ids=ADDED)
def test_a_wrong_setting_is_refused_with_place_expected_and_found(tmp_path: Path, case: tuple[str, ...]) -> None:
    added, *expected = case
    assert refused(tmp_path, BASE + added) == [line.replace("FOLDER", str(tmp_path)) for line in expected]


REPLACED = {
    "a required key is missing": (
        ('  url: "https', "  "),
        ("public_url: https://status.shop.example\n", ""),
        "config.yaml:1: public_url: expected a web address such as https://shop.example, found nothing",
    ),
    "a required key has nothing after it": (
        ("Europe/Rome", ""),
        "config.yaml:4: timezone: expected text, found nothing",
    ),
    "a required key hangs on an unset variable": (
        ("https://status.shop.example", "${PUBLIC_URL}"),
        "config.yaml:2: public_url: expected a web address such as https://shop.example, found nothing; "
        "the environment variable PUBLIC_URL is not set",
    ),
    "an address without its scheme": (
        ("https://status.shop.example", "status.shop.example"),
        "config.yaml:2: public_url: expected a web address such as https://shop.example, found 'status.shop.example'",
    ),
    "an address that cannot be added to": (
        ("status.shop.example", "status.shop.example/?page=1"),
        "config.yaml:2: public_url: expected a web address without ? and #, because links are made by adding to it, "
        "found 'https://status.shop.example/?page=1'",
    ),
    "a zone that is only a city": (
        ("Europe/Rome", "Rome"),
        "config.yaml:4: timezone: expected an IANA time zone such as Europe/Rome, found 'Rome'",
    ),
    "a zone that is a folder of zones": (
        ("Europe/Rome", "Europe"),
        "config.yaml:4: timezone: expected an IANA time zone such as Europe/Rome, found 'Europe'",
    ),
    "no languages": (
        ("[en, it]", "[]"),
        "config.yaml:3: languages: expected at least one, found an empty list",
    ),
    "a language that is none": (
        ("[en, it]", "[en, Italian]"),
        "config.yaml:3: languages[1]: expected a language tag such as it or pt-BR, found 'Italian'",
    ),
    "a language twice": (
        ("[en, it]", "[en, it, en]"),
        "config.yaml:3: languages[2]: expected each once, found 'en' in line 3 already",
    ),
    "no components": (
        ("components:\n  shop: {name: Shop}", "components: {}"),
        "config.yaml:5: components: expected at least one, found an empty section",
    ),
    "a component without a name": (
        ("{name: Shop}", "{}"),
        "config.yaml:6: components.shop.name: expected text or a section of keys, found nothing",
    ),
    "a name of nothing but white space": (
        ("{name: Shop}", '{name: "  "}'),
        "config.yaml:6: components.shop.name: expected a name, found only white space",
    ),
    "names that miss one language and have one too many": (
        ("{name: Shop}", "\n    name: {en: Shop, es: Tienda}\n    instead: {it: Scrivici}"),
        "config.yaml:7: components.shop.name: expected a text for each of languages, found none for it",
        "config.yaml:7: components.shop.name.es: expected one of languages (en, it), found this key",
        "config.yaml:8: components.shop.instead: expected a text for each of languages, found none for en",
    ),
    "a name in one language that is a list": (
        ("{name: Shop}", "{name: {en: [Shop], it: Negozio}}"),
        "config.yaml:6: components.shop.name.en: expected text, found a list",
    ),
    "a company without a name": (
        ("name: Bottega", 'name: ""'),
        "config.yaml:1: company.name: expected text that is not empty, found ''",
    ),
}


@pytest.mark.parametrize("case", REPLACED.values(), ids=REPLACED)
def test_what_is_missing_or_wrong_at_the_top_is_refused_the_same_way(tmp_path: Path, case: tuple[Any, ...]) -> None:
    text = BASE
    for old, new in (part for part in case if isinstance(part, tuple)):
        text = text.replace(old, new)
    assert refused(tmp_path, text) == [part for part in case if isinstance(part, str)]


UNREADABLE = {
    "an empty file": (b"", "config.yaml:1: expected a section of keys, found nothing"),
    "a list": (b"- en\n", "config.yaml:1: expected a section of keys, found a list"),
    "a word": (b"yes", "config.yaml:1: expected a section of keys, found text"),
    "a tab": (
        b"company:\n\tname: x",
        "config.yaml:2: not YAML: while scanning for the next token: found character '\\t' that cannot start any token",
    ),
    "a colon too many": (b"\n\nname: a: b", "config.yaml:3: not YAML: mapping values are not allowed here"),
    "an alias of nothing": (b"a: *b", "config.yaml:1: not YAML: found undefined alias 'b'"),
    "two documents": (
        b"a: b\n---\nc: d",
        "config.yaml:2: not YAML: expected a single document in the stream: but found another document",
    ),
    "a control character": (b"a: b\nc: \x07", "config.yaml:2: not YAML: a control character"),
    "an impossible escape": (
        b'a: "\\UFFFFFFFF"',
        "config.yaml: not YAML: a number or an escape in it is beyond all bounds",
    ),
    "an endless version": (
        b"%YAML 1." + b"9" * 5000 + b"\n---\na: b",
        "config.yaml: not YAML: a number or an escape in it is beyond all bounds",
    ),
    "Latin-1": ("a: b\nname: Città".encode("latin-1"), "config.yaml:2: expected UTF-8, found a byte that is not"),
    "too deep": (b"a:\n" + b"[" * 40, "config.yaml:2: not YAML: more than 30 levels deep"),
    "an alias within itself": (
        b"a: &a [*a]",
        "config.yaml:1: expected at most 100000 values, 30 levels deep, found more (aliases repeat them)",
    ),
    "a billion laughs": (
        b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 10)) for c in b"bcdefgh"),
        "config.yaml:1: expected at most 100000 values, 30 levels deep, found more (aliases repeat them)",
    ),
    "far too large": (b"#" * 1_048_577, "config.yaml: expected at most 1048576 bytes, found more"),
}


@pytest.mark.parametrize(("raw", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_not_a_configuration_at_all_is_refused(tmp_path: Path, raw: bytes, expected: str) -> None:
    assert refused(tmp_path, raw) == [expected]


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.yaml", "no such file or directory"), (tmp_path, "is a directory")):
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        assert str(caught.value) == f"{path}: expected a readable file, found: {reason}"


def test_all_problems_come_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = BASE.replace("Europe/Rome", "Rome") + "rules: [{match: {}}]\nlisten: nowhere\nlisten: here\nnews: 1\n"
    assert [line.split(": ")[:2] for line in refused(tmp_path, text)] == [
        ["config.yaml:4", "timezone"],
        ["config.yaml:7", "rules[0]"],
        ["config.yaml:9", "listen"],
        ["config.yaml:10", "news"],
    ]


LEAKS = {
    "under a misspelt key": f"sources: {{generic: {{type: generic, secrt: {SECRET}}}}}",
    "as a whole source": f"sources: {{generic: {SECRET}}}",
    "in a list": f"sources: {{generic: {{type: generic, secret: [{SECRET}]}}}}",
    "as a section": f"sources: {{generic: {{type: generic, secret: {{a: {SECRET}}}}}}}",
    "beside another way": f"sources: {{generic: {{type: generic, secret: {SECRET}, insecure: true}}}}",
    "as the name of a file": f"sources: {{generic: {{type: generic, secret_file: {SECRET}}}}}",
    "in a wrong database": f"database: postgres://bot:{SECRET}@db/notices",
    "in a wrong database, with a slash": f"database: postgres://bot:a/{SECRET}@db/notices",
    "in YAML that breaks off": f'sources: {{generic: {{secret: "{SECRET}',
    "beside a tab": f"sources:\n\tsecret: {SECRET}",
    "from the environment, as a number": 'channels: {feed: {items: "${SECRET}"}}',
    "from the environment, as a language": 'operators: [{telegram_id: 1, name: A, role: admin, language: "${SECRET}"}]',
    "from the environment, as a role": 'operators: [{telegram_id: 1, name: A, role: "x${SECRET}", language: it}]',
    "from the environment, as a component": 'rules: [{match: {}, component: "${SECRET}"}]',
}


@pytest.mark.parametrize("added", LEAKS.values(), ids=LEAKS)
def test_no_error_shows_a_secret(tmp_path: Path, added: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, BASE + added, {"SECRET": SECRET})
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__
