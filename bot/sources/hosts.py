"""Hosts and services as Nagios and its children (Checkmk, Icinga) speak of them. Not their formats.

The words: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html#notificationtype
"""

from __future__ import annotations

from bot.domain.model import SignalState
from bot.sources.pointers import spell

_STATES = {
    "UP": SignalState.RESOLVED,
    "OK": SignalState.RESOLVED,
    "DOWN": SignalState.FIRING,
    "CRIT": SignalState.FIRING,
    "CRITICAL": SignalState.FIRING,
    "WARN": SignalState.FIRING,
    "WARNING": SignalState.FIRING,
    "UNKN": SignalState.NO_DATA,
    "UNKNOWN": SignalState.NO_DATA,
    "UNRE": SignalState.NO_DATA,
    "UNREACH": SignalState.NO_DATA,
    "UNREACHABLE": SignalState.NO_DATA,
}
_SAYS_THE_STATE = frozenset({"FLAPPINGSTOP", "FLAPPINGEND"})
_SILENT = {
    "ACKNOWLEDGEMENT": SignalState.ACKNOWLEDGED,
    "DOWNTIMESTART": SignalState.MAINTENANCE,
    "DOWNTIMEEND": SignalState.MAINTENANCE,
    "DOWNTIMECANCELLED": SignalState.MAINTENANCE,
    "DOWNTIMEREMOVED": SignalState.MAINTENANCE,
    "FLAPPINGSTART": SignalState.PENDING,
    "FLAPPINGDISABLED": SignalState.PENDING,
    "CUSTOM": SignalState.TEST,
}


def key_of(host: str, service: str) -> str:
    """What names the problem: the host, or the host and the service on it."""
    return spell((host, service) if service else (host,))


def state_of(kind: str, state: str) -> SignalState:
    """What two words of theirs mean. kind: why it is sent, such as PROBLEM; state: of the host or service, now.

    Large and small letters are the same. Unknown when the two do not go together: no recovery is taken from what is
    called a problem.
    """
    kind = kind.upper()
    now = _STATES.get(state.upper(), SignalState.UNKNOWN)
    if kind in _SAYS_THE_STATE:
        return now
    recovered = now is SignalState.RESOLVED
    if (kind == "RECOVERY" and recovered) or (kind == "PROBLEM" and not recovered):
        return now
    return _SILENT.get(kind, SignalState.UNKNOWN)
