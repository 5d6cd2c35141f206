"""Corrects how MiniStack's EventBridge handles a target that no longer exists: its dead-letter queue gets the event.

MiniStack drops the event. EventBridge does not retry a queue or function that does not exist, so the event goes to the
dead-letter queue at once; its attributes name the rule, the target and the error.

See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

import json

from ministack.core.arn import parse_arn
from ministack.services import eventbridge, lambda_svc, sqs

original_invoke_target = eventbridge._invoke_target


def is_gone(arn: str) -> bool:
    spec = parse_arn(arn)
    if spec.service == "sqs":
        return sqs._queue_by_arn(arn) is None
    return spec.service == "lambda" and not lambda_svc._get_func_record_for_ref(arn)[0]


def invoke_target(target, event, rule, view=None):
    arn, dead_letters = target.get("Arn", ""), (target.get("DeadLetterConfig") or {}).get("Arn")
    queue = sqs._queue_by_arn(dead_letters) if dead_letters else None
    if not queue or not is_gone(arn):
        return original_invoke_target(target, event, rule, view)
    view = view or eventbridge._pattern_event_view(event)
    eventbridge._dispatch_to_sqs(parse_arn(dead_letters), json.dumps(view.event_with_detail()))
    texts = {
        "RULE_ARN": rule["Arn"],
        "TARGET_ARN": arn,
        "ERROR_CODE": "NO_RESOURCE",
        "ERROR_MESSAGE": "The target does not exist.",
    }
    queue["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": text} for name, text in texts.items()
    }


eventbridge._invoke_target = invoke_target
