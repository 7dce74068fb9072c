"""How the service speaks to whoever runs it: one set-up for our own logs and for every library's.

Readable lines in a terminal, one JSON object a line otherwise. What a log line holds is text and never a format, cannot
leave its line, cannot command the terminal, and shows no secret. Nothing here decides what is worth a line.
"""

from __future__ import annotations

import contextlib
import logging
import re
import textwrap
from collections.abc import Collection, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.redaction import Redactor

_QUIET = ("aiohttp.access", "alembic", "apscheduler", "httpcore", "httpx", "markdown_it")
"""Loggers whose INFO repeats every request or step; they are heard at DEBUG."""

_LONGEST = 20_000
_UNWRITABLE = "a log record could not be written; its text and arguments do not fit together"

# Controls, line separators, direction overrides and half characters: what could forge or hide a part of a line.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_LINES = re.compile(_UNSAFE.pattern.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f"))


def configure(*, stream: TextIO, human: bool, level: str, secrets: Collection[str]) -> None:
    """Send all logs of this process to a stream, and only there. Calling it again replaces the former set-up.

    human: lines for eyes instead of JSON, in colour when the stream is a terminal; level: DEBUG, INFO, WARNING or
    ERROR; secrets: never shown, in whatever field, exception or argument they stand. Raises ValueError for another
    level.
    """
    root = logging.getLogger()
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET if root.level <= logging.DEBUG else logging.WARNING)
    handler = _Handler(stream)
    handler.setFormatter(_formatter(Redactor(secrets), human=human, colours=human and stream.isatty()))
    root.handlers = [handler]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_EVERYWHERE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


_EVERYWHERE: tuple[Processor, ...] = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines. A record that cannot be written is told of without its arguments: they may hold a secret."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        with contextlib.suppress(OSError, ValueError):  # the stream itself is gone: there is nobody left to tell
            told = {"name": record.name, "levelno": logging.ERROR, "levelname": "ERROR", "msg": _UNWRITABLE}
            self.stream.write(self.format(logging.makeLogRecord(told)) + self.terminator)


def _formatter(redact: Redactor, *, human: bool, colours: bool) -> logging.Formatter:
    cleaned = _Cleaner(redact)
    if human:
        ending: list[Processor] = [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=colours, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    else:
        ending = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_EVERYWHERE, processors=[meta, cleaned, *ending])


class _Cleaner:
    """Makes every field plain: numbers, and text without secrets and without what could leave its line."""

    def __init__(self, redact: Redactor) -> None:
        self.redact = redact

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        lines = {key: self.lines(event.pop(key)) for key in ("exception", "stack") if key in event}
        return {self.text(key): self.value(value) for key, value in event.items()} | lines

    def value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float) and self.redact(shown := str(value)) == shown:
            return value
        if isinstance(value, Mapping):
            return {self.text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(inner) for inner in value]
        return self.text(value)

    def text(self, value: Any) -> str:
        return _cut(_UNSAFE.sub(_escaped, self.redact(str(value))))

    def lines(self, value: Any) -> str:
        """A traceback keeps its lines, each indented, so that none can pass for a line of the log."""
        return textwrap.indent(_cut(_UNSAFE_IN_LINES.sub(_escaped, self.redact(str(value)))), "    ")


def _escaped(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
