import { check } from "k6";
import type { RefinedResponse, ResponseType } from "k6/http";

type Response = RefinedResponse<ResponseType | undefined>;

/** Returns whether API Gateway itself rejected the request, in the stack's own wording: the function did not run. */
function isThrottled(response: Response): boolean {
  if (response.status !== 429) return false;
  const body = response.json() as Record<string, unknown> | null;
  return body?.["title"] === "Too many requests" && body["status"] === 429 && !!body["requestId"];
}

/** Checks that a webhook was accepted or throttled, the only two correct answers under load. */
export function checkTakenOrThrottled(response: Response): void {
  check(response, {
    "accepted, or rejected by API Gateway's throttle": (answer) =>
      answer.status === 202 || isThrottled(answer),
  });
}

/** Also allows a 503 with `Retry-After`, which some requests get at a cold start. */
export function checkTakenOrToRetry(response: Response): void {
  check(response, {
    "accepted, throttled, or asked to retry later": (answer) =>
      answer.status === 202 ||
      isThrottled(answer) ||
      (answer.status === 503 && Number(answer.headers["Retry-After"]) > 0),
  });
}

/** Checks that the webhook was accepted, as every webhook is without overload. */
export function checkAccepted(response: Response): void {
  check(response, { "accepted with its id": (answer) => answer.status === 202 && !!answer.json("id") });
}
