"""Whatever is logged, by whomever, is one readable line without a secret in it."""

from __future__ import annotations

import io
import json
import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure
from bot.redaction import Redactor

SECRET = "s3cr/et: 'it\"s\\ übel+"
TOKEN = "1234567890:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(params=[True, False], ids=["human", "json"])
def human(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def written(*, human: bool, level: str = "INFO", secrets: tuple[str, ...] = (SECRET,)) -> io.StringIO:
    stream = io.StringIO()
    configure(stream=stream, human=human, level=level, secrets=secrets)
    return stream


def ours() -> Any:
    return structlog.get_logger("bot.test")


def theirs() -> logging.Logger:
    return logging.getLogger("some.library")


class Unfortunate:
    """What a library might log whole."""

    def __repr__(self) -> str:
        return f"<Unfortunate secret={SECRET!r}>"


def _raise_chained() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        error.add_note(f"while using {SECRET}")
        raise RuntimeError(f"could not open https://api.example/bot{TOKEN}/getMe") from error


def _logged_exception(log: Callable[..., None]) -> None:
    try:
        _raise_chained()
    except RuntimeError:
        log("it broke", exc_info=True)


PATHS: dict[str, Callable[[], None]] = {
    "as the event": lambda: ours().info(f"signed in with {SECRET}"),
    "in a field": lambda: ours().info("signed in", secret=SECRET),
    "deep in a field": lambda: ours().info("request", headers={"x-hook-token": [SECRET]}),
    "as a key": lambda: ours().info("request", headers={SECRET: 1}),
    "in bytes": lambda: ours().info("request", body=SECRET.encode()),
    "in an object": lambda: ours().info("request", made=Unfortunate()),
    "URL-quoted": lambda: ours().info("request", url=f"https://h.example/?key={quote(SECRET)}"),
    "URL-quoted throughout": lambda: ours().info("request", url=f"https://h.example/?key={quote(SECRET, safe='')}"),
    "as JSON": lambda: ours().info("request", body=json.dumps({"secret": SECRET})),
    "bound": lambda: ours().bind(secret=SECRET).info("signed in"),
    "as a positional argument": lambda: ours().info("signed in with %s", SECRET),
    "in our exception": lambda: _logged_exception(ours().error),
    "in their exception": lambda: _logged_exception(theirs().error),
    "in their text": lambda: theirs().warning(f"signed in with {SECRET}"),
    "in their argument": lambda: theirs().warning("signed in with %s", SECRET),
    "in their object": lambda: theirs().warning("made %r", Unfortunate()),
    "in their argument that fits no place": lambda: theirs().warning("signed in", SECRET),
}


@pytest.mark.parametrize("log", PATHS.values(), ids=PATHS)
def test_no_log_line_contains_a_secret(
    log: Callable[[], None], human: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = written(human=human)
    log()
    seen = stream.getvalue() + "".join(capsys.readouterr())
    assert seen.endswith("\n")
    for form in (SECRET, repr(SECRET)[1:-1], json.dumps(SECRET)[1:-1], quote(SECRET), quote(SECRET, safe=""), TOKEN):
        assert form not in seen
        assert json.dumps(form)[1:-1] not in seen
    assert "übel" not in seen
    assert "\\xfcbel" not in seen


SHAPES = {
    "a Telegram token": (f"POST /bot{TOKEN}/sendMessage", "POST /bot***/sendMessage"),
    "a Telegram token, URL-quoted": (TOKEN.replace(":", "%3A"), "***"),
    "a bearer token": ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
    "basic authentication": (
        f"{{'authorization': 'basic {b64encode(b'bot:secret').decode()}', 'host': 'h'}}",
        "{'authorization': 'basic ***', 'host': 'h'}",
    ),
    "a token in a query": ("GET /hooks/x?token=abc&from=y HTTP/1.1", "GET /hooks/x?token=***&from=y HTTP/1.1"),
    "a password in an address": ("postgresql://bot:pass@db/notices", "postgresql://bot:***@db/notices"),
    "nothing of the kind": ("12:30 alerts[0]: 10 of 1234567: fine", "12:30 alerts[0]: 10 of 1234567: fine"),
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.values(), ids=SHAPES)
def test_what_is_shaped_like_a_secret_is_masked_without_being_configured(text: str, expected: str) -> None:
    assert Redactor()(text) == expected


@given(st.text(st.characters(exclude_characters="*")).filter(str.strip), st.text(), st.text())
def test_a_secret_of_any_characters_is_found_between_any_others(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret])(f"{before}{secret}{after}")


def test_an_empty_secret_masks_nothing() -> None:
    assert Redactor(["", " "])("a text") == "a text"


def test_braces_and_percent_signs_are_literal(human: bool) -> None:
    stream = written(human=human)
    ours().info("{0.__class__} %s %(name)s {event}", label="{level} %d %n", secret="{SECRET}")
    theirs().warning("a label says %s", "{0.__class__} %s %(name)s")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert "{0.__class__} %s %(name)s {event}" in lines[0]
    assert "{level} %d %n" in lines[0]
    assert "a label says {0.__class__} %s %(name)s" in lines[1]


@given(st.text(), st.text())
def test_no_text_can_leave_its_line_or_command_the_terminal(event: str, field: str) -> None:
    for human in (True, False):
        stream = written(human=human)
        ours().info(event, field=field, deep={"key": [field]})
        theirs().warning("%s", event)
        text = stream.getvalue()
        assert len(text.splitlines()) == text.count("\n") == 2
        assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\r", "\x00"}
        text.encode()


def test_a_line_inside_an_exception_cannot_pass_for_a_line_of_the_log(human: bool) -> None:
    stream = written(human=human)
    try:
        raise ValueError("broken\n12:00:00 [info     ] all is well\x1b[2K\r")
    except ValueError:
        ours().exception("it broke")
    first, *others = stream.getvalue().splitlines()
    assert "it broke" in first
    assert all(line.startswith("    ") for line in others)
    assert "\x1b" not in stream.getvalue()
    assert bool(others) is human


def test_a_line_for_machines_is_one_json_object_with_plain_fields() -> None:
    stream = written(human=False)
    ours().warning("delivery failed", attempts=3, late=True, after=1.5, address="@città", reason=None, ids=(1, 2))
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "delivery failed",
        "level": "warning",
        "logger": "bot.test",
        "attempts": 3,
        "late": True,
        "after": 1.5,
        "address": "@città",
        "reason": None,
        "ids": [1, 2],
    }


def test_a_secret_that_is_a_number_is_masked_as_a_number_too(human: bool) -> None:
    stream = written(human=human, secrets=("271828",))
    ours().info("signed in", pin=271828)
    assert "271828" not in stream.getvalue()


def test_a_very_long_text_is_cut_and_says_so() -> None:
    stream = written(human=False)
    ours().info("body", body="x" * 2_000_000)
    assert len(stream.getvalue()) < 21_000
    assert "(2000000 characters)" in json.loads(stream.getvalue())["body"]


@pytest.mark.parametrize("name", ["httpx", "aiohttp.access"])
def test_a_library_that_logs_every_request_is_heard_only_when_debugging(name: str) -> None:
    stream = written(human=True)
    logging.getLogger(name).info("GET / 200")
    assert stream.getvalue() == ""
    stream = written(human=True, level="debug")
    logging.getLogger(name).info("GET / 200")
    assert "GET / 200" in stream.getvalue()


def test_the_level_holds_for_ours_and_theirs() -> None:
    stream = written(human=True, level="WARNING")
    ours().info("small")
    theirs().info("small")
    ours().warning("large")
    assert [line.split()[3] for line in stream.getvalue().splitlines()] == ["large"]


def test_setting_up_again_replaces_the_former_set_up_for_loggers_in_use() -> None:
    log, first = ours(), written(human=True, secrets=())
    log.info("one")
    second = written(human=False)
    log.info("two", secret=SECRET)
    assert "two" not in first.getvalue()
    assert json.loads(second.getvalue())["secret"] == "***"


def test_a_record_that_cannot_be_written_is_told_of_in_a_line_of_the_same_kind(human: bool) -> None:
    stream = written(human=human)
    theirs().warning("%d alerts", "many")
    assert "a log record could not be written" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert human or json.loads(stream.getvalue())["logger"] == "some.library"


def test_a_stream_that_is_gone_does_not_stop_the_service() -> None:
    stream = written(human=True)
    stream.close()
    ours().info("to nobody")
    assert stream.closed


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        written(human=True, level="loud")
