"""Corrects where MiniStack reports functions that fail, so that errors are found where AWS shows them.

- Errors of every invocation are counted; MiniStack counts only those of the Invoke call.
- An error is in the function's log, also one before its handler runs.

See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
and https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
"""

import json
import time

from ministack.services import lambda_svc

original_execute_function = lambda_svc._execute_function
original_execute_warm = lambda_svc._execute_function_warm
original_emit_metrics = lambda_svc._emit_lambda_metrics


def execute_function(func, event):
    config = func.get("config") or func
    started = time.time()
    result = original_execute_function(func, event)
    # Skip a call outside of the function's own account and Region: MiniStack repeats it inside, where it is counted.
    if not result.get("throttle") and not lambda_svc._function_config_scope_mismatch(config):
        milliseconds = (time.time() - started) * 1_000
        original_emit_metrics(config["FunctionName"], milliseconds, bool(result.get("error")), False)
    return result


def execute_warm(func, event, *rest):
    result = original_execute_warm(func, event, *rest)
    body = result.get("body")
    if result.get("error") and isinstance(body, dict):
        line = f"{time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime())}\t{rest[0] if rest else ''}\tERROR\tInvoke Error\t{json.dumps(body)}"
        result["log"] = "\n".join(filter(None, [result.get("log"), line]))
    return result


def emit_throttle(name, duration_ms, error, throttle):
    # Count a throttled invocation once: Invoke counts it again, with a duration, after it was counted where it was
    # rejected.
    if throttle and duration_ms == 0:
        original_emit_metrics(name, duration_ms, False, throttle)


lambda_svc._execute_function = execute_function
lambda_svc._execute_function_warm = execute_warm
lambda_svc._emit_lambda_metrics = emit_throttle
