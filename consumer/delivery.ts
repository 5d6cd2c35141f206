import { verify } from "../providers/engine/verify";
import type { RejectionReason } from "../providers/engine/request";
import scheme from "../providers/senders/standard-webhooks";
import { parse, type WebhookEvent } from "./event";

/** An HTTP request of the inbox (`as: cloudevent`), as the server received it. */
export interface Delivery {
  /** Headers, as Node's `request.headers`, a function's event, or the `Headers` of the Fetch API. */
  readonly headers:
    | Iterable<readonly [string, string]>
    | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Bytes or text of the body, not parsed: they are what is signed. */
  readonly body: Uint8Array | string;
}

/** Thrown if a delivery is not signed with any of the secrets, or not within the last five minutes; answer 401. */
export class InvalidSignatureError extends Error {
  override readonly name = "InvalidSignatureError";
  constructor(
    readonly reason: RejectionReason,
    detail: string,
  ) {
    super(detail || reason);
  }
}

/**
 * Verifies a delivery by Standard Webhooks and returns its event. `webhook-id` is `<source>/<id>/<replay>`.
 * @param secrets the consumer's secret (`whsec_...`), or several of them while it is rotated
 * @param now milliseconds since the epoch; a timestamp up to 300 s away from it is accepted
 * @throws InvalidSignatureError
 * @throws InvalidEventError if the signed body is not an event
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyDelivery(
  { headers, body }: Delivery,
  secrets: string | readonly string[],
  now = Date.now(),
): WebhookEvent {
  const request = { method: "POST", headers: byLowerName(headers), body: Buffer.from(body as string) };
  const verdict = verify(scheme, request, [secrets].flat(), now);
  if (!verdict.ok) throw new InvalidSignatureError(verdict.reason, verdict.detail);
  return parse(request.body.toString());
}

function byLowerName(headers: Delivery["headers"]): Record<string, string[]> {
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const lower: Record<string, string[]> = {};
  for (const [name, value] of entries) {
    if (value !== undefined) (lower[name.toLowerCase()] ??= []).push(...[value].flat());
  }
  return lower;
}
