import { check } from "k6";
import type { RefinedResponse, ResponseType } from "k6/http";

type Response = RefinedResponse<ResponseType | undefined>;

/** API Gateway's own rejection, as the stack words it; the function did not run. */
function isThrottled(response: Response): boolean {
  if (response.status !== 429) return false;
  const body = response.json() as Record<string, unknown> | null;
  return body?.["title"] === "Too many requests" && body["status"] === 429 && !!body["requestId"];
}

/** Under load a webhook is accepted or throttled. Anything else is a fault. */
export function checkTakenOrThrottled(response: Response): void {
  check(response, {
    "accepted, or rejected by API Gateway's throttle": (answer) =>
      answer.status === 202 || isThrottled(answer),
  });
}

/** At a cold start some may also have to come again: 503, with the time after which. */
export function checkTakenOrToRetry(response: Response): void {
  check(response, {
    "accepted, throttled, or asked to retry later": (answer) =>
      answer.status === 202 ||
      isThrottled(answer) ||
      (answer.status === 503 && Number(answer.headers["Retry-After"]) > 0),
  });
}

/** Without overload every webhook is accepted. */
export function checkAccepted(response: Response): void {
  check(response, { "accepted with its id": (answer) => answer.status === 202 && !!answer.json("id") });
}
