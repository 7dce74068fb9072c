"""Zabbix, by a media type of the kind "webhook", which its owner imports: ours is on docs/sources/zabbix.md.

The bodies of two other media types are read as well, PagerTree's and Zulip's. A problem and its recovery have one
{EVENT.ID}; {EVENT.RECOVERY.ID} differs. Testing a media type sends its macros as they are typed.
Format: https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.pointers import spell
from bot.sources.reading import JsonObject, json_object, parse_json
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled, tags

_STATES = {"1": SignalState.FIRING, "0": SignalState.RESOLVED}
_ZULIP_STATES = {"PROBLEM": SignalState.FIRING, "OK": SignalState.RESOLVED, "RESOLVED": SignalState.RESOLVED}
_BLIND, _OF_TRIGGERS_AND_SERVICES = "3", frozenset({"", "0", "4"})
_MACRO = re.compile(r"\{\$?[A-Z][A-Z0-9_.]*\}|\*UNKNOWN\*")
_HINT = "Zabbix has no value for it here; compare the media type with the one on the page of this type"


class Zabbix(SharedSecret):
    """A Zabbix. The key is the number of the problem, which its recovery repeats."""

    __slots__ = ()
    type: ClassVar[str] = "zabbix"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        filled = Filled(body, _MACRO, _HINT)
        if "hostname" in body.fields:
            return [self._zulip(filled)]
        if body.fields.get("event_value") is not None and not filled.has("event_value"):
            return [signal(self.name, key="test", state=SignalState.TEST)]
        return [self._signal(body, filled)]

    def _signal(self, body: JsonObject, filled: Filled) -> Signal:
        state = _state(filled)
        time = "recovery_timestamp" if state is SignalState.RESOLVED else "event_timestamp"
        known = {"severity": filled.text("event_severity"), "priority": filled.text("event_nseverity")}
        return signal(
            self.name,
            key=filled.needed("event_id"),
            state=state,
            labels=_tags(body, filled)
            | {name: value for name, value in known.items() if value}
            | filled.texts("host", "host_groups", "trigger_id"),
            summary=filled.text("event_name") or filled.text("title"),
            at=body.since_epoch(time) if filled.has(time) else None,
            url=_page(filled),
            ordered=True,
        )

    def _zulip(self, body: Filled) -> Signal:
        state = _ZULIP_STATES.get(body.text("status"), SignalState.UNKNOWN)
        return signal(
            self.name,
            key=spell((body.needed("hostname"), body.needed("trigger"))) if body.has("hostname") else "test",
            state=state if body.has("hostname") else SignalState.TEST,
            labels={"host": body.text("hostname"), **body.texts("severity", "item")},
            summary=body.text("trigger"),
            url=body.text("link"),
        )


def _state(body: Filled) -> SignalState:
    if body.text("event_source") == _BLIND:
        return SignalState.NO_DATA
    if body.text("event_source") not in _OF_TRIGGERS_AND_SERVICES:
        return SignalState.UNKNOWN
    if body.text("event_update_status") == "1":
        return SignalState.ACKNOWLEDGED
    return _STATES.get(body.needed("event_value"), SignalState.UNKNOWN)


def _tags(body: JsonObject, filled: Filled) -> dict[str, str]:
    """{EVENT.TAGSJSON}, else {EVENT.TAGS}."""
    text = filled.text("event_tags")
    if not text.startswith("["):
        return tags(text, between=",", equals=":")
    listed = JsonObject({"event_tags": parse_json(text.encode("utf-8", "surrogatepass"), path=body.at("event_tags"))})
    return {tag.text("tag"): tag.text("value", "") for tag in listed.objects("event_tags")}


def _page(body: Filled) -> str:
    if not (body.has("zabbix_url") and body.has("trigger_id")):
        return ""
    address = f"{body.text('zabbix_url').rstrip('/')}/tr_events.php"
    return f"{address}?triggerid={body.text('trigger_id')}&eventid={body.text('event_id')}"
