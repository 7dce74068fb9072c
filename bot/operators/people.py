"""Who may command the bot, as operators read it: Markdown, and the buttons below it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.domain.buttons import Button, Buttons
from bot.domain.model import Role
from bot.domain.presses import data_of
from bot.domain.staff import Operator
from bot.languages.markdown import escape
from bot.languages.tongue import Tongue
from bot.operators.phrases import language_name, role_name

_MOST = 40
_IN_A_ROW = 2
_LONGEST_LABEL = 30


def everybody(known: Iterable[Operator], tongue: Tongue, *, configures: Callable[[int], bool]) -> str:
    """All operators. configures: whether the configuration names somebody."""
    lines = [_line(each, tongue, configured=configures(each.telegram_id)) for each in _sorted(known)]
    return "\n".join([tongue.say("**Operators**"), *lines[:_MOST]])


def one(operator: Operator, tongue: Tongue, *, configured: bool, asks: bool) -> str:
    """One operator. asks: whether they are to be removed."""
    question = [tongue.say("Remove {name}?", name=escape(operator.name))] if asks else []
    return "\n".join([_line(operator, tongue, configured=configured), *question])


def choices(known: Iterable[Operator]) -> Buttons:
    """A button for each."""
    labels = [(each.name[:_LONGEST_LABEL], data_of("staff", each.telegram_id, "open")) for each in _sorted(known)]
    return _rows([Button(label, data) for label, data in labels[:_MOST]])


def deeds(operator: Operator, tongue: Tongue, *, asks: bool) -> Buttons:
    """What may be done about one operator."""
    who = operator.telegram_id
    back = (Button(tongue.say("‹ Back"), data_of("staff", 0, "open")),)
    if asks:
        yes = Button(tongue.say("Yes, remove"), data_of("staff", who, "away"), style="danger")
        return Buttons(((yes,), (Button(tongue.say("‹ Back"), data_of("staff", who, "open")),)))
    roles = [Button(_label(role, operator, tongue), data_of("staff", who, "role", role.value)) for role in Role]
    remove = Button(tongue.say("Remove"), data_of("staff", who, "ask"), style="danger")
    return Buttons((*_rows(roles).rows, (remove,), back))


def appointed(operator: Operator, tongue: Tongue) -> str:
    """Somebody may command the bot from now on."""
    return f"{_is_now(operator, tongue)} {tongue.say('They are told so if they have ever written to me.')}"


def changed(operator: Operator, tongue: Tongue, *, configured: bool) -> str:
    """Somebody has another role."""
    return "\n".join([_is_now(operator, tongue), *_but(configured, tongue)])


def _is_now(operator: Operator, tongue: Tongue) -> str:
    said = _said(operator, tongue)
    if operator.role is Role.ADMIN:
        return tongue.say("**{name} is an admin now** ({language}).", name=said["name"], language=said["language"])
    return tongue.say("**{name} is a {role} now** ({language}).", **said)


def dismissed(operator: Operator, tongue: Tongue, *, configured: bool) -> str:
    """Somebody is no operator any more."""
    said = tongue.say("**{name} is no operator any more.**", name=escape(operator.name))
    return "\n".join([said, *_but(configured, tongue)])


def language(operator: Operator, tongue: Tongue) -> str:
    """What they are answered in. tongue: that language's, or what comes closest."""
    return tongue.say(
        "You are answered in {language}, and what you write is taken to be in it. `/language` with a tag changes that.",
        language=language_name(operator.language, tongue),
    )


def _line(operator: Operator, tongue: Tongue, *, configured: bool) -> str:
    source = tongue.say("from the configuration") if configured else tongue.say("added by command")
    return tongue.say(
        "**{name}** · {role} · {language} · {id} ({source})",
        id=f"`{operator.telegram_id}`",
        source=source,
        **_said(operator, tongue),
    )


def _said(operator: Operator, tongue: Tongue) -> dict[str, str]:
    return {
        "name": escape(operator.name),
        "role": role_name(operator.role, tongue),
        "language": language_name(operator.language, tongue),
    }


def _but(configured: bool, tongue: Tongue) -> list[str]:
    """What whoever edits the configuration must know."""
    if not configured:
        return []
    return [tongue.say("The configuration says otherwise; what was said here goes before it, also after a restart.")]


def _label(role: Role, operator: Operator, tongue: Tongue) -> str:
    return f"✓ {tongue.word(role)}" if role is operator.role else tongue.word(role)


def _sorted(known: Iterable[Operator]) -> list[Operator]:
    """The highest role first."""
    roles = list(Role)
    return sorted(known, key=lambda each: (-roles.index(each.role), each.name.casefold(), each.telegram_id))


def _rows(buttons: list[Button]) -> Buttons:
    return Buttons(tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW)))
