"""Evaluates alarms on a sum of metrics, such as `silence`: MiniStack forgets what they are the sum of.

A period of which nothing is known does not breach, as `notBreaching` says.

See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import time

from ministack.services import cloudwatch

original_put = cloudwatch._put_metric_alarm
original_evaluate = cloudwatch._evaluate_alarm


def put_metric_alarm(params, cbor_data, is_cbor, is_json=False):
    answer = original_put(params, cbor_data, is_cbor, is_json)
    alarm = cloudwatch._alarms.get(cbor_data.get("AlarmName"))
    if alarm and cbor_data.get("Metrics"):
        alarm["Metrics"] = cbor_data["Metrics"]
    return answer


def evaluate_alarm(alarm):
    if not alarm.get("Metrics"):
        original_evaluate(alarm)
        return
    sums = sums_by_period(alarm)
    breaching = len(sums) == alarm["EvaluationPeriods"] and max(sums.values()) < alarm["Threshold"]
    state = "ALARM" if breaching else "OK"
    if state != alarm["StateValue"]:
        reason = f"{sum(sums.values())} in {len(sums)} periods"
        change = {"AlarmName": alarm["AlarmName"], "StateValue": state, "StateReason": reason}
        cloudwatch._set_alarm_state({}, change, False, True)


def sums_by_period(alarm):
    """The sum of each of the newest periods that has data, by how many are between it and now."""
    sums: dict = {}
    for stat in [query["MetricStat"] for query in alarm["Metrics"] if query.get("MetricStat")]:
        metric = stat["Metric"]
        dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions", [])))
        for point in cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions)) or []:
            ago = int((time.time() - point["Timestamp"]) // stat["Period"])
            if ago < alarm["EvaluationPeriods"]:
                sums[ago] = sums.get(ago, 0) + point["Value"]
    return sums


cloudwatch._put_metric_alarm = put_metric_alarm
cloudwatch._evaluate_alarm = evaluate_alarm
