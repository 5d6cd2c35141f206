"""Corrects how MiniStack evaluates alarms, so that each is raised by its own metric.

- An alarm reads the metric with exactly its dimensions; MiniStack reads all metrics of that name together.
- Each of the alarm's periods has its own value, and missing data are treated as the alarm says.
- A sum of metrics, such as `m0 + m1`, is evaluated; other expressions are not.
- An alarm's state ends with its data, since alarms are also evaluated when they are read. An alarm that never had data
  keeps its state, so that SetAlarmState lasts.

The newest period ends now, not at a full minute. See
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import re
import time

from ministack.services import cloudwatch

SUM = re.compile(r"\w+( \+ \w+)*")

original_put_alarm = cloudwatch._put_metric_alarm
original_describe_alarms = cloudwatch._describe_alarms


def put_metric_alarm(params, data, is_cbor, is_json=False):
    answer = original_put_alarm(params, data, is_cbor, is_json)
    if data.get("Metrics") and data.get("AlarmName") in cloudwatch._alarms:
        cloudwatch._alarms[data["AlarmName"]]["Metrics"] = data["Metrics"]
    return answer


def describe_alarms(*request):
    cloudwatch._evaluate_all_alarms()
    return original_describe_alarms(*request)


def evaluate_alarm(alarm):
    now, periods = time.time(), alarm["EvaluationPeriods"]
    series = values_of(alarm, periods, now)
    if series is None:
        return
    values = [breaches(alarm, value) if value is not None else missing(alarm) for value in series]
    if values.count(True) >= alarm.get("DatapointsToAlarm", periods):
        state = "ALARM"
    elif all(value is None for value in values):
        state = "INSUFFICIENT_DATA" if alarm["TreatMissingData"] == "missing" else alarm["StateValue"]
    else:
        state = "OK"
    if state != alarm["StateValue"]:
        shown = ", ".join(f"{value:g}" for value in series if value is not None)
        reason = f"Threshold Crossed: {periods} periods with [{shown}], threshold {alarm['Threshold']:g}"
        before, alarm["StateValue"], alarm["StateReason"] = alarm["StateValue"], state, reason
        alarm["StateUpdatedTimestamp"] = int(now)
        cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)


def values_of(alarm, periods, now):
    """Returns the value of each period, newest first, with None for one without data; None if there never were data."""
    if alarm.get("MetricName"):
        stat = alarm.get("ExtendedStatistic") or alarm["Statistic"]
        return metric_values(alarm, stat, alarm["Period"], periods, now)
    queries = {query["Id"]: query for query in alarm.get("Metrics", [])}
    expression = next((query["Expression"] for query in queries.values() if query.get("ReturnData")), None)
    if not expression or not SUM.fullmatch(expression):
        return None
    parts = []
    for name in expression.split(" + "):
        metric = queries[name]["MetricStat"]
        parts.append(metric_values(metric["Metric"], metric["Stat"], metric["Period"], periods, now))
    if None in parts:
        return None
    return [None if None in values else sum(values) for values in zip(*parts)]


def metric_values(metric, stat, period, periods, now):
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    points = cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions))
    if not points:
        return None
    values = []
    for age in range(periods):
        end = now - age * period
        inside = [point for point in points if end - period < point["Timestamp"] <= end]
        values.append(cloudwatch._stat_value(cloudwatch._calc_stats(inside), stat, inside) if inside else None)
    return values


def breaches(alarm, value):
    threshold = alarm["Threshold"]
    return {
        "GreaterThanOrEqualToThreshold": value >= threshold,
        "GreaterThanThreshold": value > threshold,
        "LessThanThreshold": value < threshold,
        "LessThanOrEqualToThreshold": value <= threshold,
    }.get(alarm["ComparisonOperator"], False)


def missing(alarm):
    return {"breaching": True, "notBreaching": False}.get(alarm["TreatMissingData"])


cloudwatch._put_metric_alarm = put_metric_alarm
cloudwatch._describe_alarms = describe_alarms
cloudwatch._evaluate_alarm = evaluate_alarm
