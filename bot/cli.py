"""The command line: run, check, and what helps before. Reads arguments, prints answers; the work is done elsewhere.

Exit codes: 0 all is well, 1 it could not be done, 2 the command line or the configuration is wrong.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

import click

from bot import __version__
from bot.config.file import load, rule_lines
from bot.config.secrets import secrets_of
from bot.config.settings import Settings
from bot.config.templates import overlays
from bot.errors import CatalogueError, ConfigError, NoticeBotError
from bot.languages.catalogue import Catalogue
from bot.logs import configure
from bot.resources import NOTICES
from bot.translating.command import languages

T = TypeVar("T")

_CONFIG = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="notice-bot")
def main() -> None:
    """Tells your customers, in their languages, when something you depend on goes down."""


@main.command()
@_CONFIG
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="INFO",
    show_default=True,
    envvar="LOG_LEVEL",
    help="What is worth a line in the log, which goes to standard error.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "human", "json"]),
    default="auto",
    show_default=True,
    envvar="LOG_FORMAT",
    help="auto: human in a terminal, one JSON object a line otherwise.",
)
def run(config: Path, log_level: str, log_format: str) -> None:
    """Run the service until SIGTERM or SIGINT."""
    from bot.serving import serve_until_told

    settings, catalogue = _read(config)
    human = sys.stderr.isatty() if log_format == "auto" else log_format == "human"
    configure(stream=sys.stderr, human=human, level=log_level, secrets=secrets_of(settings))
    sys.exit(_run_loop(lambda: serve_until_told(settings, catalogue, say=click.echo)))


@main.command()
@_CONFIG
def check(config: Path) -> None:
    """Check config, templates, database and, with a token, each Telegram chat."""
    from bot.checks import check_all

    settings, catalogue = _read(config)
    problems = _run_loop(lambda: check_all(settings, catalogue, say=click.echo))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo("All is well.")


@main.command()
@_CONFIG
@click.option("--language", help="Only this one, such as it; absent: all that are configured.")
def preview(config: Path, language: str | None) -> None:
    """Show every notice as customers would read it, with sample facts."""
    from bot.languages.preview import preview as rendered

    settings, catalogue = _read(config)
    if language is not None and language not in settings.languages:
        raise click.BadParameter(
            f"{language} is not configured; there are {', '.join(settings.languages)}", param_hint="--language"
        )
    click.echo(rendered(catalogue, settings, [language] if language else settings.languages))


@main.command()
@_CONFIG
@click.argument("payload", type=click.File("rb"), required=False)
@click.option("--source", "name", required=True, help="A configured sender, or a type such as grafana.")
@click.option("--method", default="POST", show_default=True, help="How the request comes.")
@click.option("--header", "headers", multiple=True, help='A header of the request, "Name: value". As often as needed.')
@click.option("--query", "queries", multiple=True, help='What stands after the "?" in its address, "name=value".')
@click.option("--words", is_flag=True, help="Also show the notice in every language.")
@click.option("--json", "for_programs", is_flag=True, help="One JSON object instead of text.")
def explain(
    config: Path,
    payload: BinaryIO | None,
    *,
    name: str,
    method: str,
    headers: tuple[str, ...],
    queries: tuple[str, ...],
    words: bool,
    for_programs: bool,
) -> None:
    """Show what the request body in PAYLOAD ("-" is standard input) would do, without doing it.

    No secret and no database is needed. Exit code 2: the hook would refuse it, in the words that are printed.
    """
    import json

    from bot.explain.asking import Refusal, read, request_of, sender
    from bot.explain.judging import explain as explained
    from bot.explain.showing import as_json, as_text

    settings, catalogue = _read(config, secrets=False)
    try:
        source = sender(settings, name)
        request = request_of(method, headers, queries, payload)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    signals = read(source, request)
    if isinstance(signals, Refusal):
        click.echo(f"{signals.status} {signals.words}", err=True)
        sys.exit(2)
    try:
        told = explained(
            settings,
            signals,
            now=request.received_at,
            lines=rule_lines(config),
            catalogue=catalogue if words else None,
        )
    except NoticeBotError as error:  # a notice that would be too long
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(json.dumps(as_json(told), indent=2, ensure_ascii=False) if for_programs else as_text(told))


main.add_command(languages)


@main.command()
@_CONFIG
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(config: Path, folder: Path) -> None:
    """Write the whole website into FOLDER, as files for any web server. The service may run or not."""
    from bot.export.once import export as exported

    settings, catalogue = _read(config)
    swept = _run_loop(lambda: exported(settings, catalogue, folder))
    click.echo(f"{swept.pages} pages; written {swept.written} files that differed, removed {swept.removed}")


@main.command()
@_CONFIG
@click.option("--incident", type=click.IntRange(min=1), help="Only what is about this incident.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="In the company's time zone.")
@click.option("--json", "for_programs", is_flag=True, help="One JSON object a line instead of text.")
def audit(config: Path, *, incident: int | None, since: datetime | None, for_programs: bool) -> None:
    """Show who did what, oldest first. The service may run or not."""
    from bot.auditing import show

    settings, _ = _read(config)
    aware = since.replace(tzinfo=ZoneInfo(settings.timezone)) if since else None
    _run_loop(lambda: show(settings, incident_id=incident, since=aware, for_programs=for_programs, say=click.echo))


@main.command("config-schema")
def config_schema() -> None:
    """Print the JSON Schema of config.yaml, for editors."""
    import json

    from bot.config.file import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _read(config: Path, *, secrets: bool = True) -> tuple[Settings, Catalogue]:
    """The settings and the sentences, or one line per problem and exit code 2."""
    try:
        settings = load(config, os.environ, secrets=secrets)
        return settings, Catalogue.load(
            NOTICES, settings.languages, *overlays(settings), components=settings.components
        )
    except (ConfigError, CatalogueError) as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)


def _run_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run on uvloop where it exists; an error raised on purpose is one line and exit code 1."""
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(work())
    except (NoticeBotError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
