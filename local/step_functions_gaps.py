"""Corrects MiniStack's Step Functions, so that executions behave as on AWS, also within Parallel and Map states.

- `aws-sdk:sqs:*` takes SQS's arguments as they are, including lists, and names errors as Step Functions does: by the
  exceptions of the AWS SDK for Java 2, or `Sqs.SqsException` for errors that have none.
- A Parallel state's `Output` and `Assign` are evaluated.
- A Map state starts no iteration after one that failed.
- A history contains the tasks in those states, too, and each event names the one before it.
- An execution ends at the `TimeoutSeconds` of its definition, with status TIMED_OUT.
- The second that an expression may take is one of its own processor time: a busy machine fails no expression, and so
  publishes no event twice because one failed after the publishing.
- Each expression is parsed once, not at every evaluation, which took half of the emulator's processor time.

See https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
and https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
and https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import contextvars
import functools
import json
import threading
import time

from jsonata import jexception, parser, timebox
from ministack.services import stepfunctions


stepfunctions._AWS_SDK_SERVICE_MAP["sqs"] = {"target_prefix": "AmazonSQS", "protocol": "json"}

original_dispatch = stepfunctions._dispatch_aws_sdk_json
original_parallel = stepfunctions._run_parallel_branches
original_map = stepfunctions._run_map_items
original_sub_machine = stepfunctions._run_sub_machine
original_task = stepfunctions._execute_task
original_add_event = stepfunctions._add_event
original_run = stepfunctions._run_execution
original_fail = stepfunctions._fail_execution
original_parse = parser.Parser.parse
original_check = timebox.Timebox.check_runaway

# States of the Map state that runs, and the error of its first failed iteration.
iterations: contextvars.ContextVar = contextvars.ContextVar("iterations", default=None)
# Id of the event before the next one; a branch starts with that of the surrounding state.
previous_event: contextvars.ContextVar = contextvars.ContextVar("previous_event", default=0)
inside: contextvars.ContextVar = contextvars.ContextVar("inside", default=False)
numbering = threading.Lock()


@functools.cache
def parse_once(expression, *regex_engine):
    # Take a parser of its own, since one cannot serve two threads. What it returns can: an evaluation changes nothing
    # in it but the name that messages give a function.
    return original_parse(parser.Parser(), expression, *regex_engine)


def check_runaway(box):
    if not hasattr(box, "limit"):
        box.limit, box.timeout, box.began = box.timeout, None, time.thread_time()
    original_check(box)
    if box.limit is not None and (time.thread_time() - box.began) * 1_000 > box.limit:
        raise jexception.JException("D1012", -1, box.limit)


def dispatch(service_info, service_name, action, input_data):
    try:
        return original_dispatch(service_info, service_name, action, input_data)
    except stepfunctions._ExecutionError as error:
        if service_name != "sqs":
            raise
        from ministack.services import sqs

        code = error.error.rpartition(".")[2].rpartition("#")[2]
        if code in sqs._QUERY_COMPAT_CODES:
            raise stepfunctions._ExecutionError(f"Sqs.{code.removesuffix('Exception')}Exception", error.cause) from None
        raise stepfunctions._ExecutionError("Sqs.SqsException", f"{error.cause} ({code})") from None


def run_parallel_branches(state_def, raw_input, execution, ctx):
    results, following = original_parallel(state_def, raw_input, execution, ctx)
    if stepfunctions._state_query_language(state_def, ctx) != "JSONata":
        return results, following
    output = stepfunctions._apply_jsonata_output(state_def, raw_input, ctx, result=results, default=results)
    stepfunctions._apply_state_assign(state_def, raw_input, ctx, result=results)
    return output, following


def run_map_items(state_def, raw_input, execution, ctx):
    token = iterations.set({"states": (state_def.get("ItemProcessor") or {}).get("States"), "error": None})
    try:
        return original_map(state_def, raw_input, execution, ctx)
    finally:
        iterations.reset(token)


def run_sub_machine(states, start_at, input_data, execution, ctx):
    of_map = iterations.get()
    is_iteration = of_map is not None and of_map["states"] is states
    if is_iteration and of_map["error"]:
        raise of_map["error"]
    inside.set(True)
    try:
        return original_sub_machine(states, start_at, input_data, execution, ctx)
    except Exception as error:
        if is_iteration:
            of_map["error"] = of_map["error"] or error
        raise


def execute_task(state_def, raw_input, execution, ctx):
    if not inside.get():
        return original_task(state_def, raw_input, execution, ctx)
    name = ctx["State"]["Name"]
    entered = {"name": name, "input": json.dumps(raw_input)}
    add_event(execution, "TaskStateEntered", {"stateEnteredEventDetails": entered})
    output, following = original_task(state_def, raw_input, execution, ctx)
    exited = {"name": name, "output": json.dumps(output)}
    add_event(execution, "TaskStateExited", {"stateExitedEventDetails": exited})
    return output, following


def run_execution(arn):
    execution = stepfunctions._executions.get(arn) or {}
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
    limit = json.loads(machine.get("definition", "{}")).get("TimeoutSeconds")
    run = threading.Thread(target=contextvars.copy_context().run, args=(original_run, arn), daemon=True)
    run.start()
    run.join(limit)
    if run.is_alive() and execution["status"] == "RUNNING":
        previous_event.set(execution["events"][-1]["id"])
        add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
        execution.update(status="TIMED_OUT", stopDate=stepfunctions.now_iso())


def fail_execution(execution, error, cause):
    if execution["status"] != "TIMED_OUT":
        original_fail(execution, error, cause)


def add_event(execution, event_type, details=None):
    # Stop the threads of an execution that timed out. A call that is in progress is still completed.
    if execution["status"] == "TIMED_OUT":
        raise SystemExit
    with numbering:
        event = original_add_event(execution, event_type, details)
    # Link the second event to the first, which MiniStack writes elsewhere.
    event["previousEventId"] = 1 if event["id"] == 2 else previous_event.get()
    previous_event.set(event["id"])
    return event


stepfunctions._dispatch_aws_sdk_json = dispatch
stepfunctions._run_parallel_branches = run_parallel_branches
stepfunctions._run_map_items = run_map_items
stepfunctions._run_sub_machine = run_sub_machine
stepfunctions._execute_task = execute_task
stepfunctions._add_event = add_event
stepfunctions._run_execution = run_execution
stepfunctions._fail_execution = fail_execution
timebox.Timebox.check_runaway = check_runaway
parser.Parser.parse = lambda _, *expression: parse_once(*expression)
