"""``python -m bot languages``: what there is in each language, and files for translators. Reads arguments, prints.

Exit codes as in ``cli``: 1 it could not be done, 2 the command line, the configuration or a file is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot import __version__, clock
from bot.config.file import load
from bot.config.templates import NOTICES as FOLDER
from bot.config.templates import overlays
from bot.errors import CatalogueError, ConfigError
from bot.languages.folders import languages_of
from bot.languages.sentences import locale_of
from bot.languages.shape import particular_of
from bot.translating.accepting import accept
from bot.translating.coverage import coverages
from bot.translating.gathering import TO_OPERATORS, TO_SUBSCRIBERS, gather
from bot.translating.po import export, parse
from bot.translating.shelf import REFERENCE, Shelf, pairs
from bot.translating.showing import table
from bot.translating.writing import keep

_CONFIG = Path("config.yaml")
_TEMPLATES = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder of your own sentences, as in config.yaml. Absent: those that are shipped.",
)


@click.group(invoke_without_command=True)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=_CONFIG,
    show_default=True,
    help="The configuration file; without one, no language is marked.",
)
@click.pass_context
def languages(context: click.Context, config: Path) -> None:
    """Show how complete each language is; export and import files for translators."""
    if context.invoked_subcommand is not None:
        return
    with _problems_told():
        shelf, configured = _configured(config)
    rows = list(coverages(shelf, configured))
    for line in table(rows):
        click.echo(line)
    for problem in (problem for row in rows if row.configured for problem in row.problems):
        click.echo(problem, err=True)


@languages.command("export")
@click.argument("language")
@_TEMPLATES
def export_po(language: str, templates: Path | None) -> None:
    """Print all texts of LANGUAGE (such as it) as a PO file; a new language is an empty one."""
    if locale_of(language) is None:
        raise click.BadParameter(f"{language} is no language CLDR knows", param_hint="LANGUAGE")
    with _problems_told():
        raw = export(language, pairs(language, _shelf(templates)), version=__version__, now=clock.now())
    click.echo(raw, nl=False)


@languages.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--language", help="Absent: the one the file's header names.")
@_TEMPLATES
def import_po(file: Path, language: str | None, templates: Path | None) -> None:
    """Take over a PO file, once every text in it has been proved. Into --templates goes only what differs from ours."""
    shelf = _shelf(templates)
    with _problems_told():
        translation = parse(file.read_bytes(), file=str(file))
        tag = language or translation.language
        if tag is None:
            raise click.UsageError(f"{file} does not say which language it is in; use --language")
        accepted = accept(translation, tag, shelf)
        english = {pair.path: pair.english for pair in pairs(tag, shelf)}
    for path in translation.stale(english):
        click.echo(f"{file}:{translation.entries[path].line}: {path}: the English text has changed since", err=True)
    if translation.untranslated:
        click.echo(f"{file}: {translation.untranslated} texts are empty or fuzzy and stay as they were", err=True)
    if not accepted.changed:
        click.echo("Nothing has changed.")
        return
    click.echo(f"{tag}: {accepted.changed} texts are new or changed")
    try:
        for written in keep(accepted, tag, shelf):
            click.echo(f"wrote {written}")
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(1)


@languages.command("gather")
def gather_texts() -> None:
    """Bring the PO files of what operators and subscribers are told up to the code: new texts stand there empty."""
    for listeners in (TO_OPERATORS, TO_SUBSCRIBERS):
        for path, untranslated in gather(listeners):
            click.echo(f"{path}: {untranslated} texts to be translated" if untranslated else f"{path}: complete")


def _configured(config: Path) -> tuple[Shelf, tuple[str, ...]]:
    if config == _CONFIG and not config.exists():
        return Shelf(), ()
    settings = load(config, os.environ, secrets=False)
    return Shelf(overlays=overlays(settings), components=frozenset(settings.components)), settings.languages


def _shelf(templates: Path | None) -> Shelf:
    """Ours, or ours with those of a company on top; whichever components it has sentences for are taken as given."""
    if templates is None:
        return Shelf()
    shelf = Shelf(overlays=(templates / FOLDER,))
    tags = [REFERENCE, *languages_of(templates / FOLDER)]
    found = (particular_of(path) for tag in tags for path in shelf.notice_texts(tag))
    return Shelf(overlays=shelf.overlays, components=frozenset(filter(None, found)))


@contextmanager
def _problems_told() -> Iterator[None]:
    """One line per problem and exit code 2."""
    try:
        yield
    except (ConfigError, CatalogueError) as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(2)
