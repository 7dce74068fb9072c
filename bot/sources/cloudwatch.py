"""What a CloudWatch alarm says when it changes. How that came to us, and from whom, is ``aws_sns``'s matter.

An alarm that has no data is neither up nor down, and being OK after that is no recovery: a new alarm begins that way.
Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-notification-format.html
"""

from __future__ import annotations

from bot.domain.model import Signal, SignalState
from bot.sources.reading import JsonObject
from bot.sources.signals import signal

_STATES = {
    "ALARM": SignalState.FIRING,
    "OK": SignalState.RESOLVED,
    "INSUFFICIENT_DATA": SignalState.NO_DATA,
}


def is_alarm(fields: JsonObject) -> bool:
    """True when the object is what an alarm says, of one metric, of several, or of other alarms."""
    return {"AlarmName", "NewStateValue"} <= fields.fields.keys()


def alarm_signal(source: str, alarm: JsonObject, *, topic: str) -> Signal:
    """The signal of one change. topic: the ARN it was published to. Raises Malformed."""
    name = alarm.text("AlarmName")
    return signal(
        source,
        key=alarm.text("AlarmArn", "") or f"{topic} {name}",
        state=_state(alarm),
        labels=_labels(alarm) | {"alarm": name, "topic": topic.rpartition(":")[2]},
        summary=f"{name}: {alarm.text('AlarmDescription', '') or alarm.text('NewStateReason', '')}",
        at=alarm.moment("StateChangeTime"),
        ordered=True,
    )


def _state(alarm: JsonObject) -> SignalState:
    state = _STATES.get(alarm.text("NewStateValue"), SignalState.UNKNOWN)
    was_blind = alarm.text("OldStateValue", "") == "INSUFFICIENT_DATA"
    return SignalState.NO_DATA if state is SignalState.RESOLVED and was_blind else state


def _labels(alarm: JsonObject) -> dict[str, str]:
    """The dimensions by their names; where they are, the metric, its namespace, the account and the region."""
    metric = _metric(alarm.object("Trigger"))
    dimensions = metric.objects("Dimensions") if metric.fields.get("Dimensions") else []
    known = {
        "metric": metric.text("MetricName", ""),
        "namespace": metric.text("Namespace", ""),
        "account": alarm.text("AWSAccountId", ""),
        "region": alarm.text("Region", ""),
    }
    return {each.text("name"): each.text("value", "") for each in dimensions} | {
        name: value for name, value in known.items() if value
    }


def _metric(trigger: JsonObject) -> JsonObject:
    """The metric; of an alarm that computes with several, the first."""
    if not trigger.fields.get("Metrics"):
        return trigger
    found = (each.object("MetricStat").object("Metric") for each in trigger.objects("Metrics"))
    return next((metric for metric in found if metric.fields), trigger)
