"""The command line: run, check, preview. Reads arguments, prints answers; the work is done elsewhere.

Exit codes: 0 all is well, 1 it could not be done, 2 the command line or the configuration is wrong.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from bot import __version__
from bot.config.file import load
from bot.config.secrets import secrets_of
from bot.config.settings import Settings
from bot.errors import CatalogueError, ConfigError, NoticeBotError
from bot.languages.catalogue import Catalogue
from bot.logs import configure
from bot.resources import NOTICES

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


@main.command("config-schema")
def config_schema() -> None:
    """Print the JSON Schema of config.yaml, for editors."""
    import json

    from bot.config.file import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _read(config: Path) -> tuple[Settings, Catalogue]:
    """The settings and the sentences, or one line per problem and exit code 2."""
    try:
        settings = load(config, os.environ)
        return settings, Catalogue.load(NOTICES, settings.languages)
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
