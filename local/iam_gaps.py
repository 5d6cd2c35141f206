"""Corrects which action and resource MiniStack checks for two kinds of call, so that IAM works here as on AWS.

- SSM GetParameters is checked for each parameter that it names; MiniStack requires a permission on `*`.
- Lambda's calls for one event source mapping are checked by their own actions on that mapping; MiniStack treats GET as
  ListEventSourceMappings and does not check PUT at all.

See https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
and https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

import json
import re

from ministack.core import iam_actions, iam_evaluator

MAPPING = re.compile(r"/2015-03-31/event-source-mappings/([^/]+)/?")
MAPPING_ACTIONS = {"GET": "GetEventSourceMapping", "PUT": "UpdateEventSourceMapping", "DELETE": "DeleteEventSourceMapping"}
# Separates several ARNs in one text, all of which are checked; no ARN contains it.
SEPARATOR = "\n"

original_action = iam_actions.extract_iam_action
original_resource = iam_actions.extract_resource_arn
original_enforce = iam_evaluator.enforce


def extract_iam_action(service, method, path, *rest):
    if service == "lambda" and MAPPING.fullmatch(path) and method in MAPPING_ACTIONS:
        return f"lambda:{MAPPING_ACTIONS[method]}"
    return original_action(service, method, path, *rest)


def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
    mapping = MAPPING.fullmatch(path) if service == "lambda" else None
    if mapping:
        return f"arn:aws:lambda:{region}:{account_id}:event-source-mapping:{mapping[1]}"
    if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParameters"):
        names = json.loads(body or b"{}").get("Names", [])
        return SEPARATOR.join(f"arn:aws:ssm:{region}:{account_id}:parameter/{name.lstrip('/')}" for name in names) or "*"
    return original_resource(service, method, path, headers, body, query_params, region, account_id)


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    for arn in resource_arn.split(SEPARATOR):
        denied = original_enforce(access_key_id, iam_action, service, region, resource_arn=arn, service_context=service_context)
        if denied:
            return denied
    return None


iam_actions.extract_iam_action = extract_iam_action
iam_actions.extract_resource_arn = extract_resource_arn
iam_evaluator.enforce = enforce
