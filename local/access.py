"""Runs MiniStack so that only the process that started it can use it.

MiniStack answers every origin, every Host and every access key, and whatever creates a Lambda function in it runs code
as the user: a web page would be enough. This program rejects, before MiniStack sees the request,
- requests that a browser sends for a page: they have `Origin` or `Sec-Fetch-Site`, which a page cannot leave out;
- a `Host` that is not loopback: a name that was rebound to 127.0.0.1;
- AWS API calls without an access key made for this run: the starter's (AWS_ACCESS_KEY_ID, random), or the key of
  a function's role, whose signature MiniStack verifies itself;
- WebSockets.
Two kinds of URL need no key: the health check, and the invoke URLs of an API, which are public on AWS, too.

usage: access.py, with MiniStack's own variables and AWS_ACCESS_KEY_ID in the environment
"""

import decimal
import hmac
import json
import math
import os
import re
import secrets
import sys
from urllib.parse import parse_qs

ROOT_KEY = os.environ["AWS_ACCESS_KEY_ID"]
HEALTH = "/_ministack/health"
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
INVOKE_URL = re.compile(r"/restapis/[^/]+/[^/]+/_user_request_(/.*)?", re.DOTALL)

# Most digits of the integer that replaces a number too large for a double. Larger ones become Infinity, as in
# MiniStack.
MAX_DIGITS = 4_000


def number(text: str) -> float | int:
    """Reads a JSON number. MiniStack would turn 1e400 into `Infinity`, which is not JSON; an integer keeps it."""
    value = float(text)
    if math.isinf(value) and (exact := decimal.Decimal(text)).adjusted() < MAX_DIGITS:
        return int(exact)
    return value


json._default_decoder = json.JSONDecoder(parse_float=number)
# Lift Python's limit of 4,300 digits: JSON allows integers of any length.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

from ministack.core import lambda_runtime  # noqa: E402

# The keys of functions' roles are hashes of their ARNs, which anybody can compute: a random part makes them secret.
SALT = secrets.token_hex(16)
credentials_of = lambda_runtime.execution_credentials


def execution_credentials(config: dict) -> dict[str, str]:
    path, _, name = config.get("Role", "").rpartition("/")
    return credentials_of({**config, "Role": f"{path}/{SALT}/{name}"})


# Replace it before `ministack.app` loads: its Lambda service imports the function by name.
lambda_runtime.execution_credentials = execution_credentials

import cloudwatch_gaps  # noqa: E402, F401
import eventbridge_gaps  # noqa: E402, F401
import iam_gaps  # noqa: E402, F401
import lambda_gaps  # noqa: E402, F401
import step_functions_gaps  # noqa: E402, F401
from ministack import app as ministack  # noqa: E402
from ministack.core.router import extract_access_key_id  # noqa: E402
from ministack.core.sigv4 import decode_header_value  # noqa: E402


def is_known_key(key: str) -> bool:
    from ministack.services import sts

    return hmac.compare_digest(key.encode(), ROOT_KEY.encode()) or key in sts._sessions


def why_rejected(scope: dict) -> str | None:
    """Returns why a request is rejected, or None if it may pass."""
    if scope["type"] == "websocket":
        return "It answers no WebSocket."
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(decode_header_value(value))
    if "origin" in headers or "sec-fetch-site" in headers:
        return "It does not answer browsers."
    hosts = headers.get("host", [])
    if len(hosts) != 1 or not LOOPBACK.fullmatch(hosts[0]):
        return "It answers on loopback only. A tunnel has to rewrite the Host header to 127.0.0.1."
    path = scope["path"]
    if path == HEALTH or INVOKE_URL.fullmatch(path):
        return None
    query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
    key = extract_access_key_id({name: ", ".join(values) for name, values in headers.items()}, query)
    if not is_known_key(key):
        return "Its access key is another one at each start: `.cache/stack.json` holds the one of `npm start`."
    return None


async def guarded(scope, receive, send) -> None:
    if scope["type"] not in ("http", "websocket"):
        return await answer(scope, receive, send)
    reason = why_rejected(scope)
    if reason is None:
        return await answer(scope, receive, without_cors(send))
    if scope["type"] == "websocket":
        await receive()
        return await send({"type": "websocket.close", "code": 1008})
    body = json.dumps({"__type": "AccessDeniedException", "message": f"The local AWS rejects this. {reason}"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def without_cors(send):
    """Sends an answer without the headers that would let a page of another origin read it."""

    async def filtered(message: dict) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message.get("headers", []) if not pair[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": headers}
        await send(message)

    return filtered


answer = ministack.app
ministack.app = guarded

if __name__ == "__main__":
    ministack.main()
