"""Secrets that lie in files of their own, and the list of all secrets that logs must not show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from pydantic import SecretStr

from bot.config.keys import WRITTEN_BY_SVIX, svix_key
from bot.config.settings import Settings, SourceSettings
from bot.config.tree import Place, Tree
from bot.errors import Problem

_LARGEST = 64 * 1024


def read_secret(value: SecretStr | None, file: Path | None, *, base: Path) -> str | None:
    """The secret, from the value if that holds one, else from the file; None when there is neither.

    file: relative to ``base``, the folder of the configuration file; white space around its text does not count.
    Raises OSError when it cannot be read, ValueError when it does not hold one line of text.
    """
    if value is not None and value.get_secret_value().strip():
        return value.get_secret_value().strip()
    if file is None:
        return None
    with (base / file).open("rb") as opened:
        text = opened.read(_LARGEST).decode().strip()
    if not text:
        raise ValueError("an empty file")
    if not text.isprintable():
        raise ValueError("more than one line, or a control character")
    return text


def resolve(settings: Settings, tree: Tree, *, base: Path) -> tuple[Settings, list[Problem]]:
    """The settings with every secret in ``secret``, ``token`` and ``api_key``, wherever it came from, and what was in
    the way.
    """
    problems: list[Problem] = []

    def found(value: SecretStr | None, file: Path | None, place: Place) -> SecretStr | None:
        try:
            secret = read_secret(value, file, base=base)
        except UnicodeDecodeError:
            problems.append(tree.problem(place, "expected a file with a secret in it, found one that is not UTF-8"))
        except ValueError as error:
            problems.append(tree.problem(place, f"expected a file with a secret in it, found {error}"))
        except OSError as error:
            reason = (error.strerror or "an error").lower()
            problems.append(tree.problem(place, f"expected a readable file, found: {reason} (looked in {base})"))
        else:
            return None if secret is None else SecretStr(secret)
        return None

    sources = {
        name: source.model_copy(
            update={"secret": found(source.secret, source.secret_file, ("sources", name, "secret_file"))}
        )
        for name, source in settings.hooks.items()
    }
    known = {problem.path for problem in problems}
    unproven = (problem for name, source in sources.items() for problem in _unproven(name, source, tree))
    problems += [problem for problem in unproven if not any(path.startswith(problem.path) for path in known)]
    channels = settings.channels
    if telegram := channels.telegram:
        place: Place = ("channels", "telegram")
        tokens = {
            name: found(bot.token, bot.token_file, (*place, *(("bots", name) if name else ()), "token_file"))
            for name, bot in telegram.all_bots.items()
        }
        bots = {name: bot.model_copy(update={"token": tokens[name]}) for name, bot in telegram.bots.items()}
        telegram = telegram.model_copy(update={"token": tokens[""], "bots": bots})
        channels = channels.model_copy(update={"telegram": telegram})
    translate = settings.translate
    if translate is not None:
        key = found(translate.api_key, translate.api_key_file, ("translate", "api_key_file"))
        translate = translate.model_copy(update={"api_key": key})
    resolved = {"sources": {**settings.sources, **sources}, "channels": channels, "translate": translate}
    return settings.model_copy(update=resolved), problems


def _unproven(name: str, source: SourceSettings, tree: Tree) -> Iterator[Problem]:
    """What would let in everybody, or nobody: no secret where one is needed, or a key that is none."""
    place: Place = ("sources", name)
    if source.secret is None:
        if not source.insecure and not source.topics:
            yield tree.problem(place, "expected a secret, found none; an open source must say insecure: true")
    elif source.type in WRITTEN_BY_SVIX:
        try:
            svix_key(source.secret.get_secret_value())
        except ValueError as error:
            yield tree.problem((*place, "secret_file" if source.secret_file else "secret"), str(error))


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every secret in resolved settings: what logs must not show."""
    return frozenset(secret for secret in _secrets(settings) if secret)


def _secrets(settings: Settings) -> Iterator[str]:
    for source in settings.hooks.values():
        yield source.secret.get_secret_value() if source.secret else ""
    telegram = settings.channels.telegram
    for bot in telegram.all_bots.values() if telegram else ():
        yield bot.token.get_secret_value() if bot.token else ""
    yield telegram.webhook_secret.get_secret_value() if telegram and telegram.webhook_secret else ""
    yield settings.translate.api_key.get_secret_value() if settings.translate and settings.translate.api_key else ""
    yield settings.heartbeat.url if settings.heartbeat else ""
    push = settings.channels.website.push if settings.channels.website else None
    yield push.secret_key.get_secret_value() if push else ""
    yield from _password(settings.database)


def _password(address: str) -> Iterator[str]:
    found = re.match(r"[a-z]+://[^:/@]*:(.*)@", address)  # SQLAlchemy lets a password hold / and @ as they are
    password = found[1] if found else ""
    yield from (password, unquote(password))
